import BeckonKafka

/// A producer of the simulated cluster.
final class SimulatedProducer: ProducerClient {
    private let process: SimulatedProcess
    private let id: String?
    private var epoch: Int16 = -1
    private var names: [String] = []
    private var waiting: [(place: TopicPartition, record: OutgoingBytes, timestampMs: Int64, token: UInt)] = []
    private var fatal: KafkaError?
    var onReport: ((DeliveryReport) -> Void)?

    init(_ process: SimulatedProcess, _ role: KafkaRole) {
        self.process = process
        if case .transactionalProducer(let id) = role { self.id = id } else { id = nil }
    }

    private var scheduler: Scheduler { process.scheduler }
    private var cluster: SimulatedCluster { process.cluster }
    var clock: any MonotonicClock { process.clock }
    var fatalError: KafkaError? { process.isDead ? KafkaError(.closed, "killed", isFatal: true) : fatal }

    func topic(_ name: String) throws(KafkaError) -> ProducerTopic {
        if let index = names.firstIndex(of: name) { return ProducerTopic(index: index) }
        names.append(name)
        return ProducerTopic(index: names.count - 1)
    }

    func warmMetadata(_ names: [String], timeoutMs: Int32) throws(KafkaError) {
        try process.call(timeoutMs: Int64(timeoutMs), "asking for topics")
    }

    // MARK: Producing

    func produceBatch(to topic: ProducerTopic, partition: Int32, records: UnsafeBufferPointer<OutgoingRecord>)
        throws(KafkaError)
    {
        for record in records { try produce(record, to: topic, partition: partition, headers: [], timestampMs: 0) }
    }

    func produce(
        _ record: OutgoingRecord, to topic: ProducerTopic, partition: Int32, headers: [(name: String, value: [UInt8])],
        timestampMs: Int64
    ) throws(KafkaError) {
        let bytes = OutgoingBytes(
            key: record.key.map { Array($0) }, value: record.value.map { Array($0) }, headers: headers)
        let now = cluster.wallMs + process.machine.skewMs
        waiting.append(
            (TopicPartition(names[topic.index], partition), bytes, timestampMs == 0 ? now : timestampMs, record.token))
    }

    func awaitReports(deadlineMs: Int32) throws(KafkaError) {
        defer { waiting = [] }
        var start = 0
        while start < waiting.count {
            let place = waiting[start].place
            let count = waiting[start...].prefix { $0.place == place }.count
            try send(waiting[start..<start + count], to: place)
            start += count
        }
    }

    private func send(
        _ records: ArraySlice<(place: TopicPartition, record: OutgoingBytes, timestampMs: Int64, token: UInt)>,
        to place: TopicPartition
    ) throws(KafkaError) {
        let isTransaction = id != nil
        do throws(KafkaError) {
            try process.call(timeoutMs: 10_000, "writing to \(place)")
            if let id { try awaitEnd { () throws(KafkaError) in try cluster.join(id, epoch, [place]) } }
            let fails = isTransaction && scheduler.random.happens(percent: cluster.faults.failedWrite)
            // Some of them are there all the same, or all, and only the answer was lost.
            let written = fails ? scheduler.random.number(below: records.count + 1) : records.count
            var offsets: [Int64] = []
            for item in records.prefix(written) {
                if let id {
                    offsets.append(
                        try cluster.write(item.record, to: place, timestampMs: item.timestampMs, by: id, epoch))
                } else {
                    offsets.append(try cluster.write(item.record, to: place, timestampMs: item.timestampMs))
                }
            }
            cluster.tell(try cluster.log(place))
            try process.call(timeoutMs: 10_000, "writing to \(place)")
            if fails { throw KafkaError(.messageTimedOut, "\(place): planned", requiresAbort: true) }
            for (item, offset) in zip(records, offsets) {
                onReport?(DeliveryReport(token: item.token, partition: place.partition, offset: offset, error: nil))
            }
        } catch {
            if error.code == .timedOut {
                throw KafkaError(.messageTimedOut, error.message, requiresAbort: isTransaction)
            }
            throw noted(error)
        }
    }

