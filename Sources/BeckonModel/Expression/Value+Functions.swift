/// The functions by their names.
extension Value {
    func applied(_ function: ExpressionFunction, scratch: inout EvaluationScratch) -> Value {
        switch function {
        case .size: size(&scratch)
        case .int: convertedToInt
        case .uint: convertedToUInt
        case .double: convertedToDouble
        case .string: convertedToString(scratch: &scratch)
        case .bytes: convertedToBytes
        case .bool: convertedToBool
        case .dyn: self
        case .type: type.map { .type($0) } ?? .failed(.noSuchOverload)
        case .duration: convertedToDuration
        case .timestamp: convertedToTimestamp
        default: part(function)
        }
    }

    func applied(
        _ function: ExpressionFunction, with operand: Value, scratch: inout EvaluationScratch
    ) -> Value {
        switch function {
        case .matches: Value.match(self, operand, scratch: &scratch)
        case .startsWith, .endsWith, .contains: Value.search(function, self, operand, scratch: &scratch)
        default: part(function, in: operand)
        }
    }
}
