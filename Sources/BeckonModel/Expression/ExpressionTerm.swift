/// A checked part of an expression: its names are resolved and its type is known.
struct ExpressionTerm: Sendable {
    indirect enum Kind: Sendable {
        case literal(ExpressionLiteral)
        case variable(Variable)
        case has(Variable)
        case not(ExpressionTerm)
        case negate(ExpressionTerm)
        case binary(BinaryOperator, ExpressionTerm, ExpressionTerm)
        case conditional(ExpressionTerm, ExpressionTerm, ExpressionTerm)
        case list([ExpressionTerm])
        case index(ExpressionTerm, ExpressionTerm)
        case call(ExpressionFunction, [ExpressionTerm])
    }

    let kind: Kind
    let type: ExpressionType

    /// Calls `body` with everything it reads, in the order of the text, repeatedly where it reads it repeatedly.
    func forEachVariable(_ body: (Variable) -> Void) {
        switch kind {
        case .literal: break
        case .variable(let variable), .has(let variable): body(variable)
        case .not(let operand), .negate(let operand): operand.forEachVariable(body)
        case .binary(_, let left, let right), .index(let left, let right):
            left.forEachVariable(body)
            right.forEachVariable(body)
        case .conditional(let condition, let first, let second):
            condition.forEachVariable(body)
            first.forEachVariable(body)
            second.forEachVariable(body)
        case .list(let terms), .call(_, let terms):
            for term in terms { term.forEachVariable(body) }
        }
    }
}

/// The functions that compute.
enum ExpressionFunction: UInt8, Sendable {
    case size, startsWith, endsWith, contains, int, uint, double, string, duration, timestamp

    init?(name: String) {
        switch name {
        case "size": self = .size
        case "startsWith": self = .startsWith
        case "endsWith": self = .endsWith
        case "contains": self = .contains
        case "int": self = .int
        case "uint": self = .uint
        case "double": self = .double
        case "string": self = .string
        case "duration": self = .duration
        case "timestamp": self = .timestamp
        default: return nil
        }
    }

    var name: String { "\(self)" }

    /// `text.contains(part)`, not `contains(text, part)`.
    var isMember: Bool { self == .startsWith || self == .endsWith || self == .contains }

    var argumentCount: Int { isMember ? 2 : 1 }

    var result: ExpressionType {
        switch self {
        case .size, .int: .int
        case .startsWith, .endsWith, .contains: .bool
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .duration: .duration
        case .timestamp: .timestamp
        }
    }

    var accepted: [ExpressionType] {
        switch self {
        case .size: [.string, .list]
        case .startsWith, .endsWith, .contains: [.string]
        case .int: [.int, .uint, .double, .string, .timestamp]
        case .uint, .double: [.int, .uint, .double, .string]
        case .string: [.string, .bool, .int, .uint, .double, .duration, .timestamp]
        case .duration: [.string, .duration]
        case .timestamp: [.string, .int, .timestamp]
        }
    }
}
