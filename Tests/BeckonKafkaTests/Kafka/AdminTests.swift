import BeckonKafka
import KafkaFixture
import Testing

@Suite(.tags(.kafka), .enabled(if: RealKafka.isAvailable), .serialized, .timeLimit(.minutes(2)))
struct `Topics on a real Kafka` {
    @Test func `are created with their settings and described`() throws {
        let kafka = try RealKafka.shared()
        let admin = try KafkaAdmin(try kafka.configuration(.admin))
        let topic = try kafka.makeTopics("compacted", partitionCount: 3, settings: ["cleanup.policy": "compact"])[0]
        let found = try admin.describeTopics([topic, "no such topic"])
        #expect(found.keys.sorted() == [topic])
        #expect(found[topic]?.partitionCount == 3)
        let settings = try admin.topicConfiguration(topic)
        #expect(settings["cleanup.policy"] == "compact")
        #expect(settings["message.timestamp.type"] == "CreateTime")
        #expect(settings["max.message.bytes"] == "1048588")
        #expect(try admin.createTopics([TopicSpecification(topic, partitionCount: 5)]) == [topic])
        #expect(try admin.clusterDescription().brokers.isEmpty == false)
    }

    @Test func `that cannot be created are named, with the reason`() throws {
        let kafka = try RealKafka.shared()
        let admin = try KafkaAdmin(try kafka.configuration(.admin))
        let name = RealKafka.uniqueName("refused")
        let error = #expect(throws: KafkaError.self) {
            try admin.createTopics([
                TopicSpecification(name, partitionCount: 1, settings: ["cleanup.policy": "burn"]),
                TopicSpecification("no spaces", partitionCount: 1),
            ])
        }
        let message = error?.message ?? ""
        #expect(message.contains(name) && message.contains("burn") && message.contains("no spaces"), "\(message)")
        let missing = #expect(throws: KafkaError.self) { try admin.topicConfiguration(name) }
        #expect(missing?.code == .unknownTopicOrPartition)
    }
}
