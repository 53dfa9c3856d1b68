/// One thing wrong with what the user set.
public struct SettingsProblem: Sendable, Hashable, CustomStringConvertible {
    /// Where it was set: `--threads`, `BECKON_WORKER_THREADS` or `beckon.yaml:3:5`.
    public let origin: String
    /// What is wrong and what to do, as sentences.
    public let message: String

    public init(origin: String, message: String) {
        self.origin = origin
        self.message = message
    }

    public var description: String { "\(origin): \(message)" }
}

/// Everything wrong with what the user set, so that one run shows it all.
public struct SettingsProblems: Error, Sendable, CustomStringConvertible {
    /// Never empty.
    public let problems: [SettingsProblem]

    public init(_ problems: [SettingsProblem]) {
        precondition(!problems.isEmpty)
        self.problems = problems
    }

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
