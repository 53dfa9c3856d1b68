/// A setting's value, after its text has been read as the setting's kind.
public enum SettingValue: Sendable, Hashable {
    /// No value and no default.
    case absent
    case text(String)
    case integer(Int)
    case boolean(Bool)
    case duration(Duration)
    case list([String])
    case address(NetworkAddress)
}

extension SettingValue: CustomStringConvertible {
    /// As a user would write it; empty when absent.
    public var description: String {
        switch self {
        case .absent: ""
        case .text(let text): text
        case .integer(let number): String(number)
        case .boolean(let flag): flag ? "true" : "false"
        case .duration(let duration): DurationText.write(duration)
        case .list(let items): items.joined(separator: ",")
        case .address(let address): address.description
        }
    }
}
