/// The types of values, as `type()` gives them.
public enum ValueType: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    case null, bool, int, uint, double, string, bytes, list, map, timestamp, duration, type

    /// As expressions write it.
    public var name: String {
        switch self {
        case .null: "null_type"
        case .timestamp: "google.protobuf.Timestamp"
        case .duration: "google.protobuf.Duration"
        default: "\(self)"
        }
    }

    /// Types by their names.
    static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })
}

extension Value {
    /// nil for what is missing or failed.
    public var type: ValueType? {
        switch self {
        case .missing, .failed: nil
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .json(let text): text.isJSONObject ? .map : .list
        case .list: .list
        case .map: .map
        case .type: .type
        case .duration: .duration
        case .timestamp: .timestamp
        }
    }
}
