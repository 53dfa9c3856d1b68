import BeckonWorker
import Foundation
import KafkaFixture
import Testing

@Suite(.enabled(if: RealKafka.isAvailable), .serialized, .tags(.kafka), .timeLimit(.minutes(3)))
struct `Restoring on a real Kafka` {
    private static let partitionCount: Int32 = 16

    private func seconds(_ since: Date) -> String { String(format: "%.1f s", Date().timeIntervalSince(since)) }

    /// How long it takes is printed, and judged by nobody.
    @Test func `brings sixteen partitions back, and says how far it is`() throws {
        let stage = try WorkerStage(try RealKafka.shared(), partitionCount: Self.partitionCount)
        let rules = WorkerStage.rules(`Worker on a real Kafka`.rules)
        for life in ["empty", "from checkpoints", "from the journal"] {
            if life == "from the journal" { try FileManager.default.removeItem(atPath: stage.state) }
            let log = LogCatcher()
            let worker = stage.worker(rules, log: log)
            let started = Date()
            try worker.start()
            try stage.awaitReady(worker, seconds: 60)
            print("16 partitions \(life): ready after \(seconds(started))")
            for person in 0..<100 {
                try stage.emit("p\(person)", #"{"event":"order_completed","properties":{"total":120}}"#)
            }
            try stage.flush()
            let count = 100 * (life == "empty" ? 1 : life == "from checkpoints" ? 2 : 3)
            #expect(try stage.await(stage.configuration.topics.decisions, count: count).count == count)
            worker.stop()
            for done in 1...16 { #expect(log.text.contains("restore.done=\(done) restore.of=16"), "\(log.text)") }
        }
        let decisions = try stage.read(stage.configuration.topics.decisions)
        for orders in 1...3 { #expect(decisions.filter { $0.contains(#""orders":\#(orders)}"#) }.count == 100) }
    }
}
