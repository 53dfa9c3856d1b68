/// Why a rule that fired, or would have started, sends nothing. Its text is a suppression's `reason` and a metric's label.
public enum SuppressionReason: UInt8, Sendable, CaseIterable {
    case late, condition, reentry, instanceLimit

    public var label: String {
        switch self {
        case .late: "late"
        case .condition: "condition"
        case .reentry: "reentry"
        case .instanceLimit: "instanceLimit"
        }
    }
}
