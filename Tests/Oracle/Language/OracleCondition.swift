/// A condition, as a tree that the oracle judges itself and that renders to the CEL text given to the engine.
public indirect enum OracleCondition: Sendable, Hashable {
    case compare(OracleOperand, OracleComparison, OracleLiteral)
    /// A property path is there.
    case has([String])
    /// A trait, or a part of one, is known.
    case hasTrait([String])
    case not(OracleCondition)
    case all([OracleCondition])
    case any([OracleCondition])

    /// As rules write it.
    public var text: String {
        switch self {
        case .compare(let operand, let comparison, let literal):
            return "\(operand.text) \(comparison.rawValue) \(literal.text)"
        case .has(let path): return "has(\(OracleOperand.property(path).text))"
        case .hasTrait(let path): return "has(\(OracleOperand.trait(path).text))"
        case .not(let inner): return "!(\(inner.text))"
        case .all(let parts): return parts.map { "(\($0.text))" }.joined(separator: " && ")
        case .any(let parts): return parts.map { "(\($0.text))" }.joined(separator: " || ")
        }
    }

    /// Everything that is read.
    var operands: [OracleOperand] {
        switch self {
        case .compare(let operand, _, _): return [operand]
        case .has(let path): return [.property(path)]
        case .hasTrait(let path): return [.trait(path)]
        case .not(let inner): return inner.operands
        case .all(let parts), .any(let parts): return parts.flatMap(\.operands)
        }
    }
}

/// What a condition compares, and what `data` copies.
public enum OracleOperand: Sendable, Hashable {
    /// With its root: `["properties", "price"]`, `["context", "channel"]`, `["properties"]`.
    case property([String])
    /// All of it.
    case event
    /// Of items a member: `cart.items`, `cart.value`.
    case fold(String)
    /// A fold of `collect`.
    case instance(String)
    /// Since the person's last event of that name, compared with a duration.
    case idle(String)
    case literal(OracleLiteral)
    /// Below `person`; without names all of it.
    case trait([String])

    /// Of the fold that it reads, or a member of.
    var foldName: String? {
        guard case .fold(let name) = self else { return nil }
        return String(name.prefix { $0 != "." })
    }

    public var text: String {
        switch self {
        case .property(let path): return (path[0] == "context" ? ["event"] + path : path).joined(separator: ".")
        case .event: return "event"
        case .fold(let name): return name
        case .instance(let name): return "instance.\(name)"
        case .idle(let event): return "idle(\"\(event)\")"
        case .literal(let literal): return literal.text
        case .trait(let path): return (["person"] + path).joined(separator: ".")
        }
    }
}

public enum OracleComparison: String, Sendable, Hashable, CaseIterable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
}

public enum OracleLiteral: Sendable, Hashable {
    case int(Int64)
    case double(Double)
    case string(String)
    case bool(Bool)
    /// Milliseconds.
    case duration(Int64)

    public var text: String {
        switch self {
        case .int(let value): return "\(value)"
        case .double(let value): return value.description
        case .string(let value): return OracleJSON.quoted(Array(value.utf8))
        case .bool(let value): return "\(value)"
        case .duration(let value):
            return value % 1_000 == 0 ? "duration(\"\(value / 1_000)s\")" : "duration(\"\(value)ms\")"
        }
    }

    var value: OracleValue {
        switch self {
        case .int(let value): return .int(value)
        case .double(let value): return .double(value)
        case .string(let value): return .string(Array(value.utf8))
        case .bool(let value): return .bool(value)
        case .duration(let value): return .duration(value)
        }
    }
}
