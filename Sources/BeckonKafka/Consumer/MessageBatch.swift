import CRDKafka

/// Messages that one call has brought, in the order of each partition. One object a batch, none a message.
///
/// Not Sendable: the messages belong to the thread of their consumer. A batch must be gone before its consumer closes.
public final class MessageBatch {
    @usableFromInline let messages: UnsafeMutablePointer<UnsafeMutablePointer<rd_kafka_message_t>?>
    /// How many messages are left in the batch.
    public private(set) var count: Int

    init(copying source: UnsafePointer<UnsafeMutablePointer<rd_kafka_message_t>?>, count: Int) {
        messages = .allocate(capacity: max(1, count))
        messages.update(from: source, count: count)
        self.count = count
    }

    /// Of messages that are given to the batch.
    public init(_ messages: [Message]) {
        self.messages = .allocate(capacity: max(1, messages.count))
        for (index, message) in messages.enumerated() { (self.messages + index).initialize(to: message.pointer) }
        count = messages.count
    }

    deinit {
        destroy()
        messages.deallocate()
    }

    public var isEmpty: Bool { count == 0 }

    /// - Parameter index: from 0, below `count`.
    @inlinable public subscript(index: Int) -> Message {
        precondition(index >= 0 && index < count, "message \(index) of a batch of \(count)")
        return Message(messages[index].unsafelyUnwrapped)
    }

    /// Gives the memory of all messages back. Their keys and values are gone.
    public func destroy() {
        for index in 0..<count { self[index].destroy() }
        count = 0
    }

    /// Empties the batch, each message to a new owner, who destroys it in the end.
    @inlinable public func handOver(_ take: (Message) -> Void) {
        let taken = count
        forget()
        for index in 0..<taken { take(Message(messages[index].unsafelyUnwrapped)) }
    }

    @usableFromInline func forget() { count = 0 }
}
