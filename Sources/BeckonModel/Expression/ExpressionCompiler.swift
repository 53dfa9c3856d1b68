/// Turns a checked tree into a flat array of instructions over slots, constants and temporaries.
///
/// Each temporary is written by one place of the code only.
struct ExpressionCompiler {
    private typealias Operand = ExpressionInstruction.Operand

    private let arena: ExpressionArena
    private let slots: [Variable: Int32]
    private var code: [ExpressionInstruction] = []
    private var offsets: [Int32] = []
    private var patterns: [UnsafeRawPointer] = []
    /// Where the variables of macros lie, by their numbers.
    private var locals: [Int: Int32] = [:]
    /// Where the term at hand stands in the text.
    private var offset = 0
    private var constants: [Value] = []
    private var temporaries: Int32 = 0

    init(arena: ExpressionArena, slots: [(Variable, Int)]) {
        self.arena = arena
        self.slots = Dictionary(uniqueKeysWithValues: slots.map { ($0.0, Int32($0.1)) })
    }

    mutating func compile(_ root: ExpressionTerm) -> CompiledExpression {
        let result = emit(root)
        return CompiledExpression(
            code: arena.keep(code), codeCount: code.count, constants: arena.keep(constants),
            offsets: arena.keep(offsets), patterns: arena.keep(patterns), result: result,
            temporariesCount: Int(temporaries))
    }

    private mutating func reserve(_ count: Int = 1) -> Int32 {
        defer { temporaries += Int32(count) }
        return temporaries
    }

    private func temporary(_ index: Int32) -> Operand { Operand(space: .temporaries, index: index) }

    private mutating func append(
        _ operation: ExpressionInstruction.Operation, _ left: Operand, _ right: Operand? = nil, into target: Int32,
        function: ExpressionFunction = .dyn
    ) {
        code.append(ExpressionInstruction(operation, left, right ?? left, target: target, function: function))
        offsets.append(Int32(offset))
    }

    /// Lets the instruction at a place go on here.
    private mutating func land(_ place: Int) {
        code[place].right = Int32(code.count)
    }

    /// Where the term's value is; computed into `target` if that is given.
    private mutating func emit(_ term: ExpressionTerm, into target: Int32? = nil) -> Operand {
        if let place = place(of: term) {
            guard let target else { return place }
            append(.load, place, into: target)
            return temporary(target)
        }
        let target = target ?? reserve()
        let outer = offset
        defer { offset = outer }
        offset = term.offset
        switch term.kind {
        case .literal, .variable, .local, .failure: preconditionFailure("these have a place")
        case .has(let variable): append(.has, place(of: variable), into: target)
        case .member(let operand, let name):
            append(.member, emit(operand), constant(ExpressionLiteral.string(name)), into: target)
        case .hasMember(let operand, let name):
            append(.hasMember, emit(operand), constant(ExpressionLiteral.string(name)), into: target)
        case .not(let operand): append(.not, emit(operand), into: target)
        case .negate(let operand): append(.negate, emit(operand), into: target)
        case .binary(.and, let left, let right): emitLogic(.and, leaveBy: .jumpIfFalse, left, right, into: target)
        case .binary(.or, let left, let right): emitLogic(.or, leaveBy: .jumpIfTrue, left, right, into: target)
        case .binary(let symbol, let left, let right):
            let operands = (emit(left), emit(right))
            append(symbol.operation, operands.0, operands.1, into: target)
        case .conditional(let condition, let first, let second):
            emitConditional(condition, first, second, into: target)
        case .list(let elements): emitElements(.list, elements, into: target)
        case .map(let entries): emitElements(.map, entries, into: target)
        case .index(let list, let position):
            let operands = (emit(list), emit(position))
            append(.index, operands.0, operands.1, into: target)
        case .call(let function, let arguments):
            let operands = arguments.map { emit($0) }
            append(
                operands.count == 1 ? .call : .callWith, operands[0], operands.last, into: target, function: function)
        case .match(let text, let pattern):
            let operand = emit(text)
            patterns.append(arena.keep(pattern))
            append(.match, operand, number(patterns.count - 1), into: target)
        case .comprehension(let comprehension): emitComprehension(comprehension, into: target)
        }
        return temporary(target)
    }

    /// In place of an operand.
    private func number(_ value: Int) -> Operand { Operand(space: .temporaries, index: Int32(value)) }

