/// The dotted names of a target's metadata: one enum a target.
///
///     enum WorkerLogKey: String, LogKey { case partition = "kafka.partition", rule = "rule.id" }
public protocol LogKey: RawRepresentable<String>, Sendable {}
