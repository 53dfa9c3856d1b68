import BeckonKafka
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1))) struct `Embedded broker` {
    @Test func `carries records from a producer to a reader`() throws {
        let cluster = try MockCluster(topics: ["events": 2])
        let producer = try KafkaProducer(try KafkaConfiguration(.plainProducer, brokers: cluster.brokers))
        try producer.write("events", 1, "one", "two")
        try producer.awaitReports()
        let reader = try KafkaConsumer(try KafkaConfiguration(.reader(group: "g"), brokers: cluster.brokers))
        try reader.assign([TopicPartitionOffset("events", 0, offset: 0), TopicPartitionOffset("events", 1, offset: 0)])
        let (texts, ends) = try reader.readToEnds(2)
        #expect(texts == ["one", "two"])
        #expect(ends.sorted() == [0, 2])
        let found = try KafkaAdmin(try KafkaConfiguration(.admin, brokers: cluster.brokers)).describeTopics(["events"])
        #expect(found["events"]?.partitionCount == 2)
    }

    @Test func `gives all partitions to one that takes them without the group`() throws {
        let cluster = try MockCluster(topics: ["events": 3])
        let consumer = try KafkaConsumer(
            try KafkaConfiguration(.workerConsumer(group: "g", instance: "a"), brokers: cluster.brokers))
        var told: [RebalanceEvent] = []
        consumer.onRebalance = { told.append($0) }
        try consumer.takeAll(ofDriverTopic: "events")
        #expect(told.isEmpty)
        for _ in 0..<2 { try consumer.consumeBatch(max: 10, timeoutMs: 10).destroy() }
        #expect(told == [.assigned([0, 1, 2])])
        #expect(!consumer.isAssignmentLost)
        _ = try consumer.groupMetadata()
    }

    @Test func `answers with errors on demand, and the record is written all the same`() throws {
        let cluster = try MockCluster(topics: ["events": 1])
        let producer = try KafkaProducer(try KafkaConfiguration(.plainProducer, brokers: cluster.brokers))
        cluster.failRequests(apiKey: 0, with: [.transport, KafkaErrorCode(rawValue: 6)])
        try producer.write("events", 0, "one")
        try producer.awaitReports()
        let reader = try KafkaConsumer(try KafkaConfiguration(.reader(group: "g"), brokers: cluster.brokers))
        try reader.assign([TopicPartitionOffset("events", 0, offset: 0)])
        #expect(try reader.readToEnds().texts == ["one"])
    }

    @Test func `runs transactions as far as wiring goes`() throws {
        let cluster = try MockCluster(topics: ["events": 1])
        let producer = try KafkaProducer(
            try KafkaConfiguration(.transactionalProducer(id: "t"), brokers: cluster.brokers))
        try producer.initTransactions()
        // 14: the coordinator is loading. The call repeats itself.
        cluster.failRequests(apiKey: 26, with: [KafkaErrorCode(rawValue: 14), KafkaErrorCode(rawValue: 14)])
        try producer.transaction { try producer.write("events", 0, "one") }
    }

    @Test func `a deadline that passes is told by the watchdog's code`() throws {
        let producer = try KafkaProducer(
            try KafkaConfiguration(.transactionalProducer(id: "t"), brokers: "127.0.0.1:9"))
        let error = #expect(throws: KafkaError.self) { try producer.initTransactions(deadlineMs: 200) }
        #expect(error?.code == .watchdog)
        #expect(error?.message.contains("127.0.0.1:9") == true)
        #expect(producer.close())
    }

    @Test func `logs reach the closure`() throws {
        let producer = try KafkaProducer(
            try KafkaConfiguration(.plainProducer, brokers: "127.0.0.1:9", clientProperties: ["debug": "broker"]))
        var lines = 0
        producer.onLog = { _, facility, text in lines += facility.isEmpty || text.isEmpty ? 0 : 1 }
        let deadline = Date().addingTimeInterval(5)
        while lines == 0 && Date() < deadline { producer.poll(timeoutMs: 10) }
        #expect(lines > 0)
    }
}
