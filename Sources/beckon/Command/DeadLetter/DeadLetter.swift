import BeckonKafka
import BeckonModel
import BeckonSender

/// One record of the dead letters, as its headers tell it.
struct DeadLetter {
    let partition: Int32
    let offset: Int64
    /// When it became one, milliseconds since 1970.
    let timestampMs: Int64
    let reason: String
    let explanation: String
    /// What is wrong in this case; nil: the explanation says it all.
    let detail: String?
    /// Where it came from.
    let topic: String
    let sourcePartition: Int32
    let sourceOffset: Int64
    /// Of a decision: the number of its last attempt.
    let attempts: Int
    /// Only the beginning of its value was kept.
    let isCut: Bool
    let key: [UInt8]?
    let value: [UInt8]?

    init(_ message: Message) {
        func text(_ name: String) -> String? { message.header(name).map { String(decoding: $0, as: UTF8.self) } }
        partition = message.partition
        offset = message.offset
        timestampMs = message.timestampMs
        reason = text("beckon-reason") ?? "unknown"
        explanation = text("beckon-explanation") ?? ""
        detail = text("beckon-detail")
        topic = text("beckon-topic") ?? ""
        sourcePartition = text("beckon-partition").flatMap { Int32($0) } ?? message.partition
        sourceOffset = text("beckon-offset").flatMap { Int64($0) } ?? -1
        attempts = text("beckon-attempts").flatMap { Int($0) } ?? 0
        isCut = message.header("beckon-original-bytes") != nil
        key = message.key.map { Array($0) }
        value = message.value.map { Array($0) }
    }

    /// By which it is named on the command line.
    var place: String { "\(partition)-\(offset)" }

    private var delivery: DeliveryDeadLetter? { DeliveryDeadLetter(rawValue: reason) }
    /// Of the sender, not of the worker.
    var isDecision: Bool { delivery != nil }

    /// Why it cannot be replayed; nil: it can.
    var replayObstacle: String? {
        if delivery == .decisionUnreadable { return "it is no decision that can be read" }
        if topic.isEmpty { return "it does not say where it came from" }
        if isCut { return "only the beginning of its value was kept" }
        return nil
    }

    /// It may have been delivered: it is replayed only if that was asked for in so many words.
    var mayHaveGoneOut: Bool { delivery == .deliveryUnknown }

    var line: String {
        let time = timestampMs >= 0 ? Timestamp.text(timestampMs) : "-"
        let person = key.map { String(decoding: $0, as: UTF8.self) } ?? "-"
        return "\(place)  \(time)  \(reason)  \(topic)-\(sourcePartition)-\(sourceOffset)  \(person)"
    }

    var page: String {
        """
        \(line)
        \(explanation)\(detail.map { "\n\($0)" } ?? "")

        \(value.map { String(decoding: $0, as: UTF8.self) } ?? "(no value)")

        """
    }
}
