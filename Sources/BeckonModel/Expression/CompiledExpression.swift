/// An expression as code for one table of slots: a trivial value of pointers into an arena.
///
/// Comparisons, arithmetic, logic and searches allocate nothing and count no references; computed texts, lists and maps
/// go into the scratch memory. `EvaluationLimits` bounds the steps and the memory.
///
/// Safety of `@unchecked Sendable`: what the pointers lead to never changes after compilation.
public struct CompiledExpression: @unchecked Sendable {
    let code: UnsafePointer<ExpressionInstruction>
    let codeCount: Int
    let constants: UnsafePointer<Value>
    /// Where each instruction stands in the text.
    let offsets: UnsafePointer<Int32>
    let patterns: UnsafePointer<UnsafeRawPointer>
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
                    target.pointee = located(left.pointee.orFailed, position - 1)
                    position = Int(instruction.right) - 1
                    continue
                }
                if !condition { position = Int(instruction.right) }
            case .next:
                // Each time around costs the code between here and the end of the loop.
                guard scratch.spend(Int(instruction.right) - position) else {
                    return located(.failed(.stepsExceeded), position - 1)
                }
                if !Self.next(left, target) { position = Int(instruction.right) }
            case .begin, .collect, .append:
                if !Self.iterate(instruction, left, target, scratch: &scratch) {
                    target.pointee = located(target.pointee, position - 1)
                    position = Int(instruction.right)
                }
            case .list, .map, .match:
                target.pointee = located(gathered(instruction, left, scratch: &scratch), position - 1)
            default:
                let right = operand(instruction.rightSpace, instruction.right)
                if Self.computeDoubles(instruction.operation, left, right, into: target) { continue }
                target.pointee = Self.computed(instruction, left.pointee, right.pointee, scratch: &scratch)
                if case .failed = target.pointee { target.pointee = located(target.pointee, position - 1) }
            }
        }
        return operand(result.space, result.index).pointee
    }

    /// A failure says where it happened first.
    @inline(never)
    private func located(_ value: Value, _ position: Int) -> Value {
        guard case .failed(let error) = value else { return value }
        return .failed(error.located(offsets[position]))
    }

    /// The common case first: numbers from JSON. false when it is another one.
    @inline(__always)
    private static func computeDoubles(
        _ operation: ExpressionInstruction.Operation, _ left: UnsafePointer<Value>, _ right: UnsafePointer<Value>,
        into target: UnsafeMutablePointer<Value>
    ) -> Bool {
        guard case .double(let first) = left.pointee, case .double(let second) = right.pointee else { return false }
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
        default: return false
        }
        return true
    }

    @inline(never)
    private func gathered(
        _ instruction: ExpressionInstruction, _ left: UnsafePointer<Value>, scratch: inout EvaluationScratch
    ) -> Value {
        let right = Int(instruction.right)
        switch instruction.operation {
        case .list: return Value.list(of: left, count: right, scratch: &scratch)
        case .map: return Value.map(of: left, count: right, scratch: &scratch)
        default:
            let pattern = Unmanaged<Pattern>.fromOpaque(patterns[right]).takeUnretainedValue()
            return Value.match(left.pointee, pattern, scratch: &scratch)
        }
    }

    @inline(never)
    private static func computed(
        _ instruction: ExpressionInstruction, _ left: Value, _ right: Value, scratch: inout EvaluationScratch
    ) -> Value {
        switch instruction.operation {
        case .and: return Value.conjunction(left, right)
        case .or: return Value.disjunction(left, right)
        case .hasMember where left.isMissing: return .bool(false)
        default: break
        }
        if left.isAbsent { return left }
        if right.isAbsent { return right }
        switch instruction.operation {
        case .not: return left.negatedBoolean
        case .negate: return left.negatedNumber
        case .equal: return Value.equality(left, right, scratch: &scratch)
        case .notEqual: return Value.equality(left, right, scratch: &scratch).negatedBoolean
        case .less: return Value.comparison(left, right, scratch: &scratch) { $0 == .less }
        case .lessOrEqual: return Value.comparison(left, right, scratch: &scratch) { $0 == .less || $0 == .equal }
        case .greater: return Value.comparison(left, right, scratch: &scratch) { $0 == .greater }
        case .greaterOrEqual: return Value.comparison(left, right, scratch: &scratch) { $0 == .greater || $0 == .equal }
        case .contained: return Value.containment(of: left, in: right, scratch: &scratch)
        case .add: return Value.sum(left, right, scratch: &scratch)
        case .subtract: return Value.difference(left, right)
        case .multiply: return Value.product(left, right)
        case .divide: return Value.quotient(left, right)
        case .remainder: return Value.remainder(left, right)
        case .index: return Value.element(of: left, at: right, scratch: &scratch)
        case .member: return Value.member(of: left, named: right, scratch: &scratch)
        case .hasMember: return Value.hasMember(left, right, scratch: &scratch)
        case .call: return left.applied(instruction.function, scratch: &scratch)
        case .callWith: return left.applied(instruction.function, with: right, scratch: &scratch)
        case .load, .has, .and, .or, .jump, .jumpIfFalse, .jumpIfTrue, .branch, .list, .map, .match, .begin, .next,
            .collect,
            .append:
            preconditionFailure("handled where instructions are read")
        }
    }
}
