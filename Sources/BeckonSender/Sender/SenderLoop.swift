import BeckonKafka
import BeckonModel
import BeckonService
import Dispatch
import Glibc

/// The life of the sender's thread: read, take results, choose what may be called, commit, begin the calls; and, as the group
/// asks, take partitions and give them up.
final class SenderLoop {
    let sender: Sender
    private(set) var consumer: KafkaConsumer
    let committer: SenderCommitter
    let window: DeliveryWindow
    var log: Log<SenderLogKey> { sender.log }
    var topics: SenderTopics { sender.configuration.topics }
    /// By source.
    private var identities: [TopicIdentity] = []

    /// What the group has given and is not taken up yet.
    var assigned: [Int32]?
    var callbackFailure: SenderError?
    /// By source: whether it is read now.
    var isReading = [true, true]
    /// Calls under way, by their tickets.
    private var calls: [UInt64: (delivery: Delivery, provider: String)] = [:]
    private var ticketNext: UInt64 = 1
    private let finished = FinishedCalls()
    private var committedAtMs: Int64 = 0
    private var measuredAtMs: Int64 = 0

    private static let fetchMax = 1_000
    /// Offsets that have moved without anything to write are committed at most so often, milliseconds.
    private static let offsetsIntervalMs: Int64 = 1_000
    /// No call lasts longer: who waits for the end of all of them need not wait for ever.
    private static let callMsMax: Int64 = 40_000

    init(_ sender: Sender, _ committer: SenderCommitter, _ window: DeliveryWindow) throws(KafkaError) {
        self.sender = sender
        self.committer = committer
        self.window = window
        consumer = try Self.makeConsumer(sender.configuration)
        try join()
    }

    private static func makeConsumer(_ configuration: SenderConfiguration) throws(KafkaError) -> KafkaConsumer {
        try KafkaConsumer(
            KafkaConfiguration(
                .decisionsConsumer(group: configuration.group, instance: configuration.instance),
                brokers: configuration.brokers, clientProperties: configuration.clientProperties))
    }

    private func join() throws(KafkaError) {
        identities = []
        for source in DeliverySource.allCases {
            identities.append(try consumer.identity(ofTopic: topics.name(of: source)))
        }
        consumer.onRebalance = { [unowned self] event in rebalanced(event) }
        if sender.configuration.joinsGroup {
            try consumer.subscribe(toDriverTopic: topics.decisions)
        } else {
            try consumer.takeAll(ofDriverTopic: topics.decisions)
        }
    }

    func run() {
        do throws(SenderError) {
            while !sender.isStopping {
                do throws(SenderError) { try turn() } catch {
                    let now = ProcessClock.nowMs
                    rejoinedAtMs.removeAll { now - $0 > Self.rejoinIntervalMs }
                    guard error.code == .fenced, rejoinedAtMs.count < Self.rejoinsMax else { throw error }
                    try rejoin(after: error)
                }
            }
            try stop()
        } catch {
            sender.fail(error)
            log.error("Sender ended", [.topic: topics.decisions, .error: error.description])
        }
        consumer.close()
        committer.close()
        for setup in sender.providers.values { setup.provider.stop() }
    }

    private func turn() throws(SenderError) {
        try fetch()
        if let failure = callbackFailure { throw failure }
        if let fatal = consumer.fatalError {
            throw SenderError(
                .fenced,
                "the group refuses this member: \(fatal). Is another sender running under the instance name \(sender.configuration.instance)?"
            )
        }
        if let partitions = assigned { try takeOver(partitions) }
        // What answers at once is settled at once, without a wait for further decisions in between.
        window.renderer = sender.renderer
        repeat {
            takeResults()
            window.prepare(time)
            try commitIfDue()
        } while finished.hasSome
        try readWhatFits()
        measure()
    }

    private static let rejoinIntervalMs: Int64 = 60_000
    private static let rejoinsMax = 3
    /// Within the interval.
    private var rejoinedAtMs: [Int64] = []

    /// The group fences an instance that a rival bears; and also one whose own join was answered too late, after it or its
    /// broker stood still. It joins again as a new member, three times within a minute: a rival does the same, and who was
    /// refused first ends.
    private func rejoin(after error: SenderError) throws(SenderError) {
        log.warning("Refused by the group: joining again", [.error: error.description])
        rejoinedAtMs.append(ProcessClock.nowMs)
        callbackFailure = nil
        assigned = nil
        window.dropAll()
        sender.set([:])
        sender.set(isServing: false)
        consumer.close()
        do throws(KafkaError) {
            consumer = try Self.makeConsumer(sender.configuration)
            try join()
        } catch {
            throw SenderError(.kafka, error.message)
        }
    }

    /// What is under way ends and is committed, so that nothing of it is repeated.
    private func stop() throws(SenderError) {
        do throws(SenderError) { try finishCalls() } catch { if error.code != .lost { throw error } }
    }

    var time: SenderTime { SenderTime(wallMs: sender.nowMs(), processMs: ProcessClock.nowMs) }

    // MARK: Reading

    private func fetch() throws(SenderError) {
        let batch: MessageBatch
        let timeoutMs: Int32 = calls.isEmpty ? 5 : 1
        do throws(KafkaError) { batch = try consumer.consumeBatch(max: Self.fetchMax, timeoutMs: timeoutMs) } catch {
            throw SenderError(.kafka, "reading \(topics.decisions): \(error)")
        }
        if batch.isEmpty { return }
        defer { batch.destroy() }
        let time = time
        for index in 0..<batch.count { try receive(batch[index], time) }
    }

