/// Functions and macros.
extension ExpressionChecker {
    mutating func call(
        _ name: String, receiver: ExpressionNode?, arguments: [ExpressionNode], at offset: Int
    ) -> ExpressionTerm? {
        if receiver == nil, name == "has" { return has(arguments, at: offset) }
        if receiver == nil, name == "idle" { return idle(arguments, at: offset) }
        guard let function = ExpressionFunction(name: name) else {
            reportUnknownFunction(name, at: offset)
            return nil
        }
        let operands = (receiver.map { [$0] } ?? []) + arguments
        guard operands.count == function.argumentCount, (receiver != nil) == function.isMember || function == .size
        else {
            report("write \(function.example)", at: offset)
            return nil
        }
        let terms = operands.map { operand(of: function, $0) }
        guard !terms.contains(where: { $0 == nil }) else { return nil }
        return folded(function, terms.compactMap { $0 }, at: operands[0].offset)
    }

    private mutating func reportUnknownFunction(_ name: String, at offset: Int) {
        guard !ExpressionScope.functionsToCome.contains(name) else {
            reportNotYetKnown("the function `\(name)` is", at: offset)
            return
        }
        report(
            "`\(name)` is no function", at: offset,
            nearest: NearestWord.nearest(to: name, among: ExpressionScope.functions))
    }

    private mutating func has(_ arguments: [ExpressionNode], at offset: Int) -> ExpressionTerm? {
        guard arguments.count == 1, let path = StaticPath(arguments[0]), !path.names.isEmpty else {
            report("write has(properties.price): it asks for one member", at: offset)
            return nil
        }
        guard let variable = variable(path, at: arguments[0].offset) else { return nil }
        return ExpressionTerm(kind: .has(variable.0), type: .bool)
    }

    private mutating func idle(_ arguments: [ExpressionNode], at offset: Int) -> ExpressionTerm? {
        guard arguments.count == 1, case .literal(.string(let event)) = arguments[0].kind, !event.isEmpty,
            event.utf8.count <= EventMatch.nameBytesMax
        else {
            report("write idle(\"login\"): it takes the name of an event", at: offset)
            return nil
        }
        let name = AliasPack.standard.canonicalName(of: event)
        return ExpressionTerm(kind: .variable(.idle(name)), type: .duration)
    }

    private mutating func operand(of function: ExpressionFunction, _ node: ExpressionNode) -> ExpressionTerm? {
        guard let operand = term(node) else { return nil }
        guard function.accepted.contains(where: { operand.type.mayBe($0) }) else {
            report("`\(function.name)` does not take \(operand.type.described)", at: node.offset)
            return nil
        }
        return operand
    }

    /// Texts that are durations and timestamps are read once, here.
    private mutating func folded(
        _ function: ExpressionFunction, _ terms: [ExpressionTerm], at offset: Int
    ) -> ExpressionTerm? {
        guard case .literal(.string(let text)) = terms[0].kind, function == .duration || function == .timestamp else {
            return ExpressionTerm(kind: .call(function, terms), type: function.result)
        }
        let bytes = Array(text.utf8)
        let literal: ExpressionLiteral? = bytes.withUnsafeBytes { bytes in
            function == .duration
                ? ExactDuration(text: bytes).map { .duration($0) } : ExactTimestamp(text: bytes).map { .timestamp($0) }
        }
        guard let literal else {
            let forms =
                function == .duration
                ? "a duration, such as \"72h\", \"15m\" or \"1.5s\" (no days: 7d is \"168h\")"
                : "a timestamp, such as \"2026-03-01T12:00:00Z\""
            report("not \(forms)", at: offset)
            return nil
        }
        return ExpressionTerm(kind: .literal(literal), type: literal.type)
    }
}

extension ExpressionFunction {
    /// How the function is called.
    fileprivate var example: String {
        switch self {
        case .startsWith, .endsWith, .contains: "properties.path.\(name)(\"/pricing\")"
        case .size: "size(properties.title)"
        default: "\(name)(properties.price)"
        }
    }
}
