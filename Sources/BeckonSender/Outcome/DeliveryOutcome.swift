import BeckonModel

/// What became of a decision, as the outcomes topic tells it.
enum DeliveryOutcome: Equatable {
    case delivered
    /// Given up; also in the dead letters.
    case failed(DeliveryResult)
    /// The same, because no message could be made of it: nothing was attempted.
    case unmade(MessageProblem)
    case expired
    case recalled
    case skipped(Skip)

    enum Skip: Equatable {
        /// A record of what would have been.
        case shadow
        /// No provider is configured for its channel.
        case channel
        /// The message ended itself, for a reason in its own words.
        case aborted(reason: String)

        static let abortedWord = "aborted"
        static let words = ["shadow", "channel", abortedWord]

        var word: String {
            switch self {
            case .shadow: "shadow"
            case .channel: "channel"
            case .aborted: Self.abortedWord
            }
        }
    }

    var type: String {
        switch self {
        case .delivered: "delivered"
        case .failed, .unmade: "failed"
        case .expired: "expired"
        case .recalled: "recalled"
        case .skipped: "skipped"
        }
    }

    static let types = ["delivered", "failed", "expired", "recalled", "skipped"]
    /// Beside those of ``DeliveryResult/Kind``.
    static let unmadeClass = "message"

    /// - Parameters:
    ///   - provider: of the last attempt.
    ///   - attempts: calls that were committed, so far as this sender knows.
    func bytes(_ decision: Decision, provider: String?, attempts: Int, at: Milliseconds) -> [UInt8] {
        var object = JSONObject()
        object.add("type", type)
        object.add("decision", decision.id)
        object.add("rule", decision.rule)
        object.add("version", decision.version)
        object.add("person", decision.person)
        object.add("key", decision.key)
        object.add("channel", decision.channel)
        object.add("provider", provider)
        object.add("attempts", attempts)
        object.add("at", Timestamp.text(at))
        switch self {
        case .failed(let result):
            object.add("class", result.kind.rawValue)
            object.add("code", result.code)
        case .unmade(let problem):
            object.add("class", Self.unmadeClass)
            object.add("code", problem.code)
        case .skipped(let why):
            object.add("reason", why.word)
            if case .aborted(let reason) = why, !reason.isEmpty { object.add("detail", reason) }
        case .delivered, .expired, .recalled: break
        }
        return object.finish()
    }
}
