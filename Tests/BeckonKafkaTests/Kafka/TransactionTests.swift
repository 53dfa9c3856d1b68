import BeckonKafka
import Foundation
import KafkaFixture
import Testing

@Suite(.tags(.kafka), .enabled(if: RealKafka.isAvailable), .serialized, .timeLimit(.minutes(2)))
struct `Transactions on a real Kafka` {
    @Test func `a commit is seen, an abort is not, and the end lies behind the control records`() throws {
        let kafka = try RealKafka.shared()
        let topic = try kafka.makeTopics("transactions", partitionCount: 1)[0]
        let producer = try kafka.producer()
        try producer.transaction { try producer.write(topic, 0, "one", "two") }
        try producer.beginTransaction()
        try producer.write(topic, 0, "aborted")
        try producer.awaitReports()
        try producer.abortTransaction()
        try producer.reopen()
        try producer.initTransactions()
        try producer.transaction { try producer.write(topic, 0, "three") }

        let reader = try kafka.reader(of: [topic])
        let (texts, ends) = try reader.readToEnds()
        #expect(texts == ["one", "two", "three"])
        // Two records, a marker; one record, a marker; one record, a marker.
        #expect(ends == [7])
        #expect(try reader.position([TopicPartition(topic, 0)]).map(\.offset) == [7])
        #expect(try reader.watermarks(of: TopicPartition(topic, 0), timeoutMs: 5_000) == Watermarks(low: 0, end: 7))
    }

    @Test func `a second producer with the same id fences the first`() throws {
        let kafka = try RealKafka.shared()
        let topic = try kafka.makeTopics("fencing", partitionCount: 1)[0]
        let id = RealKafka.uniqueName("fenced")
        let first = try kafka.producer(id)
        try first.beginTransaction()
        try first.write(topic, 0, "lost")
        try first.awaitReports()
        let second = try kafka.producer(id)
        let error = #expect(throws: KafkaError.self) { try first.commitTransaction() }
        #expect(error?.code == .fenced)
        #expect(error?.isFatal == true)
        #expect(first.fatalError != nil)
        try second.transaction { try second.write(topic, 0, "kept") }
        #expect(try kafka.reader(of: [topic]).readToEnds().texts == ["kept"])
    }

    @Test func `the last stable offset stays behind an open transaction, the high watermark does not`() throws {
        let kafka = try RealKafka.shared()
        let topic = try kafka.makeTopics("watermarks", partitionCount: 1)[0]
        let plain = try KafkaProducer(try kafka.configuration(.plainProducer))
        try plain.write(topic, 0, "before")
        try plain.awaitReports()
        let producer = try kafka.producer()
        try producer.beginTransaction()
        try producer.write(topic, 0, "open")
        try producer.awaitReports()
        try plain.write(topic, 0, "behind")
        try plain.awaitReports()

        let place = [TopicPartition(topic, 0)]
        let committed = try kafka.reader(of: [topic])
        let uncommitted = try KafkaConsumer(try kafka.configuration(.clockProbe, ["client.id": "probe"]))
        #expect(try committed.endOffsets(of: place, timeoutMs: 5_000).map(\.offset) == [1])
        #expect(try uncommitted.endOffsets(of: place, timeoutMs: 5_000).map(\.offset) == [3])
        #expect(try committed.readToEnds().texts == ["before"])
        try producer.abortTransaction()
    }

