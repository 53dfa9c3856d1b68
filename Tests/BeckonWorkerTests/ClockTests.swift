import BeckonKafka
import BeckonWorker
import Foundation
import KafkaFixture
import Testing

@Suite(.enabled(if: RealKafka.isAvailable), .serialized, .tags(.kafka), .timeLimit(.minutes(1)))
struct `The clock of a worker on a real Kafka` {
    @Test(arguments: [true, false])
    func `does not pass an open transaction of another producer`(_ isCommitted: Bool) throws {
        let stage = try WorkerStage(try RealKafka.shared(), partitionCount: 1)
        let worker = stage.worker(WorkerStage.rules(`Worker on a real Kafka`.rules))
        try worker.start()
        defer { worker.stop() }
        try stage.awaitReady(worker)
        let started = Date()
        try stage.emit("ann", #"{"event":"add_to_cart","properties":{}}"#)
        try stage.flush()
        try stage.awaitJournal(0, positions: [1])
        // Her order is written in time, and hidden: due is two seconds after the start.
        let shop = try KafkaProducer(
            stage.kafka.configuration(.transactionalProducer(id: RealKafka.uniqueName("shop"))))
        defer { shop.close() }
        try shop.initTransactions()
        try shop.beginTransaction()
        let key = Array("ann".utf8)
        let value = Array(#"{"event":"order_completed","properties":{"total":1}}"#.utf8)
        try key.withUnsafeBytes { key in
            try value.withUnsafeBytes {
                try shop.produce(to: shop.topic(stage.events[0]), partition: 0, key: key, value: $0)
            }
        }
        try shop.awaitReports()
        #expect(Date().timeIntervalSince(started) < 2, "the machine is too slow for this test")
        usleep(4_000_000)
        #expect(try stage.read(stage.configuration.topics.decisions).isEmpty)
        if isCommitted {
            try shop.commitTransaction()
            try stage.awaitJournal(0, positions: [2])
            usleep(1_500_000)
            #expect(try stage.read(stage.configuration.topics.decisions).isEmpty)
        } else {
            try shop.abortTransaction()
            #expect(try stage.await(stage.configuration.topics.decisions, count: 1).count == 1)
        }
    }
}
