import BeckonKafka
import BeckonModel

/// What was fetched of one input of a partition and not yet applied, and how far its time is proved.
struct InputQueue {
    private(set) var records: [InputRecord] = []
    private var messages: [HeldMessage] = []
    /// Of `records`, those before it are applied.
    private(set) var first = 0
    /// The next offset to apply.
    var position: Int64
    /// The next offset that can come from the fetch, trailing control records counted.
    private(set) var fetchPosition: Int64
    /// The fetch has reached the end since the last record.
    private(set) var isDrained = false
    /// max(largest applied record timestamp not beyond the wall, newest proved end of the log).
    var topicTimeMs: Milliseconds
    /// The oldest answer that the position has not reached yet.
    private var proof: EndOfLog?

    init(position: Int64, topicTimeMs: Milliseconds) {
        self.position = position
        fetchPosition = position
        self.topicTimeMs = topicTimeMs
    }

    /// Of an input that nobody has read yet, until it is known where it begins.
    static let unknownPosition: Int64 = -1

    var count: Int { records.count - first }

    /// Offsets that are not applied yet, below an end that the broker has told; nil: it has not. Control records count
    /// while something waits before them.
    func lag(knownEnd: Int64?) -> Int {
        let applied = count == 0 ? fetchPosition : position
        return max(count, Int(clamping: (knownEnd ?? applied) - applied))
    }

    /// Takes the message over, or drops it: the batch calls may hand out what was consumed before (#4208).
    mutating func add(_ message: Message, timestampMs: Milliseconds) {
        let offset = message.offset
        guard offset >= fetchPosition else { return message.destroy() }
        fetchPosition = offset + 1
        isDrained = false
        let key = message.key
        let envelope = CloudEventEnvelope.structured(message)
        let value = envelope ?? message.value
        records.append(
            InputRecord(
                value: value?.baseAddress, valueCount: Int32(value?.count ?? 0), key: key?.baseAddress,
                keyCount: Int32(key?.count ?? 0),
                offset: offset, timestampMs: timestampMs))
        messages.append(HeldMessage(message: message, envelope: envelope))
    }

    mutating func reachedEnd(_ offset: Int64) {
        fetchPosition = max(fetchPosition, offset)
        isDrained = true
    }

    mutating func note(_ answer: EndOfLog) {
        if proof == nil { proof = answer }
        settleProof()
    }

    /// Once everything before the answered end is applied, the topic's time is when it was asked.
    mutating func settleProof() {
        guard let answer = proof else { return }
        let applied = count == 0 ? fetchPosition : position
        guard applied >= answer.highWatermark else { return }
        topicTimeMs = max(topicTimeMs, answer.askedAtWallMs)
        proof = nil
    }

    /// Forgets the first `taken` records, which were applied.
    mutating func remove(_ taken: Int) {
        for index in first..<first + taken { messages[index].destroy() }
        first += taken
        if first == records.count {
            records.removeAll(keepingCapacity: true)
            messages.removeAll(keepingCapacity: true)
            first = 0
        } else if first > 16_384 {
            records.removeFirst(first)
            messages.removeFirst(first)
            first = 0
        }
        settleProof()
    }

    /// Goes on there, and forgets what was fetched.
    mutating func begin(at offset: Int64) {
        position = offset
        removeAll()
    }

    /// Gives back what was not applied; it will be fetched again.
    mutating func removeAll() {
        for message in messages[first...] { message.destroy() }
        records.removeAll()
        messages.removeAll()
        first = 0
        fetchPosition = position
        isDrained = false
        proof = nil
    }
}

/// Memory that records point into.
private struct HeldMessage {
    let message: Message
    /// Of a CloudEvent whose attributes were headers.
    let envelope: UnsafeRawBufferPointer?

    func destroy() {
        envelope?.deallocate()
        message.destroy()
    }
}
