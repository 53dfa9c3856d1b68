import BeckonKafka
import Foundation
import KafkaFixture
import Testing

@Suite(.tags(.kafka), .enabled(if: RealKafka.isAvailable), .serialized, .timeLimit(.minutes(3)))
struct `Groups on a real Kafka` {
    @Test func `nothing is read until the owner assigns, other topics too, and the offsets commit in a transaction`()
        throws
    {
        let kafka = try RealKafka.shared()
        let topics = try kafka.makeTopics("driver", "follower", partitionCount: 1)
        let producer = try kafka.producer()
        try producer.transaction {
            try producer.write(topics[0], 0, "a", "b", "c")
            try producer.write(topics[1], 0, "x", "y")
        }
        let group = RealKafka.uniqueName("group")
        let member = try kafka.member(group, "one", driver: topics[0])
        #expect(try poll(member) { member.partitions == [0] })
        var early = 0
        let silence = Date().addingTimeInterval(1)
        while Date() < silence { early += try member.poll().count }
        #expect(early == 0)

        try member.consumer.assign([
            TopicPartitionOffset(topics[0], 0, offset: 1), TopicPartitionOffset(topics[1], 0, offset: 0),
        ])
        let (texts, ends) = try member.consumer.readToEnds(2)
        #expect(texts.sorted() == ["b", "c", "x", "y"])
        #expect(ends.sorted() == [3, 4])
        #expect(member.events == [.assigned([0])])

        try producer.transaction {
            try producer.sendOffsets(
                [
                    TopicPartitionOffset(topics[0], 0, offset: 4, metadata: "seq=17"),
                    TopicPartitionOffset(topics[1], 0, offset: 3),
                ], of: member.consumer)
        }
        let places = topics.map { TopicPartition($0, 0) }
        let committed = try member.consumer.committed(places, timeoutMs: 5_000)
        #expect(committed.map(\.offset) == [4, 3])
        #expect(committed.map(\.metadata) == ["seq=17", nil])
    }

    @Test func `a stale generation and an unknown member fail the transaction and can be aborted`() throws {
        let kafka = try RealKafka.shared()
        let topic = try kafka.makeTopics("stale", partitionCount: 1)[0]
        let group = RealKafka.uniqueName("stale")
        let member = try kafka.member(group, "one", driver: topic)
        #expect(try poll(member) { member.partitions == [0] })
        for metadata in [
            GroupMetadata(group: group, generation: 99, member: "nobody", instance: nil),
            GroupMetadata(group: group, generation: 0, member: "nobody", instance: "one"),
        ] {
            let producer = try kafka.producer()
            try producer.beginTransaction()
            try producer.write(topic, 0, "never")
            let error = #expect(throws: KafkaError.self) {
                try producer.sendOffsets([TopicPartitionOffset(topic, 0, offset: 1)], metadata: metadata)
                try producer.commitTransaction()
            }
            print("stale generation: \(error.map(String.init(describing:)) ?? "none")")
            #expect(error?.requiresAbort == true)
            try producer.abortTransaction()
        }
        #expect(try kafka.reader(of: [topic]).readToEnds().texts == [])
        #expect(try member.consumer.committed([TopicPartition(topic, 0)], timeoutMs: 5_000) == [])
    }

    @Test func `a second member takes its share, and the first commits inside the revocation`() throws {
        let kafka = try RealKafka.shared()
        let topic = try kafka.makeTopics("shared", partitionCount: 4)[0]
        let group = RealKafka.uniqueName("shared")
        let producer = try kafka.producer()
        let one = try kafka.member(group, "one", driver: topic)
        #expect(try poll(one) { one.partitions == [0, 1, 2, 3] })
        try one.consumer.assign((0..<4).map { TopicPartitionOffset(topic, $0, offset: 0) })
        var failure: (any Error)?
        one.onRevoked = {
            do {
                try producer.transaction {
                    try producer.write(topic, 0, "last words")
                    try producer.sendOffsets([TopicPartitionOffset(topic, 0, offset: 42)], of: one.consumer)
                }
            } catch { failure = error }
        }
        let two = try kafka.member(group, "two", driver: topic)
        #expect(try poll(one, two) { one.partitions.count == 2 && two.partitions.count == 2 })
        #expect(failure == nil)
        #expect(one.events == [.assigned([0, 1, 2, 3]), .revoked([0, 1, 2, 3], lost: false), .assigned([0, 1])])
        #expect(two.partitions == [2, 3])
        #expect(try two.consumer.committed([TopicPartition(topic, 0)], timeoutMs: 5_000).map(\.offset) == [42])
        try two.consumer.assign([TopicPartitionOffset(topic, 2, offset: 0), TopicPartitionOffset(topic, 3, offset: 0)])
        try one.consumer.assign([TopicPartitionOffset(topic, 0, offset: 0), TopicPartitionOffset(topic, 1, offset: 0)])
        #expect(try one.consumer.readToEnds(2).texts == ["last words"])
    }

    @Test func `a poll interval that passes while batches are consumed does not end the membership`() throws {
        let kafka = try RealKafka.shared()
        let topic = try kafka.makeTopics("polled", partitionCount: 1)[0]
        let configuration = try kafka.configuration(
            .workerConsumer(group: RealKafka.uniqueName("polled"), instance: "one"),
            ["max.poll.interval.ms": "6000", "session.timeout.ms": "6000"])
        let member = try Member(consumer: KafkaConsumer(configuration), topic)
        #expect(try poll(member) { member.partitions == [0] })
        #expect(try !poll(member, seconds: 8) { member.events.count > 1 })
        // Nothing is consumed for longer than the interval: the group gives the partition away.
        Thread.sleep(forTimeInterval: 7)
        #expect(try poll(member) { member.events.count >= 3 })
        #expect(member.events == [.assigned([0]), .revoked([0], lost: true), .assigned([0])])
    }
}
