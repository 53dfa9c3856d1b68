import Testing

@testable import BeckonSender

@Suite struct `SMTP answer` {
    func reply(_ text: String) -> SMTPReply? { SMTPReply(line: Array(text.utf8)) }

    @Test func `is its numbers`() {
        #expect(reply("250 2.1.5 ok")?.text == "250 2.1.5")
        #expect(reply("550 5.1.1 <ann@x.example> unknown")?.text == "550 5.1.1")
        #expect(reply("550")?.text == "550")
        #expect(reply("550 no such user")?.text == "550")
        #expect(reply("550 4.1.1 says two things")?.text == "550")
        #expect(
            reply("550 5.1.1000 x")?.text == "550" && reply("550 5.1")?.text == "550"
                && reply("550 5.1.x")?.text == "550")
        #expect(reply("550-5.1.1 there is more") == nil)
        #expect(
            reply("") == nil && reply("ab") == nil && reply("199 x") == nil && reply("600 x") == nil
                && reply("abc d") == nil)
    }

    @Test(
        arguments: [
            // About the relay, whatever it was asked: another one may take the message.
            ("421 4.3.2 closing", .greeting, .unavailable), ("554 no", .greeting, .unavailable),
            ("451 later", .hello, .unavailable),
            ("502 no", .hello, .unavailable), ("454 4.7.0 no", .startTLS, .unavailable),
            ("535 5.7.8 no", .login, .unavailable),
            ("454 4.7.0 no", .login, .unavailable), ("421 x", .recipient, .unavailable), ("421 x", .end, .unavailable),
            ("530 5.7.0 x", .sender, .unavailable), ("530 5.7.0 x", .recipient, .unavailable),
            // About the sender, the same for all messages, but for their size.
            ("550 5.1.8 x", .sender, .unavailable), ("452 4.3.1 x", .sender, .throttled),
            ("552 5.3.4 x", .sender, .refused),
            ("554 5.3.4 x", .sender, .refused),
            // About the address and the message.
            ("450 4.2.1 x", .recipient, .throttled), ("452 4.2.2 x", .recipient, .throttled),
            ("550 5.1.1 x", .recipient, .refused),
            ("553 x", .recipient, .refused), ("550 5.2.1 x", .recipient, .refused),
            ("552 5.2.2 x", .recipient, .refused),
            ("550 5.4.1 x", .recipient, .refused), ("556 5.1.10 x", .recipient, .refused),
            ("550 5.7.17 x", .recipient, .refused), ("550 5.7.18 x", .recipient, .refused),
            ("554 x", .recipient, .refused), ("550 4.7.1 x", .recipient, .refused),
            // Asked for an address, and about the sender nevertheless: another relay may take the message.
            ("554 5.7.1 x", .recipient, .unavailable), ("550 5.7.26 x", .recipient, .unavailable),
            ("550 5.7.0 x", .recipient, .unavailable), ("553 5.1.8 x", .recipient, .unavailable),
            ("501 5.1.7 x", .recipient, .unavailable),
            // Of a message nobody knows whether another relay would like it better.
            ("554 5.7.1 x", .data, .refused), ("451 x", .data, .throttled), ("554 x", .data, .refused),
            ("451 4.7.1 x", .end, .throttled), ("550 5.7.1 x", .end, .refused), ("552 x", .end, .refused),
        ] as [(String, SMTPAnswer.Phase, DeliveryResult.Kind)])
    func `that refuses has its class by what was asked`(
        _ line: String, _ phase: SMTPAnswer.Phase, _ kind: DeliveryResult.Kind
    ) throws {
        let reply = try #require(self.reply(line))
        let result = DeliveryResult(SMTPAnswer(phase: phase, reply: reply))
        #expect(result == DeliveryResult(kind, code: reply.text))
    }

    @Test func `that is lost leaves the fate unknown only behind the message`() {
        for failure in [SMTPAnswer.Failure.timeout, .connection, .tls] {
            for phase in [SMTPAnswer.Phase.connect, .greeting, .login, .sender, .recipient, .data, .message] {
                #expect(DeliveryResult(SMTPAnswer(phase: phase, failure: failure)).kind == .unavailable, "\(phase)")
            }
            #expect(DeliveryResult(SMTPAnswer(phase: .end, failure: failure)).kind == .unknown)
        }
        #expect(DeliveryResult(SMTPAnswer(failure: .notStarted)).kind == .notStarted)
        #expect(DeliveryResult(SMTPAnswer(phase: .end)).kind == .unknown)
        #expect(DeliveryResult(SMTPAnswer(phase: .end, isTaken: true)) == .delivered)
    }
}
