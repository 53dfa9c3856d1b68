import BeckonModel
import BeckonTemplate

/// Says what decisions say: renders the part that a decision's message has for its channel.
public struct MessageRenderer: Sendable {
    private let messages: MessageSet?
    private let unsubscribeURL: @Sendable (Decision) -> String?

    /// - Parameters:
    ///   - messages: nil, or without any message: decisions have no parts.
    ///   - unsubscribeURL: the address at which a click ends the messages to a decision's person on its channel; nil: there is none.
    public init(
        messages: MessageSet? = nil, unsubscribeURL: @escaping @Sendable (Decision) -> String? = { _ in nil }
    ) {
        self.messages = messages.flatMap { $0.names.isEmpty ? nil : $0 }
        self.unsubscribeURL = unsubscribeURL
    }

    /// The same with other messages.
    func with(_ messages: MessageSet) -> MessageRenderer {
        MessageRenderer(messages: messages, unsubscribeURL: unsubscribeURL)
    }

    /// The same for each attempt of a decision, as long as the messages are: `now` is the time of the decision.
    ///
    /// - Parameter record: the decision's JSON as it stands on the log.
    func content(of decision: Decision, record: [UInt8]) -> Result<DeliveryContent, NoMessage> {
        let unsubscribeURL = unsubscribeURL(decision)
        return part(of: decision, record, unsubscribeURL).map { part in
            DeliveryContent(decision: decision, record: record, part: part, unsubscribeURL: unsubscribeURL)
        }
    }

    private func part(of decision: Decision, _ record: [UInt8], _ unsubscribeURL: String?)
        -> Result<RenderedPart?, NoMessage>
    {
        guard let messages, let name = decision.template else { return .success(nil) }
        // Other channels carry the decision itself.
        if let channels = messages.channels(of: name), !channels.contains(decision.channel),
            !MessageSet.channelsWithParts.contains(decision.channel)
        {
            return .success(nil)
        }
        guard let json = JSONValue.read(record) else {
            return .failure(.problem(MessageProblem(code: "data", detail: "the decision is nested too deep")))
        }
        return messages.render(
            part: decision.channel, of: name, decision: json, nowMs: decision.decidedAtMs,
            unsubscribeURL: unsubscribeURL
        )
        .map { $0 }.mapError(NoMessage.init)
    }
}

/// Why there is nothing to send.
enum NoMessage: Error, Equatable {
    /// The message ended itself, for a reason that its template gives.
    case aborted(reason: String)
    case problem(MessageProblem)

    init(_ failure: MessageFailure) {
        switch failure {
        case .aborted(let reason): self = .aborted(reason: reason)
        case .noMessage: self = .problem(MessageProblem(code: "noMessage", detail: failure.description))
        case .noPart: self = .problem(MessageProblem(code: "noPart", detail: failure.description))
        case .failed: self = .problem(MessageProblem(code: "template", detail: failure.description))
        }
    }

    var outcome: DeliveryOutcome {
        switch self {
        case .aborted(let reason): .skipped(.aborted(reason: reason))
        case .problem(let problem): .unmade(problem)
        }
    }

    /// Of a closed set.
    var word: String {
        switch self {
        case .aborted: DeliveryOutcome.Skip.abortedWord
        case .problem(let problem): problem.code
        }
    }
}
