/// Turns a checked tree into a flat array of instructions over slots, constants and temporaries.
///
/// Each temporary is written by one place only: lists point to theirs until the evaluation ends.
struct ExpressionCompiler {
    private typealias Operand = ExpressionInstruction.Operand

    private let arena: ExpressionArena
    private let slots: [Variable: Int32]
    private var code: [ExpressionInstruction] = []
    private var constants: [Value] = []
    private var temporaries: Int32 = 0

    init(arena: ExpressionArena, slots: [(Variable, Int)]) {
        self.arena = arena
        self.slots = Dictionary(uniqueKeysWithValues: slots.map { ($0.0, Int32($0.1)) })
    }

    mutating func compile(_ root: ExpressionTerm) -> CompiledExpression {
        let result = emit(root)
        return CompiledExpression(
            code: arena.keep(code), codeCount: code.count, constants: arena.keep(constants), result: result,
            temporariesCount: Int(temporaries))
    }

    private mutating func reserve(_ count: Int = 1) -> Int32 {
        defer { temporaries += Int32(count) }
        return temporaries
    }

    private func temporary(_ index: Int32) -> Operand { Operand(space: .temporaries, index: index) }

    private mutating func append(
        _ operation: ExpressionInstruction.Operation, _ left: Operand, _ right: Operand? = nil, into target: Int32
    ) {
        code.append(ExpressionInstruction(operation, left, right ?? left, target: target))
    }

    /// Where the term's value is; computed into `target` if that is given.
    private mutating func emit(_ term: ExpressionTerm, into target: Int32? = nil) -> Operand {
        if let place = place(of: term) {
            guard let target else { return place }
            append(.load, place, into: target)
            return temporary(target)
        }
        let target = target ?? reserve()
        switch term.kind {
        case .literal, .variable: preconditionFailure("these have a place")
        case .has(let variable): append(.has, place(of: variable), into: target)
        case .not(let operand): append(.not, emit(operand), into: target)
        case .negate(let operand): append(.negate, emit(operand), into: target)
        case .binary(.and, let left, let right): emitLogic(.and, leaveBy: .jumpIfFalse, left, right, into: target)
        case .binary(.or, let left, let right): emitLogic(.or, leaveBy: .jumpIfTrue, left, right, into: target)
        case .binary(let symbol, let left, let right):
            let operands = (emit(left), emit(right))
            append(symbol.operation, operands.0, operands.1, into: target)
        case .conditional(let condition, let first, let second):
            emitConditional(condition, first, second, into: target)
        case .list(let elements): emitList(elements, into: target)
        case .index(let list, let position):
            let operands = (emit(list), emit(position))
            append(.index, operands.0, operands.1, into: target)
        case .call(let function, let arguments):
            let operands = arguments.map { emit($0) }
            append(function.operation, operands[0], operands.last, into: target)
        }
        return temporary(target)
    }

    /// nil when it must be computed.
    private mutating func place(of term: ExpressionTerm) -> Operand? {
        switch term.kind {
        case .variable(let variable): return place(of: variable)
        case .literal(let literal): return Operand(space: .constants, index: constant(literal))
        case .list(let elements):
            let literals = elements.compactMap { element in
                if case .literal(let literal) = element.kind { literal } else { nil as ExpressionLiteral? }
            }
            guard literals.count == elements.count else { return nil }
            let values = literals.map { value(of: $0) }
            constants.append(.list(ValueList(start: arena.keep(values), count: values.count)))
            return Operand(space: .constants, index: Int32(constants.count - 1))
        default: return nil
        }
    }

    private func place(of variable: Variable) -> Operand {
        guard let slot = slots[variable] else { preconditionFailure("the expression names all its variables") }
        return Operand(space: .slots, index: slot)
    }

    private mutating func constant(_ literal: ExpressionLiteral) -> Int32 {
        constants.append(value(of: literal))
        return Int32(constants.count - 1)
    }

    private func value(of literal: ExpressionLiteral) -> Value {
        switch literal {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .int(let value): return .int(value)
        case .uint(let value): return .uint(value)
        case .double(let value): return .double(value)
        case .string(let text):
            let bytes = Array(text.utf8)
            return .string(Bytes(start: arena.keep(bytes), count: bytes.count))
        case .duration(let value): return .duration(seconds: value.seconds, nanoseconds: value.nanoseconds)
        case .timestamp(let value): return .timestamp(seconds: value.seconds, nanoseconds: value.nanoseconds)
        }
    }
}

// MARK: Jumps and lists

extension ExpressionCompiler {
    /// The right side is skipped when the left one decides.
    private mutating func emitLogic(
        _ operation: ExpressionInstruction.Operation, leaveBy jump: ExpressionInstruction.Operation,
        _ left: ExpressionTerm, _ right: ExpressionTerm, into target: Int32
    ) {
        let first = emit(left, into: target)
        let leave = code.count
        append(jump, first, into: target)
        let second = emit(right)
        append(operation, first, second, into: target)
        code[leave].right = Int32(code.count)
    }

    private mutating func emitConditional(
        _ condition: ExpressionTerm, _ first: ExpressionTerm, _ second: ExpressionTerm, into target: Int32
    ) {
        let judged = emit(condition)
        let branch = code.count
        append(.branch, judged, into: target)
        _ = emit(first, into: target)
        let leave = code.count
        append(.jump, judged, into: target)
        code[branch].right = Int32(code.count)
        _ = emit(second, into: target)
        code[leave].right = Int32(code.count)
    }

    private mutating func emitList(_ elements: [ExpressionTerm], into target: Int32) {
        let first = reserve(elements.count)
        for (offset, element) in elements.enumerated() {
            _ = emit(element, into: first + Int32(offset))
        }
        append(.list, temporary(first), Operand(space: .temporaries, index: Int32(elements.count)), into: target)
    }
}

extension BinaryOperator {
    fileprivate var operation: ExpressionInstruction.Operation {
        switch self {
        case .or: .or
        case .and: .and
        case .equal: .equal
        case .notEqual: .notEqual
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        case .contained: .contained
        case .add: .add
        case .subtract: .subtract
        case .multiply: .multiply
        case .divide: .divide
        case .remainder: .remainder
        }
    }
}

extension ExpressionFunction {
    fileprivate var operation: ExpressionInstruction.Operation {
        switch self {
        case .size: .size
        case .startsWith: .startsWith
        case .endsWith: .endsWith
        case .contains: .contains
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .duration: .duration
        case .timestamp: .timestamp
        }
    }
}
