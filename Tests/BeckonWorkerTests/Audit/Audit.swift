import BeckonKafka
import Foundation
import KafkaFixture
import Oracle

/// One audit: a load, faults until there were enough kills, the drain, and the comparison with the oracle.
final class Audit {
    let cluster: PrivateKafka
    let stage: WorkerStage
    let rules: ShortRules
    private let options: AuditOptions
    private let fleet: AuditFleet
    private let watcher: KafkaConsumer
    private var load: SteadyLoad
    private var random: SplitMix64
    private var started = Date()
    /// Events that the load should have sent by now.
    private var eventsDue = 0.0
    private var emittedAt = 0.0
    private var toldAt = Date.distantPast
    private var lastEventMs: Int64 = 0

    private static let partitionCount: Int32 = 8
    private static let progressSeconds = 10.0
    private static let drainSecondsMax = 900.0

    init(_ options: AuditOptions) throws {
        self.options = options
        random = SplitMix64(seed: options.seed)
        // Slower to find a broker dead than Kafka is by default, and to take one for dead that only waits for its turn.
        cluster = try PrivateKafka(nodeCount: 3, settings: ["broker.session.timeout.ms": "15000"])
        stage = try WorkerStage(
            RealKafka(cluster), events: ["events", "more"], partitionCount: Self.partitionCount, replicationFactor: -1)
        rules = ShortRules(seed: random.next())
        // About a hundred events each, and then they are only remembered.
        load = SteadyLoad(seed: random.next(), people: 200, stay: 100)
        fleet = try AuditFleet(stage, AuditBrokers(cluster), rules: rules.yaml, seed: random.next())
        watcher = try KafkaConsumer(
            RealKafka(cluster).configuration(.reader(group: stage.configuration.group)))
    }

    deinit { watcher.close() }

    private var elapsed: Double { Date().timeIntervalSince(started) }

    func run() throws {
        tell("\(options.command): \(Self.partitionCount) partitions of \(stage.events.count) topics of events")
        started = Date()
        var nextFault = AuditOptions.secondsPerFault
        while fleet.killCount < options.kills || load.count < options.events {
            try emit()
            try fleet.turn()
            if fleet.killCount < options.kills, elapsed > nextFault {
                // Nobody is well enough for it: soon somebody is.
                let isDone = try fleet.inject()
                let pause = AuditOptions.secondsPerFault * 2 * Double(random.next() % 1_000) / 1_000
                nextFault = elapsed + (isDone ? pause : 0.2)
            }
            try tellProgress()
            usleep(10_000)
        }
        try drain()
        try fleet.stop()
    }

    private func emit() throws {
        // Who stood still himself does not send everything in one breath.
        eventsDue += min(0.25, elapsed - emittedAt) * options.eventsPerSecond
        emittedAt = elapsed
        while load.count < Int(eventsDue) { try load.emit(to: stage) }
        stage.poll()
        lastEventMs = Int64(Date().timeIntervalSince1970 * 1000)
    }

    /// Until everything is consumed, and whatever could still be due is.
    private func drain() throws {
        let begun = elapsed
        var drainedAt: Double?
        while drainedAt.map({ elapsed - $0 < Double(ShortRules.longestMs) / 1_000 + 10 }) ?? true {
            if elapsed - begun > Self.drainSecondsMax {
                throw BrokenPromise("not drained after \(Self.drainSecondsMax) s, \(options.command)")
            }
            try fleet.turn()
            stage.poll()
            if drainedAt == nil, stage.unsentCount == 0, try fleet.isSettled(), lag() == 0 { drainedAt = elapsed }
            try tellProgress()
            usleep(200_000)
        }
        // Throws when an event did not arrive.
        try stage.flush()
    }

    /// Events that no commit has covered yet; nil when nobody answers.
    private func lag() -> Int? {
        let partitions = stage.events.flatMap { topic in
            (0..<Self.partitionCount).map { TopicPartition(topic, $0) }
        }
        guard let committed = try? watcher.committed(partitions, timeoutMs: 2_000) else { return nil }
        return load.count - committed.map { Int(max(0, $0.offset)) }.reduce(0, +)
    }

    private func tellProgress() throws {
        if Date().timeIntervalSince(toldAt) < Self.progressSeconds { return }
        toldAt = Date()
        if let refusal = fleet.record.refusal { throw BrokenPromise(refusal) }
        let lag = lag().map { "\($0)" } ?? "unknown"
        tell(
            "\(Int(elapsed)) s: \(fleet.killCount) of \(options.kills) kills, \(load.count) of \(options.events) events, lag \(lag), \(fleet.runningCount) workers up"
        )
    }

    private func tell(_ text: String) {
        print("audit: \(text)")
        // Also where it goes into a file or a pipe.
        fflush(nil)
    }

    // MARK: The report

    struct Report {
        let lines: [String]
        let differences: [String]
        let problems: [String]
    }

    func report() throws -> Report {
        let seconds = Int(elapsed)
        tell("\(seconds) s: comparing with the oracle")
        let compared = try (0..<Self.partitionCount).map { partition in
            try Comparison(
                stage, partition, rules.rules, rules.folds, endMs: lastEventMs + ShortRules.longestMs)
        }
        let differences = compared.flatMap(\.differences) + Comparison.repeatedIds(compared)
        let pauses = try stage.longestPausesMs()
        let longest = pauses.max() ?? 0
        let record = fleet.record
        var lines = ["\(seconds) s, \(fleet.killCount) workers killed, \(load.count) events"]
        lines += AuditFault.allCases.map { "  \($0.rawValue): \(fleet.counts[$0] ?? 0)" }
        lines.append(
            "partitions restored: "
                + record.restores.sorted { $0.key < $1.key }.map { "\($0.value) from \($0.key)" }.joined(
                    separator: ", "))
        lines += record.endings.sorted { $0.value > $1.value }.map {
            "workers that ended by themselves: \($0.value): \($0.key)"
        }
        lines.append(
            "longest pause of a partition: \(longest) ms (partition \(pauses.firstIndex(of: longest) ?? 0)); the others: "
                + pauses.map(String.init).joined(separator: ", "))
        lines.append(
            "transactions that Kafka completed without their markers: \(cluster.unmarkedTransactionCount(onTopicsNamed: stage.configuration.group))"
        )
        let decisions = compared.map(\.decisionIds.count).reduce(0, +)
        let suppressions = compared.map(\.suppressionCount).reduce(0, +)
        let all = compared.map(\.lineCount).reduce(0, +)
        lines.append(
            "\(decisions) decisions, \(suppressions) suppressions, \(all - decisions - suppressions) recalls, conversions and dead letters: \(differences.count) differences from the oracle"
        )
        return Report(lines: lines, differences: differences, problems: record.problems)
    }
}
