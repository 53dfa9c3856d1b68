import CRDKafka

/// The properties of one handle: what its role needs, then the user's own, which may change all but those Beckon owns.
public struct KafkaConfiguration: Sendable {
    public let role: KafkaRole
    /// As librdkafka gets them.
    public let properties: [String: String]

    /// - Parameters:
    ///   - brokers: `host:port`, separated by commas.
    ///   - clientProperties: the user's, without the prefix `kafka.client.`.
    /// - Throws: a sentence for each property that is owned, unknown or has a wrong value, not only the first.
    public init(_ role: KafkaRole, brokers: String, clientProperties: [String: String] = [:]) throws(KafkaError) {
        var problems: [String] = []
        for name in clientProperties.keys.sorted() {
            guard let reason = Self.ownedProperties[name] else { continue }
            problems.append("kafka.client.\(name) cannot be set: \(reason)")
        }
        let merged = role.properties.merging(clientProperties) { _, users in users }
        self.role = role
        self.properties = merged.merging(["bootstrap.servers": brokers]) { _, owned in owned }
        if brokers.isEmpty { problems.append("the list of brokers is empty: give host:port, separated by commas") }
        problems += Self.refusals(of: clientProperties.filter { Self.ownedProperties[$0.key] == nil })
        guard problems.isEmpty else { throw KafkaError(.configuration, problems.joined(separator: "\n")) }
    }

    /// The brokers as they were given.
    public var brokers: String { properties["bootstrap.servers"] ?? "" }

    /// What librdkafka says about each user's property it does not take.
    private static func refusals(of properties: [String: String]) -> [String] {
        let configuration = rd_kafka_conf_new()!
        defer { rd_kafka_conf_destroy(configuration) }
        return properties.sorted { $0.key < $1.key }.compactMap { name, value in
            refusal(of: name, value, in: configuration).map { "kafka.client.\(name): \($0)" }
        }
    }

    /// Sets one property; the answer is librdkafka's text when it does not take it.
    static func refusal(of name: String, _ value: String, in configuration: OpaquePointer) -> String? {
        var text = [CChar](repeating: 0, count: 512)
        let result = rd_kafka_conf_set(configuration, name, value, &text, text.count)
        return result == RD_KAFKA_CONF_OK ? nil : textOf(text)
    }

    /// A new librdkafka configuration, which the caller owns.
    func makeConfiguration() throws(KafkaError) -> OpaquePointer {
        let configuration = rd_kafka_conf_new()!
        for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
            guard let refusal = Self.refusal(of: name, value, in: configuration) else { continue }
            rd_kafka_conf_destroy(configuration)
            throw KafkaError(.configuration, "\(name): \(refusal)")
        }
        return configuration
    }
}

/// The text in a buffer that C has filled.
func textOf(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
