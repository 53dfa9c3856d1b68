/// How much one evaluation may use; beyond it fails.
public struct EvaluationLimits: Sendable, Hashable {
    /// Instructions inside comprehensions, and bytes and elements searched or compared, 16 bytes counting as one.
    public var steps: Int
    /// Of computed texts, lists and maps.
    public var bytes: Int

    public init(steps: Int, bytes: Int) {
        (self.steps, self.bytes) = (steps, bytes)
    }

    /// In rules.
    public static let rules = EvaluationLimits(steps: 1 << 20, bytes: 4 << 20)
    /// On the command line.
    public static let trial = EvaluationLimits(steps: 10 << 20, bytes: 64 << 20)
}
