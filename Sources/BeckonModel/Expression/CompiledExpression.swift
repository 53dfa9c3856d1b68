/// An expression as code for one table of slots: a trivial value of pointers into an arena.
///
/// Evaluating allocates nothing and counts no references, except that `string()`, and conversions from texts, may
/// allocate. The number of instructions bounds the steps: nothing loops but searches, which are bounded by
/// `EvaluationScratch.stepsMax`.
///
/// Safety of `@unchecked Sendable`: what the pointers lead to never changes after compilation.
public struct CompiledExpression: @unchecked Sendable {
    let code: UnsafePointer<ExpressionInstruction>
    let codeCount: Int
    let constants: UnsafePointer<Value>
    let result: ExpressionInstruction.Operand
    let temporariesCount: Int

    /// Whether it gives true; false, another value, missing and failed are no.
    @inline(__always)
    public func isTrue(_ slots: UnsafePointer<Value>, scratch: inout EvaluationScratch) -> Bool {
        evaluate(slots, scratch: &scratch).isTrue
    }

    /// The value for these slots; what it borrows ends with the next evaluation in `scratch`, or with the slots.
    public func evaluate(_ slots: UnsafePointer<Value>, scratch: inout EvaluationScratch) -> Value {
        scratch.begin(temporariesCount: temporariesCount)
        let temporaries = scratch.temporaries

        @inline(__always)
        func operand(_ space: ExpressionInstruction.Space, _ index: Int32) -> UnsafePointer<Value> {
            switch space {
            case .slots: slots + Int(index)
            case .constants: constants + Int(index)
            case .temporaries: UnsafePointer(temporaries) + Int(index)
            }
        }

        var position = 0
        while position < codeCount {
            let instruction = code[position]
            position += 1
            let left = operand(instruction.leftSpace, instruction.left)
            let target = temporaries + Int(instruction.target)
            switch instruction.operation {
            case .load: target.pointee = left.pointee
            case .has:
                if case .missing = left.pointee { target.pointee = .bool(false) } else { target.pointee = .bool(true) }
            case .jump: position = Int(instruction.right)
            case .jumpIfFalse:
                if case .bool(false) = left.pointee { position = Int(instruction.right) }
            case .jumpIfTrue:
                if case .bool(true) = left.pointee { position = Int(instruction.right) }
            case .branch:
                guard case .bool(let condition) = left.pointee else {
                    target.pointee = left.pointee.orFailed
                    position = Int(instruction.right) - 1
                    continue
                }
                if !condition { position = Int(instruction.right) }
            case .list:
                target.pointee = Value.list(of: left, count: Int(instruction.right))
            default:
                let right = operand(instruction.rightSpace, instruction.right)
                Self.compute(instruction.operation, left, right, into: target, scratch: &scratch)
            }
        }
        return operand(result.space, result.index).pointee
    }

    @inline(__always)
    private static func compute(
        _ operation: ExpressionInstruction.Operation, _ left: UnsafePointer<Value>, _ right: UnsafePointer<Value>,
        into target: UnsafeMutablePointer<Value>, scratch: inout EvaluationScratch
    ) {
        // The common case first: numbers from JSON.
        if case .double(let first) = left.pointee, case .double(let second) = right.pointee {
            switch operation {
            case .equal: target.pointee = .bool(first == second)
            case .notEqual: target.pointee = .bool(first != second)
            case .less: target.pointee = .bool(first < second)
            case .lessOrEqual: target.pointee = .bool(first <= second)
            case .greater: target.pointee = .bool(first > second)
            case .greaterOrEqual: target.pointee = .bool(first >= second)
            case .add: target.pointee = .double(first + second)
            case .subtract: target.pointee = .double(first - second)
            case .multiply: target.pointee = .double(first * second)
            case .divide: target.pointee = .double(first / second)
            default: target.pointee = computed(operation, left.pointee, right.pointee, scratch: &scratch)
            }
            return
        }
        target.pointee = computed(operation, left.pointee, right.pointee, scratch: &scratch)
    }

    @inline(never)
    private static func computed(
        _ operation: ExpressionInstruction.Operation, _ left: Value, _ right: Value, scratch: inout EvaluationScratch
    ) -> Value {
        switch operation {
        case .and: return Value.conjunction(left, right)
        case .or: return Value.disjunction(left, right)
        default: break
        }
        if left.isAbsent { return left }
        if right.isAbsent { return right }
        switch operation {
        case .not: return left.negatedBoolean
        case .negate: return left.negatedNumber
        case .equal: return Value.equality(left, right)
        case .notEqual: return Value.equality(left, right).negatedBoolean
        case .less: return Value.order(left, right).map { $0 == .less }
        case .lessOrEqual: return Value.order(left, right).map { $0 == .less || $0 == .equal }
        case .greater: return Value.order(left, right).map { $0 == .greater }
        case .greaterOrEqual: return Value.order(left, right).map { $0 == .greater || $0 == .equal }
        case .contained: return Value.containment(of: left, in: right, scratch: &scratch)
        case .add: return Value.sum(left, right, scratch: &scratch)
        case .subtract: return Value.difference(left, right)
        case .multiply: return Value.product(left, right)
        case .divide: return Value.quotient(left, right)
        case .remainder: return Value.remainder(left, right)
        case .index: return Value.element(of: left, at: right)
        case .size: return left.size
        case .startsWith, .endsWith, .contains: return Value.search(operation, left, right, scratch: &scratch)
        case .int: return left.convertedToInt
        case .uint: return left.convertedToUInt
        case .double: return left.convertedToDouble
        case .string: return left.convertedToString(scratch: &scratch)
        case .duration: return left.convertedToDuration
        case .timestamp: return left.convertedToTimestamp
        case .load, .has, .and, .or, .jump, .jumpIfFalse, .jumpIfTrue, .branch, .list:
            preconditionFailure("handled where instructions are read")
        }
    }
}
