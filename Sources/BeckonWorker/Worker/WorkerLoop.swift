import BeckonEngine
import BeckonKafka
import BeckonModel
import BeckonService

/// The life of a worker thread: fetch, step, commit, checkpoint; and, as the group asks, take partitions and give them up.
///
/// Everything in it belongs to this thread. Only restoring, checkpoint files and the clock's proofs have threads of
/// their own, and hand over what they have.
final class WorkerLoop {
    let worker: Worker
    let index: Int
    let configuration: WorkerConfiguration
    let log: Log<WorkerLogKey>
    private(set) var consumer: KafkaConsumer
    let committer: Committer
    let probe: ClockProbe
    let restores: RestoreQueue
    let checkpoints = CheckpointWriter()
    /// Of checkpoints handed to the writer, by their ids: whose they are and when they began.
    var unwritten: [Int: (partition: Int32, begunMs: Milliseconds)] = [:]
    let partitionCount: Int32
    private let isStopping: () -> Bool
    let setStatus: (String?) -> Void

    /// Running partitions, in the order of their numbers.
    var tasks: [PartitionTask] = []
    var taskOfPartition: [PartitionTask?]
    private var identities: [TopicIdentity] = []
    /// Given up, but still in memory.
    var parked: [Int32: PartitionTask] = [:]
    var assigned: [Int32] = []
    var generation = 0
    var callbackFailure: WorkerError?

    private var lastCommitMs: Milliseconds = 0
    /// By the process's own clock; nil while no output waits.
    private var outputSinceMs: Int64?
    /// The last fetch was full: there is a backlog, in which decisions are late already and a commit may be larger.
    private var isCatchingUp = false
    private var lastMetricsMs: Milliseconds = 0

    init(
        _ worker: Worker, index: Int, partitionCount: Int32, isStopping: @escaping () -> Bool,
        setStatus: @escaping (String?) -> Void
    ) throws(WorkerError) {
        self.worker = worker
        self.index = index
        configuration = worker.configuration
        log = worker.log
        self.partitionCount = partitionCount
        self.isStopping = isStopping
        self.setStatus = setStatus
        let instance = "\(configuration.instance)-\(index)"
        committer = try Committer(
            configuration, transactionalId: "\(configuration.group)-\(instance)", partitionCount: partitionCount,
            metrics: worker.metrics,
            isStopping: isStopping)
        let clock = worker.clock
        consumer = try Self.makeConsumer(configuration, instance)
        do throws(KafkaError) {
            probe = try ClockProbe(
                KafkaConfiguration(
                    .clockProbe, brokers: configuration.brokers, clientProperties: configuration.clientProperties),
                wallMs: { clock.nowMs() })
        } catch {
            throw WorkerError(.kafka, "\(error)")
        }
        restores = RestoreQueue(configuration, partitionCount: partitionCount, log: log)
        taskOfPartition = Array(repeating: nil, count: Int(partitionCount))
        if let directory = configuration.stateDirectory {
            try CheckpointFolder(
                stateDirectory: directory, group: configuration.group, inputs: configuration.events, partition: 0
            ).create()
        }
    }

    private static func makeConsumer(_ configuration: WorkerConfiguration, _ instance: String) throws(WorkerError)
        -> KafkaConsumer
    {
        do throws(KafkaError) {
            return try KafkaConsumer(
                KafkaConfiguration(
                    .workerConsumer(group: configuration.group, instance: instance), brokers: configuration.brokers,
                    clientProperties: configuration.clientProperties))
        } catch {
            throw WorkerError(.kafka, "\(error)")
        }
    }

    func run() throws(WorkerError) {
        defer { close() }
        try join()
        while !isStopping() {
            do throws(WorkerError) {
                try turn()
            } catch {
                rejoinedAtMs.removeAll { monotonicMs() - $0 > Self.rejoinIntervalMs }
                guard error.code == .fenced, rejoinedAtMs.count < Self.rejoinsMax else { throw error }
                try rejoin(after: error)
            }
        }
        try stop()
    }

    private func turn() throws(WorkerError) {
        try fetch()
        if let failure = callbackFailure { throw failure }
        try takeRestored()
        takeProofs()
        try stepAll()
        try commitIfDue()
        continueCheckpoints()
        updateMetrics()
    }

    private func join() throws(WorkerError) {
        consumer.onRebalance = { [unowned self] event in rebalanced(event) }
        do throws(KafkaError) {
            identities = []
            for topic in configuration.events { identities.append(try consumer.identity(ofTopic: topic)) }
            let driver = configuration.events[0]
            if configuration.joinsGroup {
                try consumer.subscribe(toDriverTopic: driver)
            } else {
                try consumer.takeAll(ofDriverTopic: driver)
            }
        } catch {
            throw WorkerError(.kafka, "\(error)")
        }
    }

