import BeckonKafka
import CRDKafka

/// What an operator does to topics while Beckon runs; the product itself never does.
extension RealKafka {
    public init(_ cluster: PrivateKafka) { brokers = cluster.brokers }

    /// Adds partitions, up to `count`.
    public func grow(_ topic: String, to count: Int) throws {
        try send("growing \(topic)") { handle, queue in
            var text = [CChar](repeating: 0, count: 256)
            var request = rd_kafka_NewPartitions_new(topic, count, &text, text.count)
            rd_kafka_CreatePartitions(handle, &request, 1, nil, queue)
            rd_kafka_NewPartitions_destroy(request)
        }
    }

    /// Makes everything below the offset expire.
    public func deleteRecords(_ topic: String, _ partition: Int32, before offset: Int64) throws {
        try send("deleting records of \(topic)-\(partition)") { handle, queue in
            let list = rd_kafka_topic_partition_list_new(1)
            rd_kafka_topic_partition_list_add(list, topic, partition).pointee.offset = offset
            var request = rd_kafka_DeleteRecords_new(list)
            rd_kafka_DeleteRecords(handle, &request, 1, nil, queue)
            rd_kafka_DeleteRecords_destroy(request)
            rd_kafka_topic_partition_list_destroy(list)
        }
    }

    private func send(_ action: String, _ request: (OpaquePointer, OpaquePointer) -> Void) throws {
        var text = [CChar](repeating: 0, count: 256)
        let configuration = rd_kafka_conf_new()
        rd_kafka_conf_set(configuration, "bootstrap.servers", brokers, &text, text.count)
        guard let handle = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, &text, text.count) else {
            throw KafkaFixtureError(action)
        }
        defer { rd_kafka_destroy(handle) }
        let queue = rd_kafka_queue_new(handle)!
        defer { rd_kafka_queue_destroy(queue) }
        request(handle, queue)
        guard let event = rd_kafka_queue_poll(queue, 15_000) else { throw KafkaFixtureError("\(action): no answer") }
        defer { rd_kafka_event_destroy(event) }
        guard rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw KafkaFixtureError("\(action): \(String(cString: rd_kafka_event_error_string(event)))")
        }
    }
}
