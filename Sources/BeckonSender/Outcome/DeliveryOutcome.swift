import BeckonModel

/// What became of a decision, as the outcomes topic tells it.
enum DeliveryOutcome: Equatable {
    case delivered
    /// Given up; also in the dead letters.
    case failed(DeliveryResult)
    case expired
    case recalled
    case skipped(Skip)

    enum Skip: String, CaseIterable {
        /// A record of what would have been.
        case shadow
        /// No provider is configured for its channel.
        case channel
    }

    var type: String {
        switch self {
        case .delivered: "delivered"
        case .failed: "failed"
        case .expired: "expired"
        case .recalled: "recalled"
        case .skipped: "skipped"
        }
    }

    static let types = ["delivered", "failed", "expired", "recalled", "skipped"]

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
        case .skipped(let why): object.add("reason", why.rawValue)
        case .delivered, .expired, .recalled: break
        }
        return object.finish()
    }
}