    /// The group fences an instance that a rival bears; and also one whose own join was answered too late, after its
    /// broker stood still. It joins again as a new member, three times within a minute: a rival does the same, and who was
    /// there first, and so was refused first, ends.
    private func rejoin(after error: WorkerError) throws(WorkerError) {
        log.warning("Refused by the group: joining again", [.thread: index, .error: error.description])
        rejoinedAtMs.append(monotonicMs())
        callbackFailure = nil
        generation += 1
        setStatus("joining the group again")
        drop()
        consumer.close()
        consumer = try Self.makeConsumer(configuration, "\(configuration.instance)-\(index)")
        try join()
    }

    private static let rejoinIntervalMs: Int64 = 60_000
    private static let rejoinsMax = 3
    /// Within the interval.
    private var rejoinedAtMs: [Int64] = []

    /// In order: what was fetched is given back, the step is finished, committed, checkpointed.
    private func stop() throws(WorkerError) {
        for task in tasks { for input in task.queues.indices { task.queues[input].removeAll() } }
        try commitAll()
        try writeLastImages()
        writeLastCheckpoints()
    }

    private func close() {
        for task in tasks { for input in task.queues.indices { task.queues[input].removeAll() } }
        restores.stop()
        checkpoints.stop()
        probe.close()
        consumer.close()
        committer.close()
    }

    // MARK: fetching

