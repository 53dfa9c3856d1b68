import BeckonKafka
import BeckonService
import BeckonWorker
import Foundation
import KafkaFixture
import Testing

@Suite(.enabled(if: RealKafka.isAvailable), .tags(.kafka), .timeLimit(.minutes(1)))
struct `The lag of a worker on a real Kafka` {
    @Test func `is counted to the end of the log, what cannot be fetched yet included`() throws {
        let stage = try WorkerStage(try RealKafka.shared(), partitionCount: 1)
        let metrics = Metrics()
        let worker = stage.worker(WorkerStage.rules(`Worker on a real Kafka`.rules), metrics: metrics)
        try worker.start()
        defer { worker.stop() }
        func awaitLag(_ count: Int) throws {
            try stage.wait(15, "a lag of \(count), not \(metrics.exposition())") {
                metrics.exposition().contains("\nbeckon_worker_lag_records \(count)\n")
            }
        }
        try stage.awaitReady(worker)
        try stage.emit("ann", #"{"event":"login"}"#)
        try stage.flush()
        try stage.awaitJournal(0, positions: [1])
        try awaitLag(0)
        // Written, and hidden from the worker until its transaction ends.
        let shop = try KafkaProducer(
            stage.kafka.configuration(.transactionalProducer(id: RealKafka.uniqueName("shop"))))
        defer { shop.close() }
        try shop.initTransactions()
        try shop.beginTransaction()
        let topic = try shop.topic(stage.events[0])
        try Array(#"{"event":"login"}"#.utf8).withUnsafeBytes { value in
            try Array("ann".utf8).withUnsafeBytes { key in
                for _ in 0..<3 { try shop.produce(to: topic, partition: 0, key: key, value: value) }
            }
        }
        try shop.awaitReports()
        try awaitLag(3)
        try shop.commitTransaction()
        try stage.awaitJournal(0, positions: [4])
        try awaitLag(0)
    }
}
