import BeckonKafka

/// Clients of the simulated cluster, for one process.
struct SimulatedClients: KafkaClients {
    private let process: SimulatedProcess

    init(_ process: SimulatedProcess) { self.process = process }

    func consumer(_ role: KafkaRole) throws(KafkaError) -> any ConsumerClient { SimulatedConsumer(process, role) }
    func producer(_ role: KafkaRole) throws(KafkaError) -> any ProducerClient { SimulatedProducer(process, role) }
    func topicDescriber(deadlineMs: Int32) throws(KafkaError) -> any TopicDescriber { SimulatedDescriber(process) }
    func endProbe(wallMs: @escaping @Sendable () -> Int64) throws(KafkaError) -> any EndProbe {
        SimulatedProbe(process, wallMs: wallMs)
    }
}

extension SimulatedProcess {
    /// A request and its answer.
    ///
    /// - Throws: when the process is dead, or its connections stay cut for longer than it waits.
    func call(timeoutMs: Int64, _ action: String) throws(KafkaError) {
        pass(us: scheduler.random.microseconds(upTo: cluster.faults.roundTripUs))
        let untilUs = scheduler.nowUs + timeoutMs * 1_000
        while !isDead, isCut {
            if scheduler.nowUs >= untilUs { throw KafkaError(.timedOut, "\(action): no answer", isRetriable: true) }
            pass(us: min(untilUs, isCutUntilUs) - scheduler.nowUs)
        }
        if isDead { throw KafkaError(.closed, "\(action): killed", isFatal: true) }
    }
}

private final class SimulatedDescriber: TopicDescriber {
    private let process: SimulatedProcess

    init(_ process: SimulatedProcess) { self.process = process }

    func describeTopics(_ names: [String]) throws(KafkaError) -> [String: TopicDescription] {
        try process.call(timeoutMs: 5_000, "describing topics")
        var found: [String: TopicDescription] = [:]
        for name in names {
            guard let logs = process.cluster.logs[name] else { continue }
            found[name] = TopicDescription(
                name: name, partitionCount: Int32(logs.count), replicationFactor: 3, leaderless: [])
        }
        return found
    }

    func topicConfiguration(_ name: String) throws(KafkaError) -> [String: String] {
        try process.call(timeoutMs: 5_000, "asking for settings")
        return process.cluster.settings[name] ?? [:]
    }

    func close(deadlineMs: Int32) -> Bool { true }
}

/// Asks for the ends of logs: the question is on its way for a while, and so is the answer.
private final class SimulatedProbe: EndProbe, @unchecked Sendable {
    private let process: SimulatedProcess
    private let wallMs: @Sendable () -> Int64
    private var wanted: Set<TopicPartition> = []
    private var isAsking = false
    private var results: [TopicPartition: EndOfLog] = [:]

    init(_ process: SimulatedProcess, wallMs: @escaping @Sendable () -> Int64) {
        self.process = process
        self.wallMs = wallMs
    }

    func want(_ partitions: [TopicPartition]) {
        wanted.formUnion(partitions)
        ask()
    }

    private func ask() {
        if isAsking || wanted.isEmpty { return }
        isAsking = true
        let scheduler = process.scheduler
        scheduler.after(us: scheduler.random.microseconds(upTo: 500)) { [self] in
            let askedAt = wallMs()
            let places = wanted
            wanted = []
            scheduler.after(us: way) { [self] in
                guard !process.isCut, !process.isDead else {
                    isAsking = false
                    return
                }
                let ends = places.map { ($0, (try? process.cluster.log($0).end) ?? 0) }
                scheduler.after(us: way) { [self] in
                    isAsking = false
                    // Kept where it stands while the process does.
                    guard !process.isCut, !process.isDead else { return }
                    for (place, end) in ends {
                        results[place] = EndOfLog(askedAtWallMs: askedAt, highWatermark: end)
                    }
                    ask()
                }
            }
        }
    }

    private var way: Int64 { process.scheduler.random.microseconds(upTo: process.cluster.faults.roundTripUs) }

    func take() -> [TopicPartition: EndOfLog] {
        defer { results = [:] }
        return results
    }

    func close(deadlineMs: Int32) -> Bool { true }
}
