import Foundation
import KafkaFixture
import Oracle
import Testing

@Suite(.enabled(if: RealKafka.isAvailable), .serialized, .tags(.kafka), .timeLimit(.minutes(3)))
struct `Two workers on a real Kafka` {
    private let seed = UInt64.random(in: 0..<1_000_000)
    /// The shortest session that brokers allow by default.
    private let settings = ["checkpointMs": "500", "client.session.timeout.ms": "6000"]

    private func start(_ stage: WorkerStage, _ instance: String, _ short: ShortRules) throws -> ChildWorker {
        try ChildWorker(
            stage, instance: instance, state: "\(stage.state)/\(instance)", rules: short.yaml, settings: settings)
    }

    @Test func `the one that stands still for longer than its session leaves nothing behind when it wakes`() throws {
        let stage = try WorkerStage(try RealKafka.shared(), events: ["events", "more"], partitionCount: 4)
        let short = ShortRules(seed: seed)
        var load = SteadyLoad(seed: seed)
        var one = try start(stage, "one", short)
        let two = try start(stage, "two", short)
        try load.run(stage, seconds: 4)
        one.signal(SIGSTOP)
        try load.run(stage, seconds: 9)
        let before =
            try stage.journal(0).count + stage.journal(1).count + stage.journal(2).count + stage.journal(3).count
        one.signal(SIGCONT)
        try load.run(stage, seconds: 4)
        // Refused, it ends in words; or it has lost its partitions and joins again.
        if !one.isRunning {
            #expect(one.log.contains("ended: fenced"), "\(one.log.suffix(2_000))")
            one = try start(stage, "one", short)
        }
        try load.run(stage, seconds: 1)
        // Then the other is killed, and the first takes over.
        two.kill()
        try stage.awaitDrained(one, afterMs: ShortRules.longestMs)
        let after =
            try stage.journal(0).count + stage.journal(1).count + stage.journal(2).count + stage.journal(3).count
        #expect(after > before)
        #expect(one.stop() == 0)
        let (lines, found) = try stage.differences(short.rules, short.folds)
        #expect(
            lines.isEmpty && found > 100, "seed \(seed)\n\(lines.prefix(12).joined(separator: "\n"))\n\(short.yaml)")
    }

    @Test func `under one instance name the first is fenced and says so`() throws {
        let stage = try WorkerStage(try RealKafka.shared())
        let short = ShortRules(seed: seed)
        var load = SteadyLoad(seed: seed)
        let first = try start(stage, "same", short)
        try load.run(stage, seconds: 4)
        #expect(first.isRunning)
        let second = try start(stage, "same", short)
        try load.run(stage, seconds: 8)
        #expect(first.awaitEnd(seconds: 15) == 1)
        #expect(first.log.contains("ended: fenced") && first.log.contains("instance"), "\(first.log.suffix(2_000))")
        try stage.awaitDrained(second, afterMs: ShortRules.longestMs)
        #expect(second.stop() == 0)
        let (lines, found) = try stage.differences(short.rules, short.folds)
        #expect(
            lines.isEmpty && found > 100, "seed \(seed)\n\(lines.prefix(12).joined(separator: "\n"))\n\(short.yaml)")
    }
}
