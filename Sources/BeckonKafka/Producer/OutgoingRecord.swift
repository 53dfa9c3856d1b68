/// A record to be written. Its bytes are not copied, but the key's are: the owner keeps the value where it is until the
/// record's report has come.
@frozen public struct OutgoingRecord {
    /// nil: no key.
    public var key: UnsafeRawBufferPointer?
    /// nil: a tombstone.
    public var value: UnsafeRawBufferPointer?
    /// Comes back in the record's report.
    public var token: UInt

    @inlinable public init(key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?, token: UInt = 0) {
        self.key = key
        self.value = value
        self.token = token
    }
}

/// A topic of one producer. It stays valid when the producer is reopened.
@frozen public struct ProducerTopic: Hashable, Sendable {
    public let index: Int

    /// - Parameter index: its place among its producer's topics.
    public init(index: Int) { self.index = index }
}

/// What became of one record.
public struct DeliveryReport: Sendable {
    public let token: UInt
    public let partition: Int32
    /// Where it was written; negative when it was not, or when a retry could not say.
    public let offset: Int64
    /// nil: written.
    public let error: KafkaError?

    public init(token: UInt, partition: Int32, offset: Int64, error: KafkaError?) {
        self.token = token
        self.partition = partition
        self.offset = offset
        self.error = error
    }
}
