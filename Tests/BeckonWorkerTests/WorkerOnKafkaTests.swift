import BeckonWorker
import Foundation
import KafkaFixture
import Testing

@Suite(.enabled(if: RealKafka.isAvailable), .serialized, .tags(.kafka), .timeLimit(.minutes(3)))
struct `Worker on a real Kafka` {
    static let rules = """
        folds:
          orders: { count: order_completed }
        ---
        id: thanks
        when: { event: order_completed, where: properties.total > 100.0 }
        data: { total: properties.total, orders: orders }
        send: { channels: [email], template: thanks }
        ---
        id: cart
        when:
          event: add_to_cart
          absent: { event: order_completed, within: 2s }
        send: { channels: [push], template: cart }
        """

    @Test func `an event becomes a decision, and a silence too`() throws {
        let stage = try WorkerStage(try RealKafka.shared())
        let worker = stage.worker(WorkerStage.rules(Self.rules))
        try worker.start()
        defer { worker.stop() }
        try stage.emit("ann", #"{"event":"order_completed","properties":{"total":120}}"#)
        try stage.emit("ben", #"{"event":"add_to_cart","properties":{}}"#)
        try stage.emit("cat", #"not json"#)
        try stage.flush()
        let decisions = try stage.await(stage.configuration.topics.decisions, count: 2)
        #expect(decisions.count == 2)
        #expect(
            decisions.contains { $0.contains(#""rule":"thanks""#) && $0.contains(#""data":{"total":120,"orders":1}"#) })
        #expect(decisions.contains { $0.contains(#""rule":"cart""#) && $0.contains(#""cause":"timer""#) })
        #expect(try stage.read(stage.configuration.topics.deadLetters) == ["not json"])
        #expect(worker.readiness == .ready)
    }

    @Test func `a restart goes on where the last one stopped, from a checkpoint`() throws {
        let stage = try WorkerStage(try RealKafka.shared())
        let rules = WorkerStage.rules(Self.rules)
        let first = stage.worker(rules)
        try first.start()
        try stage.emit("ann", #"{"event":"order_completed","properties":{"total":120}}"#)
        try stage.flush()
        _ = try stage.await(stage.configuration.topics.decisions, count: 1)
        first.stop()
        let files = try FileManager.default.subpathsOfDirectory(atPath: stage.state)
        #expect(files.count > 1)
        let second = stage.worker(rules)
        try second.start()
        try stage.emit("ann", #"{"event":"order_completed","properties":{"total":130}}"#)
        try stage.flush()
        let decisions = try stage.await(stage.configuration.topics.decisions, count: 2)
        second.stop()
        #expect(decisions.count == 2)
        #expect(decisions.contains { $0.contains(#""data":{"total":130,"orders":2}"#) })
    }

    @Test func `without checkpoints and images the journal is replayed from its beginning`() throws {
        let stage = try WorkerStage(try RealKafka.shared())
        stage.configuration.stateDirectory = nil
        stage.configuration.replayWindowMs = nil
        let rules = WorkerStage.rules(Self.rules)
        for total in [120, 130, 140] {
            let worker = stage.worker(rules)
            try worker.start()
            try stage.emit("ann", #"{"event":"order_completed","properties":{"total":\#(total)}}"#)
            try stage.flush()
            _ = try stage.await(stage.configuration.topics.decisions, count: (total - 110) / 10)
            worker.stop()
        }
        let decisions = try stage.read(stage.configuration.topics.decisions)
        #expect(decisions.count == 3)
        #expect(decisions.contains { $0.contains(#""data":{"total":140,"orders":3}"#) })
    }
}
