import BeckonModel

/// Hands emails to a relay.
///
/// The addresses that calls of webhooks may connect to are not asked here: the operator names the relay, and no decision can change it.
public final class SMTPProvider: DeliveryProvider {
    private let relay: SMTPRelay
    private let connections: SMTPConnections

    /// - Parameter connectionsMax: at a time; each has a thread.
    public init(_ relay: SMTPRelay, connectionsMax: Int) {
        self.relay = relay
        connections = SMTPConnections(relay, max: connectionsMax)
    }

    public func message(of content: DeliveryContent) -> Result<DeliveryMessage, MessageProblem> {
        do throws(MessageProblem) { return .success(try email(content)) } catch { return .failure(error) }
    }

    private func email(_ content: DeliveryContent) throws(MessageProblem) -> DeliveryMessage {
        guard let part = content.part else {
            throw MessageProblem(code: "noPart", detail: "an email needs a message with a part `email`")
        }
        let text = part["text"].flatMap { $0.isEmpty ? nil : $0 }
        var html = part["html"].flatMap { $0.isEmpty ? nil : $0 }
        if text == nil && html == nil {
            throw MessageProblem(code: "empty", detail: "neither text nor html has anything")
        }
        if let preheader = part["preheader"], !preheader.isEmpty {
            html = html.map { Preheader.insert(preheader, into: $0) }
        }
        guard let to = try address(part["to"], "to") else {
            throw MessageProblem(
                code: "noAddress", detail: "neither the message's `to` nor the rule's data has an address")
        }
        let from = try address(part["from"], "from") ?? relay.from
        let decision = content.decision
        var email = EmailMessage(
            from: from, replyTo: try address(part["replyTo"], "replyTo") ?? relay.replyTo, to: to,
            subject: part["subject"] ?? "", text: text, html: html, dateMs: decision.decidedAtMs, id: decision.id)
        email.unsubscribeURL = content.unsubscribeURL
        if let sender = relay.feedbackId {
            email.feedback = [decision.rule, decision.template ?? "", decision.messageClass, sender]
        }
        let bytes = email.bytes()
        if bytes.count > EmailMessage.bytesMax {
            throw MessageProblem(
                code: "tooLarge",
                detail: "the email has \(bytes.count) bytes, at most \(EmailMessage.bytesMax) are sent")
        }
        let envelope = DeliveryMessage.Envelope(sender: (relay.returnPath ?? from).address, recipients: [to.address])
        return DeliveryMessage(contentType: "message/rfc822", body: bytes, envelope: envelope)
    }

    /// nil: there is none.
    private func address(_ text: String?, _ field: String) throws(MessageProblem) -> MailAddress? {
        guard let text, !text.isEmpty else { return nil }
        do throws(MailAddressProblem) { return try MailAddress(text) } catch {
            throw MessageProblem(code: error.code, detail: "`\(field)` \(error)")
        }
    }

    public func start(_ attempt: DeliveryAttempt, _ done: @escaping @Sendable (DeliveryResult) -> Void) {
        guard let envelope = attempt.message.envelope else {
            return done(DeliveryResult(.refused, code: "noAddress"))
        }
        let call = SMTPCall(
            sender: envelope.sender, recipients: envelope.recipients, message: attempt.message.body,
            beginsBeforeMs: attempt.beginsBeforeMs)
        connections.start(call) { done(DeliveryResult($0)) }
    }

    public func stop() { connections.stop() }
}
