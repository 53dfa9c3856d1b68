/// How much a line matters, in the vocabulary of swift-log.
public enum LogLevel: String, Sendable, CaseIterable, Comparable {
    case trace, debug, info, notice, warning, error, critical

    public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .trace: 0
        case .debug: 1
        case .info: 2
        case .notice: 3
        case .warning: 4
        case .error: 5
        case .critical: 6
        }
    }
}

/// How a line is written.
public enum LogFormat: String, Sendable, CaseIterable {
    /// For people: time, level, message, then `key=value`.
    case text
    /// For machines: one JSON object a line.
    case json
}
