import BeckonKafka
import BeckonModel
import BeckonService
import Synchronization

/// The dotted names of the worker's log metadata.
public enum WorkerLogKey: String, LogKey {
    case partition = "kafka.partition"
    case topic = "kafka.topic"
    case offset = "kafka.offset"
    case instance = "worker.instance"
    case thread = "worker.thread"
    case seq = "journal.seq"
    case ruleSet = "rules.hash"
    case file = "checkpoint.file"
    case bytes = "checkpoint.bytes"
    case people = "state.people"
    case steps = "journal.steps"
    case lastSeq = "journal.lastSeq"
    case done = "restore.done"
    case of = "restore.of"
    case source = "restore.from"
    case rate = "restore.peoplePerSecond"
    case duration = "duration"
    case error = "error"
}

/// Reads event topics, keeps people's state and writes decisions, exactly once: the threads that do it, and what they
/// share. Start it once; it ends by `stop()`, or by itself with a failure.
public final class Worker: Sendable {
    let configuration: WorkerConfiguration
    let clock: any WallClock
    let log: Log<WorkerLogKey>
    let metrics: WorkerMetrics
    let wantedRules: Mutex<RuleSet>
    private let threads = Mutex<[WorkerThread]>([])
    private let topicWatch = TopicWatch()
    private let failure = Mutex<WorkerError?>(nil)
    let progressByPartition = Mutex<[Int32: PartitionProgress]>([:])

    /// How far a partition has come, as of its last commit.
    public struct PartitionProgress: Sendable, Equatable {
        /// By topic: the next offset, committed with everything it brought about.
        public var positions: [String: Int64]
        /// The clock of the last committed step.
        public var nowMs: Milliseconds
        /// No timer is due before; nil without timers.
        public var earliestDueMs: Milliseconds?
    }

    public init(
        _ configuration: WorkerConfiguration, rules: RuleSet, clock: any WallClock, log: Log<WorkerLogKey>,
        metrics: Metrics
    ) {
        self.configuration = configuration
        self.clock = clock
        self.log = log
        self.metrics = WorkerMetrics(metrics)
        wantedRules = Mutex(rules)
    }

    /// Checks the topics, publishes the rule set, and starts the threads. Nothing is started when it throws.
    public func start() throws(WorkerError) {
        let partitionCount = try TopicCheck(configuration, log: log).run()
        let readers = LogReaders(configuration)
        defer { readers.close() }
        let last = try provenTail(readers, partitionCount)
        try JournalOwner(configuration).claim(readers, lastTransactionalId: last?.record.standing.transactionalId)
        let environment = Environment(configuration)
        try environment.publish(wantedRules.withLock { $0 })
        var started: [WorkerThread] = []
        for index in 0..<configuration.threadCount {
            started.append(WorkerThread(worker: self, index: index, partitionCount: partitionCount))
        }
        for thread in started { thread.start() }
        threads.withLock { $0 = started }
        topicWatch.start(self, partitionCount: partitionCount)
    }

    /// The end of the first partition's journal, whoever runs it: a worker that has only new partitions must not begin
    /// either when the number of partitions has changed.
    private func provenTail(_ readers: LogReaders, _ partitionCount: Int32) throws(WorkerError) -> JournalTail.Last? {
        let tail = JournalTail(readers)
        let started = ContinuousClock.now
        while true {
            do throws(WorkerError) {
                let last = try tail.last(partition: 0)
                if let last { try TopicCheck.proveSameCount(last.record.standing, partitionCount, configuration) }
                return last
            } catch {
                // A topic that has just been made may have no leader yet.
                if error.code != .kafka || ContinuousClock.now - started > .seconds(10) { throw error }
                sleepMs(100)
            }
        }
    }

    /// Goes over to another rule set: every partition switches with its next step.
    public func use(_ rules: RuleSet) throws(WorkerError) {
        try Environment(configuration).publish(rules)
        wantedRules.withLock { $0 = rules }
    }

    /// Ready once each thread has its partitions restored.
    public var readiness: Readiness {
        if let failure = failure.withLock({ $0 }) { return .notReady(failure.description) }
        let threads = threads.withLock { $0 }
        if threads.isEmpty { return .notReady("the worker is starting") }
        for thread in threads { if let reason = thread.notReadyReason { return .notReady(reason) } }
        return .ready
    }

    public var progress: [Int32: PartitionProgress] { progressByPartition.withLock { $0 } }

    /// Why the worker ended by itself; nil while it runs, or after `stop()`.
    public var endedBy: WorkerError? { failure.withLock { $0 } }

    /// Stops in order: no more reading, the step finished, committed, a checkpoint, the group left. Waits for it.
    public func stop() {
        let threads = threads.withLock { $0 }
        for thread in threads { thread.requestStop() }
        for thread in threads { thread.join() }
        topicWatch.stop()
    }

    /// A thread cannot go on: all of them end.
    func fail(_ error: WorkerError) {
        failure.withLock { if $0 == nil { $0 = error } }
        for thread in threads.withLock({ $0 }) { thread.requestStop() }
    }
}
