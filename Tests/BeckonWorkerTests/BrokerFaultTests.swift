import Foundation
import KafkaFixture
import Oracle
import Testing

@Suite(.enabled(if: RealKafka.canStart), .serialized, .tags(.kafka), .timeLimit(.minutes(4)))
struct `A worker whose Kafka fails` {
    private let seed = UInt64.random(in: 0..<1_000_000)

    @Test func `outlives a broker that is killed, and one that stands still for longer than a transaction may take`()
        throws
    {
        let cluster = try PrivateKafka()
        let stage = try WorkerStage(RealKafka(cluster), events: ["events", "more"])
        let short = ShortRules(seed: seed)
        var load = SteadyLoad(seed: seed)
        let worker = try ChildWorker(stage, state: stage.state, rules: short.yaml, settings: ["checkpointMs": "500"])
        try load.run(stage, seconds: 5)
        cluster.kill()
        usleep(2_000_000)
        try cluster.restart()
        try load.run(stage, seconds: 5)
        #expect(worker.isRunning, "\(worker.log.suffix(2_000))")
        cluster.pause()
        usleep(20_000_000)
        cluster.resume()
        try load.run(stage, seconds: 3)
        try stage.awaitDrained(worker, afterMs: ShortRules.longestMs, seconds: 60)
        #expect(worker.stop() == 0, "\(worker.log.suffix(2_000))")
        let (lines, found) = try stage.differences(short.rules, short.folds)
        #expect(
            lines.isEmpty && found > 100,
            "seed \(seed)\n\(lines.prefix(12).joined(separator: "\n"))\n\(short.yaml)\n\(worker.log.suffix(8_000))")
    }
}
