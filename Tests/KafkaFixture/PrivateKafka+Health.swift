import CRDKafka
import Foundation

extension PrivateKafka {
    /// Waits until every node answers and every partition has its leader and all its replicas in sync, so that another node
    /// may fail. False when it was not so in time.
    public func awaitInSync(seconds: Double = 120) throws -> Bool {
        var text = [CChar](repeating: 0, count: 256)
        let configuration = rd_kafka_conf_new()
        rd_kafka_conf_set(configuration, "bootstrap.servers", brokers, &text, text.count)
        // Connections that break are what it is here for.
        rd_kafka_conf_set(configuration, "log_level", "0", &text, text.count)
        guard let handle = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, &text, text.count) else {
            throw KafkaFixtureError("asking \(brokers) for its replicas")
        }
        defer { rd_kafka_destroy(handle) }
        let deadline = Date().addingTimeInterval(seconds)
        while Date() < deadline {
            if isInSync(handle) { return true }
            Thread.sleep(forTimeInterval: 0.2)
        }
        return false
    }

    private func isInSync(_ handle: OpaquePointer) -> Bool {
        var found: UnsafePointer<rd_kafka_metadata>?
        guard rd_kafka_metadata(handle, 1, nil, &found, 2_000) == RD_KAFKA_RESP_ERR_NO_ERROR, let found else {
            return false
        }
        defer { rd_kafka_metadata_destroy(found) }
        let cluster = found.pointee
        guard Int(cluster.broker_cnt) == nodeCount else { return false }
        return UnsafeBufferPointer(start: cluster.topics, count: Int(cluster.topic_cnt)).allSatisfy { topic in
            UnsafeBufferPointer(start: topic.partitions, count: Int(topic.partition_cnt)).allSatisfy {
                $0.leader >= 0 && $0.isr_cnt == $0.replica_cnt
            }
        }
    }
}
