import CRDKafka

/// librdkafka's own broker inside this process: for `beckon dev` and for errors on demand.
///
/// It knows no transactions: open and aborted records are seen, offsets sent into a transaction are dropped, nothing is
/// fenced. It keeps 5 MiB and 100,000 batches a partition and drops the oldest. It proves nothing about exactly-once.
///
/// Not Sendable; other threads and processes reach it through ``brokers``.
public final class MockCluster {
    private let handle: KafkaHandle
    private let cluster: OpaquePointer

    /// - Parameters:
    ///   - brokerCount: 1 or more, each on a free port of 127.0.0.1.
    ///   - topics: name → number of partitions.
    public init(brokerCount: Int32 = 1, topics: [String: Int32] = [:]) throws(KafkaError) {
        handle = try KafkaHandle(try KafkaConfiguration(.plainProducer, brokers: "127.0.0.1:9"))
        guard let cluster = rd_kafka_mock_cluster_new(handle.pointer, brokerCount) else {
            throw KafkaError(.state, "the embedded broker could not be started: is 127.0.0.1 there, and a port free?")
        }
        self.cluster = cluster
        for (name, count) in topics.sorted(by: { $0.key < $1.key }) { try createTopic(name, partitionCount: count) }
    }

    deinit { rd_kafka_mock_cluster_destroy(cluster) }

    /// `host:port`, separated by commas.
    public var brokers: String { String(cString: rd_kafka_mock_cluster_bootstraps(cluster)) }

    public func createTopic(_ name: String, partitionCount: Int32) throws(KafkaError) {
        try check(
            rd_kafka_mock_topic_create(cluster, name, partitionCount, 1),
            "creating topic \(name) with \(partitionCount) partitions")
    }

    /// Answers the next requests of one kind with these errors, one each; then as usual.
    ///
    /// - Parameter apiKey: Kafka's number of the request, for example 0 for Produce, 1 for Fetch, 26 for EndTxn.
    ///   `transport` drops the connection instead.
    public func failRequests(apiKey: Int16, with errors: [KafkaErrorCode]) {
        rd_kafka_mock_push_request_errors_array(cluster, apiKey, errors.count, errors.map(\.cValue))
    }

    /// Takes a broker off the network, or puts it back.
    ///
    /// - Parameter broker: from 1.
    public func setBroker(_ broker: Int32, isDown: Bool) throws(KafkaError) {
        let code =
            isDown ? rd_kafka_mock_broker_set_down(cluster, broker) : rd_kafka_mock_broker_set_up(cluster, broker)
        try check(code, "taking broker \(broker) \(isDown ? "down" : "up")")
    }
}
