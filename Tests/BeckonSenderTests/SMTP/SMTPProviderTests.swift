import Foundation
import MailServer
import Testing

@testable import BeckonSender

@Suite(.enabled(if: MailServer.isAvailable)) struct `SMTP provider against a real mail server` {
    func provider(_ server: MailServer, max: Int = 4, change: (inout SMTPRelay) -> Void = { _ in }) throws
        -> SMTPProvider
    {
        SMTPProvider(try SMTPStage.relay("smtp://127.0.0.1:\(server.port)", change: change), connectionsMax: max)
    }

    @Test func `hands messages over, on a connection that it keeps`() throws {
        let server = try MailServer()
        let provider = try provider(server)
        defer { provider.stop() }
        for id in ["d1", "d2", "d3"] { #expect(try SMTPStage.send(provider, id: id) == .delivered) }
        let messages = server.awaitMessages(3)
        #expect(
            messages.map { $0.headers["Message-ID"] } == [
                "<d1@shop.example>", "<d2@shop.example>", "<d3@shop.example>",
            ])
        #expect(messages[0].sender == "news@shop.example" && messages[0].recipients == ["ann@x.example"])
        #expect(server.connectionCount == 1 && server.hellos == ["sender.test"])
    }

    @Test func `takes its leave when there is nothing to send`() throws {
        let server = try MailServer()
        let provider = try provider(server)
        defer { provider.stop() }
        #expect(try SMTPStage.send(provider) == .delivered)
        #expect(server.awaitCommand("quit"))
        #expect(try SMTPStage.send(provider) == .delivered)
        #expect(server.connectionCount == 2)
    }

    /// The phases, what happens there, and what it comes to.
    static let faults: [(MailServer.Phase, String, DeliveryResult)] = [
        (.greeting, "554 5.3.2 no", .init(.unavailable, code: "554 5.3.2")),
        (.greeting, "421 4.3.2 later", .init(.unavailable, code: "421 4.3.2")),
        (.ehlo, "421 4.3.2 later", .init(.unavailable, code: "421 4.3.2")),
        (.mail, "451 4.3.0 later", .init(.throttled, code: "451 4.3.0")),
        (.mail, "550 5.1.8 not you", .init(.unavailable, code: "550 5.1.8")),
        (.mail, "552 5.3.4 too big", .init(.refused, code: "552 5.3.4")),
        (.mail, "421 4.4.2 bye", .init(.unavailable, code: "421 4.4.2")),
        (.rcpt, "450 4.2.0 greylisted", .init(.throttled, code: "450 4.2.0")),
        (.rcpt, "550 5.1.1 <ann@x.example> who?", .init(.refused, code: "550 5.1.1")),
        (.rcpt, "550 who?", .init(.refused, code: "550")),
        (.rcpt, "554 5.7.1 <ann@x.example>: Relay access denied", .init(.unavailable, code: "554 5.7.1")),
        (.data, "451 4.3.0 later", .init(.throttled, code: "451 4.3.0")),
        (.data, "554 5.5.1 no", .init(.refused, code: "554 5.5.1")),
        (.end, "452 4.3.1 full", .init(.throttled, code: "452 4.3.1")),
        (.end, "554 5.7.1 spam", .init(.refused, code: "554 5.7.1")),
        (.end, "421 4.3.2 bye", .init(.unavailable, code: "421 4.3.2")),
    ]

    @Test(arguments: faults)
    func `a refusal has its class by the phase`(_ phase: MailServer.Phase, _ answer: String, _ result: DeliveryResult)
        throws
    {
        let server = try MailServer(faults: [phase: answer], once: true)
        let provider = try provider(server)
        defer { provider.stop() }
        #expect(try SMTPStage.send(provider) == result)
        // It is not repeated by itself, and the next one goes through.
        #expect(server.commands.filter { $0 == "mail" }.count <= 1)
        #expect(try SMTPStage.send(provider, id: "d2") == .delivered)
        #expect(server.awaitMessages(1).map { $0.headers["Message-ID"] } == ["<d2@shop.example>"])
    }

    @Test(arguments: [MailServer.Phase.greeting, .ehlo, .mail, .rcpt, .data], ["drop", "reset"])
    func `a connection that ends before the message was not taken`(_ phase: MailServer.Phase, _ action: String) throws {
        let server = try MailServer(faults: [phase: action])
        let provider = try provider(server)
        defer { provider.stop() }
        let result = try SMTPStage.send(provider)
        #expect(result.kind == .unavailable)
        // A reset may come before curl has seen that it is connected.
        let codes: [String?] = phase == .greeting ? ["connection", "connect"] : ["connection"]
        #expect(codes.contains(result.code))
        #expect(server.messages.isEmpty)
    }

    /// It is larger than what a connection can hold: the server ends it before all of it is on its way.
    @Test func `a connection that ends within the message was not taken`() throws {
        let server = try MailServer(faults: [.body: "reset"], sizeMax: 128 << 20)
        let call = SMTPCall(
            sender: "news@shop.example", recipients: ["ann@x.example"],
            message: [UInt8](repeating: UInt8(ascii: "x"), count: 64 << 20), beginsBeforeMs: .max)
        let connections = SMTPConnections(try SMTPStage.relay("smtp://127.0.0.1:\(server.port)"), max: 1)
        let finished = FinishedCalls()
        connections.start(call) { finished.add(0, DeliveryResult($0)) }
        #expect(try SMTPStage.results(finished, 1) == [DeliveryResult(.unavailable, code: "connection")])
        connections.stop()
    }

    @Test(arguments: ["drop", "reset"])
    func `an answer to the message that is lost leaves its fate unknown`(_ action: String) throws {
        let server = try MailServer(faults: [.end: action], remembersRefused: true)
        let provider = try provider(server)
        defer { provider.stop() }
        #expect(try SMTPStage.send(provider) == DeliveryResult(.unknown, code: "connection"))
        #expect(server.awaitMessages(1).count == 1)
        #expect(server.commands.filter { $0 == "data" }.count == 1, "nothing is repeated")
    }

    /// Behind 354 the message is on its way, and nobody can say how much of it came.
    @Test func `a short message that the server does not read leaves its fate unknown`() throws {
        let server = try MailServer(faults: [.body: "drop"])
        let provider = try provider(server)
        defer { provider.stop() }
        #expect(try SMTPStage.send(provider) == DeliveryResult(.unknown, code: "connection"))
    }

    @Test(arguments: [
        (MailServer.Phase.greeting, DeliveryResult.Kind.unavailable), (.ehlo, .unavailable), (.mail, .unavailable),
        (.rcpt, .unavailable),
        (.data, .unavailable), (.end, .unknown),
    ])
    func `who does not answer is not waited for`(_ phase: MailServer.Phase, _ kind: DeliveryResult.Kind) throws {
        let server = try MailServer(faults: [phase: "hang"])
        let provider = try provider(server) { relay in
            relay.timeouts.connectMs = 500
            relay.timeouts.replyMs = 500
            relay.timeouts.callMs = 3_000
        }
        defer { provider.stop() }
        let started = ContinuousClock.now
        #expect(try SMTPStage.send(provider) == DeliveryResult(kind, code: "timeout"))
        // Also the goodbye is not waited for, which curl would do for two minutes.
        #expect(ContinuousClock.now - started < .seconds(110))
    }

    @Test func `what takes a moment is waited for, and many do not wait for each other`() throws {
        let server = try MailServer(faults: [.end: "wait"])
        let provider = try provider(server, max: 10)
        defer { provider.stop() }
        let finished = FinishedCalls()
        for number in 0..<20 {
            provider.start(try SMTPStage.attempt(provider, SMTPStage.content([:], id: "d\(number)"))) {
                finished.add(0, $0)
            }
        }
        #expect(try SMTPStage.results(finished, 20).allSatisfy { $0 == .delivered })
        // Of a single curl handle one would wait at a time.
        #expect(server.waitingMax > 5)
        #expect(server.connectionCount == 10)
    }

    @Test func `where nobody listens nothing was sent`() throws {
        let port = try MailServer().port
        let provider = SMTPProvider(try SMTPStage.relay("smtp://127.0.0.1:\(port)"), connectionsMax: 1)
        defer { provider.stop() }
        #expect(try SMTPStage.send(provider) == DeliveryResult(.unavailable, code: "connect"))
    }

    @Test func `what cannot begin in time does not begin, and nothing does once it has stopped`() throws {
        let server = try MailServer()
        let provider = try provider(server)
        #expect(try SMTPStage.send(provider, beginsInMs: -1).kind == .notStarted)
        provider.stop()
        #expect(try SMTPStage.send(provider).kind == .notStarted)
        #expect(server.connectionCount == 0)
    }

    @Test(arguments: [(MailServer.Phase.rcpt, DeliveryResult.Kind.unavailable), (.end, .unknown)])
    func `a call that is cut off by the end is told as far as it is known`(
        _ phase: MailServer.Phase, _ kind: DeliveryResult.Kind
    ) throws {
        let server = try MailServer(faults: [phase: "hang"], remembersRefused: true)
        let provider = try provider(server)
        let finished = FinishedCalls()
        provider.start(try SMTPStage.attempt(provider, SMTPStage.content([:]))) { finished.add(0, $0) }
        #expect(server.awaitCommand(phase == .end ? "data" : "rcpt"))
        if phase == .end { #expect(server.awaitMessages(1).count == 1) }
        let started = ContinuousClock.now
        provider.stop()
        #expect(ContinuousClock.now - started < .seconds(110))
        #expect(try SMTPStage.results(finished, 1)[0].kind == kind)
    }

    /// The environment's proxy is for the web.
    @Test func `no proxy of the environment is used`() throws {
        setenv("all_proxy", "http://127.0.0.1:1", 1)
        defer { unsetenv("all_proxy") }
        let server = try MailServer()
        let provider = try provider(server)
        defer { provider.stop() }
        #expect(try SMTPStage.send(provider) == .delivered)
    }
}