    @Test func `records produced as a batch keep keys, tombstones and tokens`() throws {
        let kafka = try RealKafka.shared()
        let topic = try kafka.makeTopics("batches", partitionCount: 2)[0]
        let producer = try kafka.producer()
        try producer.warmMetadata([topic], timeoutMs: 5_000)
        var tokens: [UInt] = []
        producer.onReport = { report in
            #expect(report.error == nil)
            tokens.append(report.token)
        }
        let bytes = Array("key value".utf8)
        try bytes.withUnsafeBytes { bytes in
            let key = UnsafeRawBufferPointer(rebasing: bytes[0..<3])
            let value = UnsafeRawBufferPointer(rebasing: bytes[4...])
            let empty = UnsafeRawBufferPointer(rebasing: bytes[0..<0])
            let records = [
                OutgoingRecord(key: key, value: value, token: 7), OutgoingRecord(key: key, value: nil, token: 8),
                OutgoingRecord(key: nil, value: empty, token: 9),
            ]
            try producer.beginTransaction()
            try records.withUnsafeBufferPointer { records in
                try producer.produceBatch(to: try producer.topic(topic), partition: 1, records: records)
            }
            try producer.produce(
                to: try producer.topic(topic), partition: 1, key: key, value: value,
                headers: [("reason", Array("because".utf8)), ("empty", [])], timestampMs: 1_600_000_000_000)
            try producer.awaitReports()
            try producer.commitTransaction()
        }
        #expect(tokens == [7, 8, 9, 0])
        #expect(producer.outstandingCount == 0)

        let reader = try KafkaConsumer(try kafka.configuration(.reader(group: "batches")))
        try reader.assign([TopicPartitionOffset(topic, 1, offset: 0)])
        var batch = try reader.consumeBatch(max: 4, timeoutMs: 5_000)
        while batch.isEmpty { batch = try reader.consumeBatch(max: 4, timeoutMs: 5_000) }
        try #require(batch.count == 4)
        #expect(batch[0].topic == (try reader.identity(ofTopic: topic)))
        #expect(batch[0].partition == 1)
        #expect(batch[0].key.map { String(decoding: $0, as: UTF8.self) } == "key")
        #expect(batch[0].value.map { String(decoding: $0, as: UTF8.self) } == "value")
        #expect(batch[1].value == nil && batch[1].key != nil)
        #expect(batch[2].value?.count == 0 && batch[2].key == nil)
        #expect(batch[3].timestampMs == 1_600_000_000_000)
        #expect(batch[3].header("reason").map { String(decoding: $0, as: UTF8.self) } == "because")
        #expect(batch[3].header("empty")?.count == 0 && batch[3].header("none") == nil)
    }

    @Test func `a record that is too large is refused without a report`() throws {
        let kafka = try RealKafka.shared()
        let topic = try kafka.makeTopics("large", partitionCount: 1)[0]
        let producer = try kafka.producer()
        try producer.beginTransaction()
        let value = [UInt8](repeating: 65, count: 18_000_000)
        let error = #expect(throws: KafkaError.self) {
            try value.withUnsafeBytes { value in
                let records = [OutgoingRecord(key: nil, value: value)]
                try records.withUnsafeBufferPointer {
                    try producer.produceBatch(to: try producer.topic(topic), partition: 0, records: $0)
                }
            }
        }
        #expect(error?.code == .messageTooLarge)
        #expect(error?.requiresAbort == true)
        #expect(producer.outstandingCount == 0)
        try producer.abortTransaction()
    }

    @Test func `a record that cannot be delivered fails its transaction`() throws {
        let kafka = try RealKafka.shared()
        let topic = try kafka.makeTopics("undelivered", partitionCount: 1)[0]
        let producer = try kafka.producer()
        try producer.warmMetadata([topic], timeoutMs: 5_000)
        try producer.beginTransaction()
        let error = #expect(throws: KafkaError.self) {
            try producer.write(topic, 5, "nowhere")
            try producer.awaitReports()
        }
        #expect(error?.code == .unknownPartition)
        #expect(error?.requiresAbort == true)
        try producer.abortTransaction()
    }

    @Test func `how long a commit takes is printed`() throws {
        let kafka = try RealKafka.shared()
        let topic = try kafka.makeTopics("speed", partitionCount: 5)[0]
        let group = RealKafka.uniqueName("speed")
        let producer = try kafka.producer()
        try producer.warmMetadata([topic], timeoutMs: 5_000)
        let member = try kafka.member(group, "speed", driver: topic)
        #expect(try poll(member) { member.partitions.count == 5 })
        var milliseconds: [Double] = []
        for round in 0..<200 {
            let start = ContinuousClock.now
            try producer.beginTransaction()
            for record in 0..<100 { try producer.write(topic, Int32(record % 5), "record \(record)") }
            try producer.awaitReports()
            try producer.write(topic, 0, "journal")
            try producer.awaitReports()
            try producer.sendOffsets([TopicPartitionOffset(topic, 0, offset: Int64(round))], of: member.consumer)
            try producer.commitTransaction()
            milliseconds.append((ContinuousClock.now - start) / .milliseconds(1))
            _ = try member.poll()
        }
        milliseconds.sort()
        print("commit: p50 \(milliseconds[100]) ms, p99 \(milliseconds[198]) ms")
    }
}