    private func fetch() throws(WorkerError) {
        let batch: MessageBatch
        let timeout: Int32 = outputSinceMs == nil ? 5 : 1
        do throws(KafkaError) { batch = try consumer.consumeBatch(max: Self.fetchMax, timeoutMs: timeout) } catch {
            throw WorkerError(.kafka, "\(error)")
        }
        isCatchingUp = batch.count == Self.fetchMax
        var failure: WorkerError?
        // Each message gets an owner of its own: a queue, or nobody.
        batch.handOver { message in
            if failure != nil { return message.destroy() }
            do throws(WorkerError) { try receive(message) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private static let fetchMax = 1_000

    /// Takes the message over, also when it throws.
    private func receive(_ message: Message) throws(WorkerError) {
        if message.isError { return try note(message) }
        guard let input = place(of: message.topic), let task = taskOfPartition[Int(message.partition)] else {
            return message.destroy()
        }
        if task.keysToCheck > 0, configuration.checksPartitioner {
            do throws(WorkerError) { try checkKey(message, input, task) } catch {
                message.destroy()
                throw error
            }
        }
        task.queues[input].add(message, timestampMs: message.timestampMs)
    }

    /// Most messages are of the topic of the one before.
    private func place(of topic: TopicIdentity?) -> Int? {
        if topic == identities[lastPlace] { return lastPlace }
        guard let place = identities.firstIndex(where: { $0 == topic }) else { return nil }
        lastPlace = place
        return place
    }

    private var lastPlace = 0

    private func note(_ message: Message) throws(WorkerError) {
        defer { message.destroy() }
        if message.isPartitionEnd {
            if let task = taskOfPartition[Int(message.partition)],
                let input = identities.firstIndex(where: { $0 == message.topic })
            {
                task.queues[input].reachedEnd(message.offset)
            }
            return
        }
        guard let error = message.error else { return }
        if error.code == .offsetGone {
            throw WorkerError(
                .inputsGone,
                "partition \(message.partition): the records at the partition's position have expired: \(error.message). What they would have caused is lost; the retention of the inputs must cover an outage"
            )
        }
        if error.isFatal || consumer.fatalError != nil {
            throw WorkerError(
                .fenced,
                "the group refuses this member: \(error). Is another worker running under the instance name \(configuration.instance)?"
            )
        }
        log.warning("Kafka reports", [.thread: index, .error: error.description])
    }

    /// Keys partitioned by another rule than Java's would put one person's events and Beckon's own records in different partitions.
    private func checkKey(_ message: Message, _ input: Int, _ task: PartitionTask) throws(WorkerError) {
        guard let key = message.key, !key.isEmpty else { return }
        task.keysToCheck -= 1
        let expected = KeyPartitioner.partition(ofKey: key, count: partitionCount)
        if expected == message.partition { return }
        throw WorkerError(
            .topics,
            "\(configuration.events[input])-\(message.partition)@\(message.offset): its key belongs to partition \(expected) by murmur2 (Java's default partitioner). The producers of \(configuration.events[input]) use another partitioner; with librdkafka set partitioner=murmur2_random"
        )
    }

    // MARK: stepping

    private func stepAll() throws(WorkerError) {
        let wallMs = worker.clock.nowMs()
        let wanted = worker.wantedRules.withLock { $0 }
        for task in tasks {
            let change = takeChange(task, wanted)
            var isFirst = true
            while task.step(wallMs: wallMs, wanted: isFirst ? change : nil, timersMax: timersMax(with: change)) {
                isFirst = false
                if task.hasOutput, outputSinceMs == nil { outputSinceMs = monotonicMs() }
                if task.pendingCount == 0 || task.output.bytes.count > Self.commitBytesMax { break }
                if task.images?.mustBeClean ?? false { break }
            }
            let unproved = task.inputsToProve(wallMs: wallMs)
            if !unproved.isEmpty { probe.want(unproved) }
        }
    }

    private func takeProofs() {
        for (topicPartition, answer) in probe.take() {
            guard let input = configuration.events.firstIndex(of: topicPartition.topic) else { continue }
            taskOfPartition[Int(topicPartition.partition)]?.queues[input].note(answer)
        }
    }

    // MARK: committing

    private func commitIfDue() throws(WorkerError) {
        let now = monotonicMs()
        let delay = isCatchingUp ? max(Self.catchUpDelayMs, configuration.commitDelayMs) : configuration.commitDelayMs
        let isDue = outputSinceMs.map { now - $0 >= delay } ?? false
        let isLarge = tasks.contains { $0.output.bytes.count > Self.commitBytesMax }
        if isDue || isLarge || now - lastCommitMs >= configuration.idleCommitMs || imagesAreUrgent(nowMs: now) {
            try commitAll()
        }
    }

    private static let catchUpDelayMs: Int64 = 250
    private static let commitBytesMax = 8 << 20

    func commitAll() throws(WorkerError) {
        lastCommitMs = monotonicMs()
        outputSinceMs = nil
        takeImages(nowMs: lastCommitMs)
        let dirty = tasks.filter(\.needsCommit)
        if dirty.isEmpty { return }
        let counts = dirty.map { ($0.output.counts, $0.output.causes) }
        let written = dirty.map { ($0.imageBatch.images.count, $0.imageBatch.bytes.count) }
        let started = ContinuousClock.now
        do throws(WorkerError) { try committer.commit(dirty, consumer: consumer, nowMs: lastCommitMs) } catch {
            guard error.code == .lost else { throw error }
            log.warning("Partitions lost", [.thread: index, .error: error.description])
            setStatus("waiting for the group")
            drop()
            return
        }
        worker.metrics.commitDuration.observe((ContinuousClock.now - started).seconds)
        observe(counts, dirty)
        imagesCommitted(dirty, written, nowMs: monotonicMs())
        publishProgress(dirty)
        publishCheckpoints()
    }

    private func observe(_ counts: [(StepCounts, [DecisionCause])], _ dirty: [PartitionTask]) {
        let wallMs = worker.clock.nowMs()
        for ((counts, causes), task) in zip(counts, dirty) {
            worker.metrics.add(counts, rules: task.engine.ruleIds)
            for cause in causes {
                let seconds = Double(max(0, wallMs - cause.atMs)) / 1000
                if cause.isTimer {
                    worker.metrics.timerLateness.observe(seconds)
                } else {
                    worker.metrics.eventToDecision.observe(seconds)
                }
            }
        }
    }

    func publishProgress(_ dirty: [PartitionTask]) {
        worker.progressByPartition.withLock { progress in
            for task in dirty {
                progress[task.partition] = Worker.PartitionProgress(
                    positions: Dictionary(uniqueKeysWithValues: zip(task.inputs, task.positions)),
                    nowMs: task.engine.nowMs,
                    earliestDueMs: task.engine.earliestDueMs)
            }
        }
    }

    private func updateMetrics() {
        let now = monotonicMs()
        if now - lastMetricsMs < 1_000 { return }
        lastMetricsMs = now
        let wallMs = worker.clock.nowMs()
        var state = WorkerMetrics.ThreadState()
        state.partitions = tasks.count
        for task in tasks {
            state.people += task.engine.peopleCount
            state.stateBytes += task.engine.stateBytes
            state.lag += lag(of: task)
            if let since = task.unprovedSinceMs, wallMs - since > 10_000 { state.unproved += 1 }
            if configuration.stateDirectory != nil {
                state.oldestCheckpointMs = min(state.oldestCheckpointMs ?? .max, task.checkpointWrittenMs)
            }
            state.oldestChangeMs = max(
                state.oldestChangeMs, task.images?.ageMs(task.imageCounts, nowMs: now) ?? 0)
        }
        worker.metrics.set(thread: index, state, wallMs: wallMs)
        for task in tasks {
            guard let since = task.unprovedSinceMs, wallMs - since > 10_000 else { continue }
            log.warning(
                "The clock stands still: the end of an input cannot be proved",
                [.partition: Int(task.partition), .topic: task.inputs.joined(separator: ",")])
            task.unprovedSinceMs = wallMs
        }
    }

    func monotonicMs() -> Int64 {
        let elapsed = ContinuousClock.now - startedAt
        return Int64(elapsed.seconds * 1000)
    }

    private let startedAt = ContinuousClock.now
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
