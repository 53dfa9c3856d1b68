import CRDKafka

/// One record of a batch, or an event of a partition that stands where a record would. Valid until it is destroyed.
///
/// Key, value and headers point into the fetch buffer.
@frozen public struct Message {
    @usableFromInline let pointer: UnsafeMutablePointer<rd_kafka_message_t>

    @inlinable init(_ pointer: UnsafeMutablePointer<rd_kafka_message_t>) { self.pointer = pointer }

    /// The topic's identity: compare it with ``KafkaConsumer/identity(ofTopic:)``. nil for an error of no topic.
    @inlinable public var topic: TopicIdentity? { pointer.pointee.rkt.map(TopicIdentity.init) }
    @inlinable public var partition: Int32 { pointer.pointee.partition }
    /// For ``isPartitionEnd`` the offset behind everything, control records too.
    @inlinable public var offset: Int64 { pointer.pointee.offset }

    /// No record: see ``errorCode`` and ``error``. The end of a partition also counts as one.
    @inlinable public var isError: Bool { pointer.pointee.err.rawValue != 0 }
    /// The fetch has reached the end of the partition; ``offset`` says where that is.
    @inlinable public var isPartitionEnd: Bool { pointer.pointee.err == RD_KAFKA_RESP_ERR__PARTITION_EOF }
    @inlinable public var errorCode: Int32 { pointer.pointee.err.rawValue }

    /// nil where the record has none, and in an error.
    @inlinable public var key: UnsafeRawBufferPointer? {
        guard !isError, let key = pointer.pointee.key else { return nil }
        return UnsafeRawBufferPointer(start: key, count: pointer.pointee.key_len)
    }

    /// nil is a tombstone, or an error.
    @inlinable public var value: UnsafeRawBufferPointer? {
        guard !isError, let payload = pointer.pointee.payload else { return nil }
        return UnsafeRawBufferPointer(start: payload, count: pointer.pointee.len)
    }

    /// Milliseconds since 1970, or -1 where the record has none.
    @inlinable public var timestampMs: Int64 {
        isMade ? MadeMessage.timestampMs(pointer) : rd_kafka_message_timestamp(pointer, nil)
    }

    /// The last header of that name; nil when there is none.
    public func header(_ name: String) -> UnsafeRawBufferPointer? {
        var headers: OpaquePointer?
        var value: UnsafeRawPointer?
        var size = 0
        guard !isMade, rd_kafka_message_headers(pointer, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR,
            rd_kafka_header_get_last(headers, name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR
        else { return nil }
        return UnsafeRawBufferPointer(start: value, count: size)
    }

    /// What went wrong, with the topic and the partition. Allocates: not for the path of each record.
    public var error: KafkaError? {
        guard isError else { return nil }
        let code = KafkaErrorCode(pointer.pointee.err)
        if isMade { return KafkaError(code, code.meaning, isFatal: code == .fatal, isRetriable: code.isTransient) }
        let reason = rd_kafka_message_errstr(pointer).map { String(cString: $0) } ?? code.meaning
        let place = pointer.pointee.rkt.map { "\(String(cString: rd_kafka_topic_name($0)))-\(partition): " } ?? ""
        return KafkaError(code, place + reason, isFatal: code == .fatal, isRetriable: code.isTransient)
    }

    /// Gives the memory back. Only for a message of a batch that was told to forget it.
    public func destroy() {
        if isMade { MadeMessage.destroy(pointer) } else { rd_kafka_message_destroy(pointer) }
    }

    /// Not librdkafka's, which has its own owner there: see ``MadeMessage``.
    @inlinable var isMade: Bool { pointer.pointee._private == nil }
}

/// Which topic a message of one consumer came from. It lives as long as the consumer.
@frozen public struct TopicIdentity: Hashable {
    @usableFromInline let pointer: OpaquePointer

    @inlinable init(_ pointer: OpaquePointer) { self.pointer = pointer }

    /// Of a topic that is not librdkafka's.
    ///
    /// - Parameter identifying: an address that nothing else has for as long as the identity is compared.
    public init(identifying address: UnsafeMutableRawPointer) { pointer = OpaquePointer(address) }
}
