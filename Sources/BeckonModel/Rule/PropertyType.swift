/// What a property holds, in the words of JSON Schema.
public enum PropertyType: String, Sendable, CaseIterable {
    case string, number, boolean, array, object
    /// Now this, now that.
    case any

    /// nil for null.
    public init?(of value: JSONValue) {
        switch value {
        case .null: return nil
        case .string: self = .string
        case .number: self = .number
        case .bool: self = .boolean
        case .list: self = .array
        case .object: self = .object
        }
    }

    /// What compares with others of its kind, and is kept by folds.
    static let scalars: [PropertyType] = [.string, .number, .boolean]

    /// Whether a path may go on below it.
    var hasMembers: Bool { self == .object || self == .any }
}
