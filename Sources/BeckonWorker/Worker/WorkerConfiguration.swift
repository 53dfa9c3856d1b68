import BeckonKafka
import BeckonModel

/// What a worker is told. Defaults are those of the settings.
public struct WorkerConfiguration: Sendable {
    /// `host:port,…`
    public var brokers: String
    /// librdkafka's own properties, from `kafka.client.`.
    public var clientProperties: [String: String] = [:]
    /// Topics of events, all with the same number of partitions; the first one is the group's driver topic.
    public var events: [String]
    public var topics = BeckonTopics()
    /// Where checkpoints lie. nil keeps none: everything is replayed from the journal.
    public var stateDirectory: String?
    /// Consumer group, and the beginning of transactional ids.
    public var group = "beckon"
    /// false takes all partitions without the group: for the embedded broker of `beckon dev` with one thread, whose groups
    /// lose members for minutes when the process is paused.
    public var joinsGroup = true
    /// The same at each restart of the same replica, different from the others'.
    public var instance: String
    /// Each has a consumer and a producer of its own.
    public var threadCount = 1
    /// A commit follows this long after the first decision that waits, milliseconds.
    public var commitDelayMs: Int64 = 5
    /// Without decisions, milliseconds.
    public var idleCommitMs: Int64 = 1_000
    public var checkpointIntervalMs: Int64 = 60_000
    /// The age that a change may reach before an image of it is on the log, milliseconds; 0: none. nil writes and reads no
    /// images, for the embedded broker of `beckon dev`, which loses old records.
    public var replayWindowMs: Int64? = 60_000
    /// A partition in which nothing happens commits so often, milliseconds: the end of its journal must not expire.
    public var journalRefreshMs: Int64 = 3_600_000
    /// Of images and of one partition, while the window is not at risk.
    public var imageBytesPerSecond = 8 << 20
    /// How often it is asked whether the topics' partition counts have changed, milliseconds.
    public var topicCheckIntervalMs: Int64 = 60_000
    /// Timers that are not proved by a person's own event fire at most so many a step.
    public var timersPerStepMax = 4_096
    /// `murmur2_random` is Java's default; nil checks nothing.
    public var checksPartitioner = true
    /// Whether compacted inputs are refused. The embedded broker of `beckon dev` does not answer the question.
    public var checksTopicSettings = true
    /// Whether a rule set that a partition has left may come back by `use` (development; elsewhere replicas could flap).
    public var allowsReturn = false

    public init(brokers: String, events: [String], instance: String) {
        self.brokers = brokers
        self.events = events
        self.instance = instance
    }
}

/// Names of Beckon's own topics.
public struct BeckonTopics: Sendable, Equatable {
    public var decisions = "beckon.decisions"
    public var suppressions = "beckon.suppressions"
    public var outcomes = "beckon.outcomes"
    public var deadLetters = "beckon.dead-letters"
    public var journal = "beckon.journal"
    /// Compacted: people as they are, and how far that goes.
    public var images = "beckon.images"
    public var environment = "beckon.environment"
    /// The sender's attempts and results.
    public var ledger = "beckon.ledger"
    /// Decisions that wait for a later try.
    public var retries = "beckon.retries"

    public init() {}

    /// The sender's own, which no worker touches; with as many partitions as the rest.
    public var sending: [String] { [ledger, retries] }

    /// Those that the worker writes by the engine's partition number: they have as many partitions as the inputs.
    public var coPartitioned: [String] { [decisions, suppressions, outcomes, deadLetters, journal, images] }
}

/// Tells the worker what time it is. The engine never asks it.
public protocol WallClock: Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z; it may go back a little, the worker copes.
    func nowMs() -> Milliseconds
}