    /// nil when it must be computed.
    private mutating func place(of term: ExpressionTerm) -> Operand? {
        switch term.kind {
        case .variable(let variable): return place(of: variable)
        case .local(let number):
            guard let place = locals[number] else { preconditionFailure("a macro's variable is there in its body") }
            return temporary(place)
        case .failure(let reason): return constant(Value.failed(EvaluationError(reason, offset: Int32(term.offset))))
        case .literal(let literal): return constant(literal)
        case .list(let elements):
            let literals = elements.compactMap { element in
                if case .literal(let literal) = element.kind { literal } else { nil as ExpressionLiteral? }
            }
            guard literals.count == elements.count else { return nil }
            let values = literals.map { value(of: $0) }
            return constant(Value.list(ValueList(start: arena.keep(values), count: values.count)))
        default: return nil
        }
    }

    private func place(of variable: Variable) -> Operand {
        guard let slot = slots[variable] else { preconditionFailure("the expression names all its variables") }
        return Operand(space: .slots, index: slot)
    }

    private mutating func constant(_ literal: ExpressionLiteral) -> Operand { constant(value(of: literal)) }

    private mutating func constant(_ value: Value) -> Operand {
        constants.append(value)
        return Operand(space: .constants, index: Int32(constants.count - 1))
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
        case .bytes(let bytes): return .bytes(Bytes(start: arena.keep(bytes), count: bytes.count))
        case .type(let type): return .type(type)
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
        land(leave)
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
        land(branch)
        _ = emit(second, into: target)
        land(leave)
    }

    private mutating func emitElements(
        _ operation: ExpressionInstruction.Operation, _ elements: [ExpressionTerm], into target: Int32
    ) {
        let first = reserve(elements.count)
        for (offset, element) in elements.enumerated() {
            _ = emit(element, into: first + Int32(offset))
        }
        append(operation, temporary(first), number(elements.count), into: target)
    }
}

// MARK: Macros

extension ExpressionCompiler {
    private mutating func emitComprehension(_ comprehension: ExpressionTerm.Comprehension, into target: Int32) {
        let range = emit(comprehension.range)
        // What is gone over, and the position in it.
        let iterator = temporary(reserve(2))
        let element = reserve()
        locals[comprehension.local] = element
        let begin = code.count
        append(.begin, range, into: iterator.index)
        switch comprehension.macro {
        case .all: append(.load, constant(Value.bool(true)), into: target)
        case .exists: append(.load, constant(Value.bool(false)), into: target)
        case .existsOne: append(.load, constant(Value.int(0)), into: target)
        case .map, .filter: append(.collect, iterator, into: target)
        }
        let loop = code.count
        append(.next, iterator, into: element)
        // `collect` is the instruction before the loop; the others never fail.
        let leaving = [loop - 1] + emitBody(comprehension, element, into: target)
        append(.jump, iterator, number(loop), into: target)
        land(loop)
        if comprehension.macro == .existsOne {
            append(.equal, temporary(target), constant(Value.int(1)), into: target)
        }
        let done = code.count
        append(.jump, iterator, into: target)
        land(begin)
        append(.load, iterator, into: target)
        land(done)
        for place in leaving { land(place) }
    }

    /// Instructions that leave the loop when the result is certain.
    private mutating func emitBody(
        _ comprehension: ExpressionTerm.Comprehension, _ element: Int32, into target: Int32
    ) -> [Int] {
        let result = temporary(target)
        switch comprehension.macro {
        case .all, .exists:
            guard let predicate = comprehension.predicate else { preconditionFailure("it has a condition") }
            let isAll = comprehension.macro == .all
            append(isAll ? .and : .or, result, emit(predicate), into: target)
            append(isAll ? .jumpIfFalse : .jumpIfTrue, result, into: target)
            return [code.count - 1]
        case .existsOne, .map, .filter: return emitAccepted(comprehension, element, into: target)
        }
    }

    /// What is done with the elements that meet the condition; a condition that fails is the result.
    private mutating func emitAccepted(
        _ comprehension: ExpressionTerm.Comprehension, _ element: Int32, into target: Int32
    ) -> [Int] {
        var leaving: [Int] = []
        var branch: Int?
        if let predicate = comprehension.predicate {
            let judged = emit(predicate)
            branch = code.count
            append(.branch, judged, into: target)
        }
        if comprehension.macro == .existsOne {
            append(.add, temporary(target), constant(Value.int(1)), into: target)
        } else {
            let value = comprehension.transform.map { emit($0) } ?? temporary(element)
            leaving.append(code.count)
            append(.append, value, into: target)
        }
        if let branch {
            // Over the instruction that the branch takes when its condition fails.
            append(.jump, temporary(target), number(code.count + 2), into: target)
            leaving.append(code.count)
            append(.jump, temporary(target), into: target)
            land(branch)
        }
        return leaving
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