    private func receive(_ message: Message, _ time: SenderTime) throws(SenderError) {
        guard let place = identities.firstIndex(where: { $0 == message.topic }),
            let source = DeliverySource(rawValue: place)
        else {
            if let error = message.error { log.debug("Kafka reports", [.error: error.description]) }
            return
        }
        if message.isPartitionEnd { return window.reachedEnd(source, message.partition, message.offset) }
        if let error = message.error { return try note(error, source, message.partition) }
        window.read(
            message.value, source,
            TopicPartitionOffset(topics.name(of: source), message.partition, offset: message.offset), time)
    }

    private func note(_ error: KafkaError, _ source: DeliverySource, _ partition: Int32) throws(SenderError) {
        if error.code == .offsetGone {
            sender.metrics.gaps.add()
            log.error(
                "Records were deleted before they were read; going on at the oldest there is",
                [.topic: topics.name(of: source), .partition: partition])
            let place = TopicPartition(topics.name(of: source), partition)
            do throws(KafkaError) {
                let low = try consumer.watermarks(of: place, timeoutMs: 10_000).low
                window.reachedEnd(source, partition, low)
                try assign()
            } catch {
                throw SenderError(.kafka, "asking for the oldest record of \(place): \(error)")
            }
            return
        }
        if error.isFatal { throw SenderError(.kafka, "reading \(topics.name(of: source)): \(error)") }
        log.debug("Reading again", [.error: error.description])
    }

    /// What the window has no room for is not read, and read again from its place once it has.
    private func readWhatFits() throws(SenderError) {
        var hasChanged = false
        for source in DeliverySource.allCases {
            let isReading = isReading[source.rawValue]
            let canRead = window.canRead(source)
            // Going on at half: each change costs a fetch.
            if isReading == canRead || !isReading && !window.hasRoomAgain(source) { continue }
            self.isReading[source.rawValue] = canRead
            hasChanged = true
        }
        guard hasChanged, assigned == nil else { return }
        do throws(KafkaError) { try assign() } catch { throw SenderError(.kafka, "\(error)") }
    }

    func assign() throws(KafkaError) {
        try consumer.assign(
            window.partitions.keys.sorted().flatMap { partition in
                DeliverySource.allCases.filter { isReading[$0.rawValue] }.map {
                    TopicPartitionOffset(
                        topics.name(of: $0), partition, offset: window.partitions[partition]![$0].next)
                }
            })
    }

    // MARK: Calls

    func takeResults() {
        let results = finished.take()
        if results.isEmpty { return }
        let time = time
        for (ticket, result) in results {
            guard let call = calls.removeValue(forKey: ticket) else { continue }
            window.finish(call.delivery, provider: call.provider, result, time)
        }
    }

    private func begin(_ allowed: [SenderBatch.Call], committedAtMs: Int64) {
        for call in allowed {
            let ticket = ticketNext
            ticketNext += 1
            calls[ticket] = (call.delivery, call.provider)
            let attempt = DeliveryAttempt(
                decision: call.delivery.decision, message: call.message, number: call.delivery.number,
                guarantee: call.guarantee, attemptedAtMs: sender.nowMs(),
                beginsBeforeMs: committedAtMs + window.limits.beginMsMax)
            if ProcessClock.nowMs > attempt.beginsBeforeMs {
                finished.add(ticket, DeliveryResult(.notStarted, code: "paused"))
            } else {
                sender.providers[call.provider]!.provider.start(attempt) { [finished] in finished.add(ticket, $0) }
            }
        }
    }

    private var hasCalls: Bool { calls.values.contains { $0.delivery.stage == .calling } }

    /// Waits for the calls under way and commits what they have brought; begins none.
    func finishCalls() throws(SenderError) {
        let deadline = ProcessClock.nowMs + Self.callMsMax
        while hasCalls, ProcessClock.nowMs < deadline {
            takeResults()
            if !window.batch.outputs.isEmpty { try commit() }
            if hasCalls { pauseMs(5) }
        }
        try commit()
    }

    // MARK: Committing

    private func commitIfDue() throws(SenderError) {
        let isDue = !window.batch.touched.isEmpty && ProcessClock.nowMs - committedAtMs >= Self.offsetsIntervalMs
        if window.batch.outputs.isEmpty && !isDue { return publish() }
        do throws(SenderError) { try commit() } catch {
            guard error.code == .lost else { throw error }
            log.warning("Partitions lost", [.error: error.description])
            window.dropAll()
        }
        publish()
    }

    private func commit() throws(SenderError) {
        let started = ContinuousClock.now
        // From before the commit: whoever stands still in it, or behind it, has stood still.
        let startedMs = ProcessClock.nowMs
        if window.batch.isEmpty { return }
        let allowed = try committer.commit(window, consumer: consumer, processMs: startedMs)
        committedAtMs = ProcessClock.nowMs
        sender.metrics.commitDuration.observe(Double((ContinuousClock.now - started).wholeMilliseconds) / 1_000)
        begin(allowed, committedAtMs: startedMs)
    }

    /// What is settled and committed.
    private func publish() {
        if !window.batch.outputs.isEmpty { return }
        sender.set(window.partitions.mapValues { $0[.decisions].closedOffset })
    }

    private func measure() {
        let now = ProcessClock.nowMs
        if now - measuredAtMs < 1_000 { return }
        measuredAtMs = now
        let metrics = sender.metrics
        metrics.calls.set(Double(calls.count))
        metrics.waiting.set(Double(window.openCount))
        metrics.sleeping.set(Double(window.sleepingCount))
        metrics.partitions.set(Double(window.partitions.count))
        for (name, state) in window.providers {
            metrics.heldBack[name].set(state.breaker.isOpen || state.isDisabled ? 1 : 0)
        }
    }
}

/// Milliseconds of a clock that never goes back, and goes on while the process stands still.
enum ProcessClock {
    static var nowMs: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
