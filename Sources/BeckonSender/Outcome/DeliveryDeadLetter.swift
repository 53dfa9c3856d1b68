/// Why a decision is among the dead letters.
public enum DeliveryDeadLetter: String, Sendable, CaseIterable {
    /// Refused, or failed too often, or no time was left for another try.
    case deliveryFailed
    /// A message that goes out at most once, and of which it is not known whether it did.
    case deliveryUnknown
    /// No message could be made of it.
    case messageFailed
    /// No decision that this version can read.
    case decisionUnreadable

    var explanation: String {
        switch self {
        case .deliveryFailed: "no provider took the message; its outcome says why. Mend the cause, then replay it"
        case .deliveryUnknown:
            "it may have been delivered, and its channel sends at most once: replay it only if you know that it was not"
        case .messageFailed:
            "no message could be made of it; beckon-detail says why. Mend the message, start the sender with it, then replay this"
        case .decisionUnreadable:
            "the record is not a decision or cancel that this version reads; it cannot be replayed"
        }
    }

    /// The headers of the dead letter, as those of events.
    /// - Parameter detail: what is wrong in this case, for people; empty: nothing beyond the explanation.
    func headers(topic: String, partition: Int32, offset: Int64, attempts: Int, detail: String = "")
        -> [(name: String, value: [UInt8])]
    {
        let details = detail.isEmpty ? [] : [("beckon-detail", Array(detail.utf8))]
        return [
            ("beckon-reason", Array(rawValue.utf8)), ("beckon-explanation", Array(explanation.utf8)),
            ("beckon-topic", Array(topic.utf8)), ("beckon-partition", Array(String(partition).utf8)),
            ("beckon-offset", Array(String(offset).utf8)), ("beckon-attempts", Array(String(attempts).utf8)),
        ] + details
    }
}