    private func noted(_ error: KafkaError) -> KafkaError {
        if error.isFatal { fatal = error }
        return error
    }

    /// Asks again while the transaction before is being ended.
    private func awaitEnd(_ body: () throws(KafkaError) -> Bool) throws(KafkaError) {
        let untilUs = scheduler.nowUs + 30_000_000
        while try !body() {
            if scheduler.nowUs > untilUs {
                throw KafkaError(.watchdog, "a transaction does not end", isFatal: true)
            }
            process.pass(us: 2_000)
            try process.call(timeoutMs: 10_000, "asking again")
        }
    }

    // MARK: Transactions

    func initTransactions(deadlineMs: Int32) throws(KafkaError) {
        let id = id!
        try awaitEnd { () throws(KafkaError) in
            try process.call(timeoutMs: Int64(deadlineMs), "opening \(id)")
            guard let opened = cluster.takeOver(id) else { return false }
            epoch = opened.epoch
            return true
        }
        try process.call(timeoutMs: Int64(deadlineMs), "opening \(id)")
    }

    func beginTransaction() throws(KafkaError) {
        if let fatalError { throw fatalError }
        waiting = []
    }

    func sendOffsets(_ offsets: [TopicPartitionOffset], of consumer: any ConsumerClient, deadlineMs: Int32)
        throws(KafkaError)
    {
        guard let consumer = consumer as? SimulatedConsumer, let id else { preconditionFailure("of another Kafka") }
        do throws(KafkaError) {
            try process.call(timeoutMs: Int64(deadlineMs), "sending offsets")
            // Asked at the group's coordinator when the request is there, not when the transaction ends.
            try consumer.proveMembership()
            try awaitEnd { () throws(KafkaError) in
                try cluster.addOffsets(offsets, group: consumer.groupName, to: id, epoch)
            }
            try process.call(timeoutMs: Int64(deadlineMs), "sending offsets")
        } catch { throw noted(error) }
    }

    func commitTransaction(deadlineMs: Int32) throws(KafkaError) {
        let id = id!
        do throws(KafkaError) {
            try process.call(timeoutMs: Int64(deadlineMs), "committing")
            if scheduler.random.happens(percent: cluster.faults.lostEnd) {
                try loseEnd(id)
            }
            try cluster.end(id, epoch, isCommit: true)
            try process.call(timeoutMs: Int64(deadlineMs), "committing")
        } catch {
            if error.code == .timedOut { throw noted(KafkaError(.watchdog, error.message, isFatal: true)) }
            throw noted(error)
        }
    }

    /// Nobody can tell whether the request was lost, the answer, or whether the request is still on its way.
    private func loseEnd(_ id: String) throws(KafkaError) {
        switch scheduler.random.number(below: 3) {
        case 0: break
        case 1: try cluster.end(id, epoch, isCommit: true)
        default:
            let epoch = epoch
            scheduler.after(us: scheduler.random.microseconds(upTo: 3_000_000)) { [cluster] in
                try? cluster.end(id, epoch, isCommit: true)
            }
        }
        process.pass(us: scheduler.random.microseconds(upTo: 2_000_000))
        throw KafkaError(.watchdog, "committing: no answer", isFatal: scheduler.random.happens(percent: 50))
    }

    func abortTransaction(deadlineMs: Int32) throws(KafkaError) {
        waiting = []
        do throws(KafkaError) {
            try process.call(timeoutMs: Int64(deadlineMs), "aborting")
            try cluster.end(id!, epoch, isCommit: false)
            try process.call(timeoutMs: Int64(deadlineMs), "aborting")
        } catch { throw noted(error) }
    }

    func reopen(deadlineMs: Int32) throws(KafkaError) {
        waiting = []
        fatal = nil
        if process.isDead { throw KafkaError(.closed, "killed", isFatal: true) }
    }

    func close(deadlineMs: Int32) -> Bool { true }
}

extension SimulatedConsumer {
    var groupName: String {
        if case .workerConsumer(let name, _) = role { name } else { "" }
    }
}
