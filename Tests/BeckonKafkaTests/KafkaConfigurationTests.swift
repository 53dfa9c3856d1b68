import BeckonKafka
import Testing

@Suite struct `Kafka configuration` {
    @Test func `names every problem, owned properties with their reason`() {
        let error = #expect(throws: KafkaError.self) {
            try KafkaConfiguration(
                .admin, brokers: "localhost:9092",
                clientProperties: ["isolation.level": "read_uncommitted", "no.such": "1", "socket.timeout.ms": "soon"])
        }
        let lines = error?.message.split(separator: "\n") ?? []
        #expect(error?.code == .configuration)
        #expect(lines.count == 3)
        #expect(lines.contains { $0.contains("isolation.level cannot be set: what an aborted transaction wrote") })
        #expect(lines.contains { $0.contains(#"no.such: No such configuration property: "no.such""#) })
        #expect(lines.contains { $0.contains("kafka.client.socket.timeout.ms: Invalid value") })
    }

    @Test func `lets the user change what Beckon does not own`() throws {
        let configuration = try KafkaConfiguration(
            .workerConsumer(group: "g", instance: "i"), brokers: "localhost:9092",
            clientProperties: ["retry.backoff.ms": "50", "security.protocol": "ssl"])
        #expect(configuration.properties["retry.backoff.ms"] == "50")
        #expect(configuration.properties["security.protocol"] == "ssl")
        #expect(configuration.properties["partition.assignment.strategy"] == "range")
    }

    @Test func `of every role is taken by librdkafka`() throws {
        let roles: [KafkaRole] = [
            .workerConsumer(group: "g", instance: "i"), .reader(group: "g"), .clockProbe,
            .decisionsConsumer(group: "g", instance: "i"),
        ]
        for role in roles { try KafkaConsumer(try KafkaConfiguration(role, brokers: "127.0.0.1:9")).close() }
        for role in [KafkaRole.transactionalProducer(id: "t"), .plainProducer] {
            try KafkaProducer(try KafkaConfiguration(role, brokers: "127.0.0.1:9")).close()
        }
    }

    @Test func `that contradicts itself is refused in librdkafka's words`() throws {
        let configuration = try KafkaConfiguration(
            .transactionalProducer(id: "t"), brokers: "127.0.0.1:9", clientProperties: ["message.timeout.ms": "60000"])
        let error = #expect(throws: KafkaError.self) { try KafkaProducer(configuration) }
        #expect(error?.message.contains("message.timeout.ms") == true)
    }

    @Test func `every owned property exists`() {
        for name in KafkaConfiguration.ownedProperties.keys {
            let error = #expect(throws: KafkaError.self) {
                try KafkaConfiguration(.admin, brokers: "localhost", clientProperties: [name: ""])
            }
            #expect(error?.message.contains("\(name) cannot be set") == true)
        }
    }

    @Test func `a broker that is not there is named, with what to check`() throws {
        let admin = try KafkaAdmin(try KafkaConfiguration(.admin, brokers: "127.0.0.1:9"), deadlineMs: 300)
        let error = #expect(throws: KafkaError.self) { try admin.clusterDescription() }
        #expect(error?.message.contains("no answer from 127.0.0.1:9") == true, "\(error as Any)")
        #expect(error?.message.contains("Connection refused") == true, "\(error as Any)")
    }
}
