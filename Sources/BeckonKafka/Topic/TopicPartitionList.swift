import CRDKafka
import Glibc

/// librdkafka's list of partitions, owned by this object. It lives for one call and stays on its thread.
final class TopicPartitionList {
    let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
    private let isOwned: Bool

    init(_ partitions: [TopicPartition], offset: Int64) {
        pointer = rd_kafka_topic_partition_list_new(Int32(partitions.count))
        isOwned = true
        for partition in partitions { add(partition.topic, partition.partition, offset) }
    }

    init(_ offsets: [TopicPartitionOffset]) {
        pointer = rd_kafka_topic_partition_list_new(Int32(offsets.count))
        isOwned = true
        for place in offsets {
            let element = add(place.topic, place.partition, place.offset)
            guard let metadata = place.metadata else { continue }
            precondition(metadata.utf8.count <= 4_096, "\(place): \(metadata.utf8.count) bytes of commit metadata")
            element.pointee.metadata = UnsafeMutableRawPointer(strdup(metadata))
            element.pointee.metadata_size = metadata.utf8.count
        }
    }

    /// A list that librdkafka lends for the time of a callback.
    init(borrowing pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) {
        self.pointer = pointer
        isOwned = false
    }

    deinit {
        if isOwned { rd_kafka_topic_partition_list_destroy(pointer) }
    }

    @discardableResult
    private func add(
        _ topic: String, _ partition: Int32, _ offset: Int64
    ) -> UnsafeMutablePointer<rd_kafka_topic_partition_t> {
        let element = rd_kafka_topic_partition_list_add(pointer, topic, partition)!
        element.pointee.offset = offset
        return element
    }

    var elements: UnsafeBufferPointer<rd_kafka_topic_partition_t> {
        UnsafeBufferPointer(start: pointer.pointee.elems, count: Int(pointer.pointee.cnt))
    }

    /// Throws the first error of an element.
    func checkElements(_ action: String) throws(KafkaError) {
        for element in elements where element.err != RD_KAFKA_RESP_ERR_NO_ERROR {
            throw KafkaError(element.err, during: "\(action) of \(String(cString: element.topic))-\(element.partition)")
        }
    }

    /// The elements whose offset is known.
    var offsets: [TopicPartitionOffset] {
        elements.filter { $0.offset >= 0 }.map { element in
            TopicPartitionOffset(
                String(cString: element.topic), element.partition, offset: element.offset,
                metadata: metadata(of: element))
        }
    }

    private func metadata(of element: rd_kafka_topic_partition_t) -> String? {
        guard let bytes = element.metadata, element.metadata_size > 0 else { return nil }
        return String(decoding: UnsafeRawBufferPointer(start: bytes, count: element.metadata_size), as: UTF8.self)
    }
}
