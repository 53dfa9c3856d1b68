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
        let sources = ["nothing", "checkpoint", "images", "journal"]
        for (life, source) in sources.enumerated() {
            if source == "images" { stage.configuration.stateDirectory = nil }
            if source == "journal" { stage.configuration.replayWindowMs = nil }
            let log = LogCatcher()
            let worker = stage.worker(rules, log: log)
            let started = Date()
            try worker.start()
            try stage.awaitReady(worker, seconds: 60)
            print("16 partitions from \(source): ready after \(seconds(started))")
            for person in 0..<100 {
                try stage.emit("p\(person)", #"{"event":"order_completed","properties":{"total":120}}"#)
            }
            try stage.flush()
            let count = 100 * (life + 1)
            #expect(try stage.await(stage.configuration.topics.decisions, count: count).count == count)
            worker.stop()
            #expect(log.text.components(separatedBy: "restore.from=\(source) ").count == 17, "\(log.text)")
            for done in 1...16 { #expect(log.text.contains("restore.done=\(done) restore.of=16"), "\(log.text)") }
        }
        let decisions = try stage.read(stage.configuration.topics.decisions)
        for orders in 1...4 { #expect(decisions.filter { $0.contains(#""orders":\#(orders)}"#) }.count == 100) }
    }
}
