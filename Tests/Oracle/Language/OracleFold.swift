/// A fold in the oracle's own words.
public struct OracleFold: Sendable, Hashable {
    public let name: String
    public let kind: OracleFoldKind
    public let of: OracleReference
    /// Milliseconds.
    public let within: Int64?
    /// In place of `within` and `since`.
    public var per: OraclePeriod?
    public let since: OracleReference?
    /// Of items.
    public var remove: OracleReference?

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
    /// Of these `of` is `put`, and `since` is `clear`.
    case items(OracleItems)

    var path: [String]? {
        switch self {
        case .count, .items: return nil
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
        case .items: return "items"
        }
    }
}

/// A collection such as a cart.
public struct OracleItems: Sendable, Hashable {
    /// What keeps collections apart.
    public var key: [String]?
    public var by: String
    public var keep: [String]
    public var max: Int
    /// Kept properties whose product is added up.
    public var factors: [String]

    public init(key: [String]? = nil, by: String, keep: [String], max: Int = 20, factors: [String] = []) {
        self.key = key
        self.by = by
        self.keep = keep
        self.max = max
        self.factors = factors
    }

    /// What is read of an event that puts or removes.
    var paths: [[String]] { [key].compactMap { $0 } + ([by, "items", "products"] + keep).map { ["properties", $0] } }
}
