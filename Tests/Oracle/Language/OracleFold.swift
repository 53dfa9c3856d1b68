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

    var path: [String]? {
        switch self {
        case .count: return nil
        case .sum(let path), .last(let path): return path
        }
    }
}
