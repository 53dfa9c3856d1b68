import CRDKafka

/// A message that did not come from librdkafka, but from a simulated log: it has no headers.
///
/// One block of memory: librdkafka's struct, of which all readers know, then the timestamp, the key and the value.
public struct MadeMessage {
    private var message: rd_kafka_message_t
    private var timestampMs: Int64

    /// A record, its bytes copied. Whoever gets it destroys it.
    public static func record(
        topic: TopicIdentity, partition: Int32, offset: Int64, timestampMs: Int64, key: [UInt8]?, value: [UInt8]?
    ) -> Message {
        let made = allocate(bytes: (key?.count ?? 0) + (value?.count ?? 0))
        made.pointee.message.rkt = topic.pointer
        made.pointee.message.partition = partition
        made.pointee.message.offset = offset
        made.pointee.timestampMs = timestampMs
        var bytes = UnsafeMutableRawPointer(made + 1)
        if let key {
            bytes.copyMemory(from: key, byteCount: key.count)
            made.pointee.message.key = bytes
            made.pointee.message.key_len = key.count
            bytes += key.count
        }
        if let value {
            bytes.copyMemory(from: value, byteCount: value.count)
            made.pointee.message.payload = bytes
            made.pointee.message.len = value.count
        }
        return Message(UnsafeMutableRawPointer(made).assumingMemoryBound(to: rd_kafka_message_t.self))
    }

    /// An item that stands where a record would: an error, or the end of a partition.
    public static func error(_ code: KafkaErrorCode, topic: TopicIdentity?, partition: Int32, offset: Int64) -> Message
    {
        let made = allocate(bytes: 0)
        made.pointee.message.err = code.cValue
        made.pointee.message.rkt = topic?.pointer
        made.pointee.message.partition = partition
        made.pointee.message.offset = offset
        return Message(UnsafeMutableRawPointer(made).assumingMemoryBound(to: rd_kafka_message_t.self))
    }

    private static func allocate(bytes: Int) -> UnsafeMutablePointer<MadeMessage> {
        let block = UnsafeMutableRawPointer.allocate(byteCount: MemoryLayout<Self>.stride + bytes, alignment: 16)
        let made = block.bindMemory(to: Self.self, capacity: 1)
        made.initialize(to: MadeMessage(message: rd_kafka_message_t(), timestampMs: -1))
        return made
    }

    @usableFromInline static func timestampMs(_ pointer: UnsafeMutablePointer<rd_kafka_message_t>) -> Int64 {
        UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Self.self).pointee.timestampMs
    }

    @usableFromInline static func destroy(_ pointer: UnsafeMutablePointer<rd_kafka_message_t>) {
        UnsafeMutableRawPointer(pointer).deallocate()
    }
}
