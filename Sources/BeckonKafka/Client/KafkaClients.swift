/// Where clients of one Kafka come from: librdkafka, or a simulated cluster.
public protocol KafkaClients: Sendable {
    func consumer(_ role: KafkaRole) throws(KafkaError) -> any ConsumerClient
    func producer(_ role: KafkaRole) throws(KafkaError) -> any ProducerClient
    /// - Parameter deadlineMs: of each call.
    func topicDescriber(deadlineMs: Int32) throws(KafkaError) -> any TopicDescriber
    /// - Parameter wallMs: the wall clock in milliseconds since 1970.
    func endProbe(wallMs: @escaping @Sendable () -> Int64) throws(KafkaError) -> any EndProbe
}

/// What is asked of a cluster about its topics: ``KafkaAdmin``, or a simulated one.
public protocol TopicDescriber: AnyObject {
    func describeTopics(_ names: [String]) throws(KafkaError) -> [String: TopicDescription]
    func topicConfiguration(_ name: String) throws(KafkaError) -> [String: String]
    @discardableResult func close(deadlineMs: Int32) -> Bool
}

/// Asks for ends of logs while its owner goes on: ``ClockProbe``, or a simulated one.
public protocol EndProbe: Sendable {
    func want(_ partitions: [TopicPartition])
    func take() -> [TopicPartition: EndOfLog]
    @discardableResult func close(deadlineMs: Int32) -> Bool
}

/// librdkafka's clients.
public struct LibrdkafkaClients: KafkaClients {
    private let brokers: String
    private let clientProperties: [String: String]

    /// - Parameters:
    ///   - brokers: `host:port,…`
    ///   - clientProperties: librdkafka's own, from `kafka.client.`.
    public init(brokers: String, clientProperties: [String: String]) {
        self.brokers = brokers
        self.clientProperties = clientProperties
    }

    private func configuration(_ role: KafkaRole) throws(KafkaError) -> KafkaConfiguration {
        try KafkaConfiguration(role, brokers: brokers, clientProperties: clientProperties)
    }

    public func consumer(_ role: KafkaRole) throws(KafkaError) -> any ConsumerClient {
        try KafkaConsumer(configuration(role))
    }

    public func producer(_ role: KafkaRole) throws(KafkaError) -> any ProducerClient {
        try KafkaProducer(configuration(role))
    }

    public func topicDescriber(deadlineMs: Int32) throws(KafkaError) -> any TopicDescriber {
        try KafkaAdmin(configuration(.admin), deadlineMs: deadlineMs)
    }

    public func endProbe(wallMs: @escaping @Sendable () -> Int64) throws(KafkaError) -> any EndProbe {
        try ClockProbe(configuration(.clockProbe), wallMs: wallMs)
    }
}
