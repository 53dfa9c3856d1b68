/// Expressions.
extension CanonicalEncoding {
    mutating func append(_ term: ExpressionTerm) {
        switch term.kind {
        case .literal(let literal):
            append(tag: 1)
            append(literal)
        case .variable(let variable):
            append(tag: 2)
            append(variable)
        case .has(let variable):
            append(tag: 3)
            append(variable)
        case .not(let operand):
            append(tag: 4)
            append(operand)
        case .negate(let operand):
            append(tag: 5)
            append(operand)
        case .binary(let symbol, let left, let right):
            append(tag: 6)
            append(symbol.rawValue)
            append(left)
            append(right)
        case .conditional(let condition, let first, let second):
            append(tag: 7)
            append(condition)
            append(first)
            append(second)
        case .list(let elements):
            append(tag: 8)
            append(list: elements) { $0.append($1) }
        case .index(let list, let position):
            append(tag: 9)
            append(list)
            append(position)
        case .call(let function, let arguments):
            append(tag: 10)
            append(function.name)
            append(list: arguments) { $0.append($1) }
            // With another table the same words may mean another hour.
            if function.isPart, arguments.count == 2 { append(ZoneTable.standard.version) }
        case .local(let number):
            append(tag: 11)
            append(UInt64(number))
        case .hasMember(let operand, let name):
            append(tag: 12)
            append(operand)
            append(name)
        case .member(let operand, let name):
            append(tag: 13)
            append(operand)
            append(name)
        case .map(let entries):
            append(tag: 14)
            append(list: entries) { $0.append($1) }
        case .match(let operand, let pattern):
            append(tag: 15)
            append(operand)
            append(pattern.text)
        case .comprehension(let comprehension):
            append(tag: 16)
            append(comprehension)
        case .failure(let reason):
            append(tag: 17)
            append(tag: reason.rawValue)
        }
    }

    private mutating func append(_ comprehension: ExpressionTerm.Comprehension) {
        append(comprehension.macro.rawValue)
        append(comprehension.range)
        append(UInt64(comprehension.local))
        append(optional: comprehension.predicate) { $0.append($1) }
        append(optional: comprehension.transform) { $0.append($1) }
    }

    private mutating func append(_ literal: ExpressionLiteral) {
        switch literal {
        case .null: append(tag: 1)
        case .bool(let value):
            append(tag: 2)
            append(tag: value ? 1 : 0)
        case .int(let value):
            append(tag: 3)
            append(value)
        case .uint(let value):
            append(tag: 4)
            append(value)
        case .double(let value):
            append(tag: 5)
            append(value.bitPattern)
        case .string(let value):
            append(tag: 6)
            append(value)
        case .duration(let value):
            append(tag: 7)
            append(value.seconds)
            append(Int64(value.nanoseconds))
        case .timestamp(let value):
            append(tag: 8)
            append(value.seconds)
            append(Int64(value.nanoseconds))
        case .bytes(let value):
            append(tag: 9)
            append(value)
        case .type(let type):
            append(tag: 10)
            append(tag: type.rawValue)
        }
    }

    private mutating func append(_ variable: Variable) {
        switch variable {
        case .property(let path):
            append(tag: 1)
            append(path)
        case .eventName: append(tag: 2)
        case .eventTime: append(tag: 3)
        case .now: append(tag: 4)
        case .fold(let name):
            append(tag: 5)
            append(name)
        case .instance(let name):
            append(tag: 6)
            append(name)
        case .idle(let name):
            append(tag: 7)
            append(name)
        case .binding(let name):
            append(tag: 8)
            append(name)
        case .trait(let path):
            append(tag: 9)
            append(path)
        }
    }
}
