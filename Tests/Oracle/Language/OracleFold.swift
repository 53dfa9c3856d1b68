/// A fold in the oracle's own words.
public struct OracleFold: Sendable, Hashable {
    public let name: String
    public let kind: OracleFoldKind
    public let of: OracleReference
    /// Milliseconds.
    public let within: Int64?
    public let since: OracleReference?

    public init(
        _ name: String, _ kind: OracleFoldKind, of: OracleReference, within: Int64? = nil,
        since: OracleReference? = nil
    ) {
        self.name = name
        self.kind = kind
        self.of = of
        self.within = within
        self.since = since
    }
}

public enum OracleFoldKind: Sendable, Hashable {
    case count
    case sum([String])
    case last([String])
    case first([String])
    case min([String])
    case max([String])
    case avg([String])
    case distinct([String])

    var path: [String]? {
        switch self {
        case .count: return nil
        case .sum(let path), .last(let path), .first(let path), .min(let path), .max(let path), .avg(let path),
            .distinct(let path):
            return path
        }
    }

    /// As rules call it.
    var name: String {
        switch self {
        case .count: return "count"
        case .sum: return "sum"
        case .last: return "last"
        case .first: return "first"
        case .min: return "min"
        case .max: return "max"
        case .avg: return "avg"
        case .distinct: return "distinct"
        }
    }
}
