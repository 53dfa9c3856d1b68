import BeckonModel
import Foundation
import KafkaFixture
import Oracle
import Testing

/// A stage whose worker reaches its broker by a proxy, while the test itself goes around it.
private struct FarStage {
    let cluster: PrivateKafka
    let listener: BrokerListener
    let stage: WorkerStage

    init() throws {
        listener = try BrokerListener("FAR", isProxied: true)
        cluster = try PrivateKafka(listener: listener)
        // The broker writes the timestamps, so that an unread record is never older than a clock that keeps its promise.
        stage = try WorkerStage(
            RealKafka(cluster), events: ["events", "more"],
            eventSettings: ["message.timestamp.type": "LogAppendTime"])
        stage.configuration.brokers = listener.brokers
    }

    func start(_ short: ShortRules) throws -> ChildWorker {
        try ChildWorker(stage, state: stage.state, rules: short.yaml, settings: ["checkpointMs": "500"])
    }

    /// Stops the worker once everything is consumed; then decisions, journal and clock are proved.
    func prove(_ worker: ChildWorker, _ short: ShortRules, _ seed: UInt64) throws {
        try stage.awaitDrained(worker, afterMs: ShortRules.longestMs, seconds: 60)
        #expect(worker.stop() == 0, "\(worker.log.suffix(2_000))")
        let (lines, found) = try stage.differences(short.rules, short.folds)
        #expect(
            lines.isEmpty && found > 100, "seed \(seed)\n\(lines.prefix(12).joined(separator: "\n"))\n\(short.yaml)")
        #expect(try stage.clockFaults() == [])
    }
}

extension WorkerStage {
    /// From the broker's stamp to the moment in which the record can be seen, with a pause of its collector in between.
    private static let appendingMs: Int64 = 500

    /// Steps whose clock lay beyond a record that was still unread. Where the broker writes the timestamps this is exact but for
    /// what it takes the broker to append.
    fileprivate func clockFaults() throws -> [String] {
        var faults: [String] = []
        for partition in 0..<partitionCount {
            let topics = try events.map { try records($0, partition) }
            var positions = topics.map { _ in Int64(0) }
            for step in try journal(partition).flatMap(\.steps) {
                for range in step.ranges where range.input < topics.count { positions[range.input] = range.to }
                for (input, records) in topics.enumerated() {
                    guard let unread = records.first(where: { $0.offset >= positions[input] }),
                        unread.timestampMs + Self.appendingMs < step.nowMs
                    else { continue }
                    faults.append(
                        "\(partition): step \(step.seq): clock \(step.nowMs), unread \(events[input])@\(unread.offset) of \(unread.timestampMs)"
                    )
                }
            }
        }
        return faults
    }
}

@Suite(.enabled(if: RealKafka.canStart), .serialized, .tags(.kafka), .timeLimit(.minutes(4)))
struct `A commit whose outcome is unknown, on a real Kafka` {
    private let seed = UInt64.random(in: 0..<1_000_000)

    /// Until the worker gives that commit up and opens its transactional id again.
    @Test(arguments: RequestProxy.Loss.allCases)
    func `is on the log once, whether it or its answer was lost`(_ loss: RequestProxy.Loss) throws {
        let far = try FarStage()
        let proxy = try RequestProxy(far.listener)
        defer { proxy.close() }
        let short = ShortRules(seed: seed)
        var load = SteadyLoad(seed: seed)
        let worker = try far.start(short)
        try load.run(far.stage, seconds: 4)
        proxy.lose(loss, of: .endTransaction, until: .initProducerId)
        let deadline = Date().addingTimeInterval(60)
        while !proxy.isWhole, Date() < deadline { try load.run(far.stage, seconds: 1) }
        #expect(proxy.isWhole && proxy.lostCount > 0, "\(proxy.lostCount) lost; \(worker.log.suffix(2_000))")
        try load.run(far.stage, seconds: 3)
        #expect(worker.isRunning, "\(worker.log.suffix(2_000))")
        try far.prove(worker, short, seed)
    }
}

@Suite(
    .enabled(if: RealKafka.canStart), .enabled(if: Toxiproxy.isAvailable, "\(Toxiproxy.absence)"), .serialized,
    .tags(.kafka), .timeLimit(.minutes(4)))
struct `A worker whose connections fail, on a real Kafka` {
    private let seed = UInt64.random(in: 0..<1_000_000)

    enum Fault: CaseIterable { case cut, swallowed }

    @Test(arguments: Fault.allCases)
    func `goes on after 15 seconds without loss, its clock never ahead of what is unread`(_ fault: Fault) throws {
        let far = try FarStage()
        let proxy = try Toxiproxy(far.listener)
        let short = ShortRules(seed: seed)
        var load = SteadyLoad(seed: seed)
        let worker = try far.start(short)
        try load.run(far.stage, seconds: 5)
        if fault == .cut { try proxy.cut() } else { try proxy.swallow() }
        try load.run(far.stage, seconds: 15)
        if fault == .cut { try proxy.restore() } else { try proxy.swallowNoMore() }
        try load.run(far.stage, seconds: 3)
        #expect(worker.isRunning, "\(worker.log.suffix(2_000))")
        try far.prove(worker, short, seed)
    }
}
