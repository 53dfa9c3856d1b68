import BeckonModel
import Foundation
import Testing
import WebhookReceiver

@testable import BeckonSender

@Suite struct `Webhook provider` {
    static let secret = "whsec_" + Data(repeating: 7, count: 32).base64EncodedString()

    /// Sends one decision, and waits for the result.
    func send(
        _ provider: WebhookProvider, id: String = "d1", guarantee: DeliveryGuarantee = .atLeastOnce,
        beginsInMs: Int64 = 5_000
    ) throws -> DeliveryResult {
        guard case .decision(let decision) = try DecisionTexts.read(DecisionTexts.decision(id)) else {
            throw CancellationError()
        }
        let record = Array(DecisionTexts.decision(id).utf8)
        let message = try provider.message(of: DeliveryContent(decision: decision, record: record)).get()
        let attempt = DeliveryAttempt(
            decision: decision, message: message, number: 1, guarantee: guarantee, attemptedAtMs: 1_795_536_900_123,
            beginsBeforeMs: ProcessClock.nowMs + beginsInMs)
        let finished = FinishedCalls()
        provider.start(attempt) { finished.add(0, $0) }
        let deadline = Date().addingTimeInterval(30)
        while Date() < deadline {
            if let result = finished.take().first { return result.result }
            usleep(1_000)
        }
        throw CancellationError()
    }

    func endpoint(_ url: String, timeoutMs: Int64 = 15_000, secrets: [String] = [secret]) throws -> WebhookEndpoint {
        var endpoint = try WebhookEndpoint(url: url, privateHosts: ["127.0.0.1"])
        endpoint.secrets = secrets.compactMap { WebhookSecret($0) }
        endpoint.timeoutMs = timeoutMs
        return endpoint
    }

    @Test func `posts the decision as it stands, signed, on a connection that it keeps`() throws {
        let receiver = try Receiver { _, _ in .status(200) }
        let provider = WebhookProvider(
            try endpoint(receiver.url(), secrets: [Self.secret, "whsec_" + String(repeating: "QUJD", count: 8)]))
        defer { provider.stop() }
        for id in ["d1", "d2", "d3"] { #expect(try send(provider, id: id) == .delivered) }
        #expect(receiver.connectionCount == 1)
        let request = receiver.requests[0]
        #expect(String(decoding: request.body, as: UTF8.self) == DecisionTexts.decision("d1"))
        #expect(request.headers["content-type"] == "application/json")
        #expect(request.headers["webhook-id"] == "d1")
        #expect(request.headers["webhook-timestamp"] == "1795536900")
        let signatures = request.headers["webhook-signature"]?.split(separator: " ").map(String.init) ?? []
        #expect(signatures.count == 2)
        #expect(
            signatures[0]
                == WebhookSecret(Self.secret)?.signature(id: "d1", timestamp: 1_795_536_900, body: request.body))
    }

    @Test(arguments: [
        (201, DeliveryResult.Kind.delivered), (302, .refused), (400, .refused), (404, .refused), (408, .throttled),
        (410, .disabled),
        (429, .throttled), (500, .unknown), (502, .unknown), (503, .throttled), (504, .unknown),
    ])
    func `reads the status`(_ status: Int, _ kind: DeliveryResult.Kind) throws {
        let receiver = try Receiver { _, _ in .status(status, headers: "location: /elsewhere\r\n") }
        let provider = WebhookProvider(try endpoint(receiver.url()))
        defer { provider.stop() }
        let result = try send(provider)
        #expect(result.kind == kind)
        #expect(result.code == (kind == .delivered ? "" : "\(status)"))
        // Redirects are not followed, and nothing is repeated.
        #expect(receiver.requests.count == 1)
    }

    @Test func `hears when it may come again`() throws {
        let receiver = try Receiver { _, _ in .status(429, headers: "retry-after: 7\r\n") }
        let provider = WebhookProvider(try endpoint(receiver.url()))
        defer { provider.stop() }
        #expect(try send(provider) == DeliveryResult(.throttled, code: "429", retryAfterMs: 7_000))
    }

    /// Also on a connection that was kept: curl would send it once more by itself.
    @Test func `a connection that ends without an answer leaves the fate unknown, and nothing is repeated`() throws {
        let receiver = try Receiver { request, _ in request.id == "d1" ? .status(200) : .dropAfter }
        let provider = WebhookProvider(try endpoint(receiver.url()))
        defer { provider.stop() }
        #expect(try send(provider, id: "d1") == .delivered)
        #expect(try send(provider, id: "d2").kind == .unknown)
        #expect(receiver.requests.map(\.id) == ["d1", "d2"])
    }

    @Test func `at most once has a connection of its own`() throws {
        let receiver = try Receiver { _, _ in .status(200) }
        let provider = WebhookProvider(try endpoint(receiver.url()))
        defer { provider.stop() }
        for id in ["d1", "d2"] { #expect(try send(provider, id: id, guarantee: .atMostOnce) == .delivered) }
        #expect(receiver.connectionCount == 2)
    }

    @Test func `an answer that takes too long leaves the fate unknown`() throws {
        let receiver = try Receiver { _, _ in .slow(milliseconds: 3_000) }
        let provider = WebhookProvider(try endpoint(receiver.url(), timeoutMs: 200))
        defer { provider.stop() }
        #expect(try send(provider) == DeliveryResult(.unknown, code: "timeout"))
    }

    @Test func `where nobody listens nothing was sent`() throws {
        let receiver = try Receiver { _, _ in .status(200) }
        let url = receiver.url()
        receiver.stop()
        let provider = WebhookProvider(try endpoint(url))
        defer { provider.stop() }
        #expect(try send(provider) == DeliveryResult(.unavailable, code: "connect"))
    }

    @Test func `an address that is not public is not connected to, whatever its name`() throws {
        let receiver = try Receiver { _, _ in .status(200) }
        for host in ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "127.1"] {
            let provider = WebhookProvider(try WebhookEndpoint(url: "https://\(host):\(receiver.port)/hook"))
            defer { provider.stop() }
            #expect(try send(provider) == DeliveryResult(.refused, code: "privateAddress"), "\(host)")
        }
        #expect(receiver.connectionCount == 0)
    }

    /// The environment's proxy would connect where the guard does not look.
    @Test func `no proxy of the environment is used`() throws {
        let receiver = try Receiver { _, _ in .status(200) }
        setenv("https_proxy", receiver.url(""), 1)
        defer { unsetenv("https_proxy") }
        let provider = WebhookProvider(try WebhookEndpoint(url: "https://localhost:1/hook"))
        defer { provider.stop() }
        #expect(try send(provider).code == "privateAddress")
        #expect(receiver.connectionCount == 0)
    }

    @Test func `what cannot begin in time does not begin`() throws {
        let receiver = try Receiver { _, _ in .status(200) }
        let provider = WebhookProvider(try endpoint(receiver.url()))
        #expect(try send(provider, beginsInMs: -1).kind == .notStarted)
        provider.stop()
        #expect(try send(provider).kind == .notStarted)
        #expect(receiver.requests.isEmpty)
    }

    @Test func `a call that is cut off by the end leaves the fate unknown`() throws {
        let receiver = try Receiver { _, _ in .slow(milliseconds: 5_000) }
        let provider = WebhookProvider(try endpoint(receiver.url()))
        Thread.detachNewThread {
            while receiver.requests.isEmpty { usleep(1_000) }
            provider.stop()
        }
        #expect(try send(provider).kind == .unknown)
    }

    @Test func `bodies have a bound, both ways`() throws {
        let receiver = try Receiver { _, _ in
            .status(200, headers: "x-long: \(String(repeating: "x", count: 70_000))\r\n")
        }
        let provider = WebhookProvider(try endpoint(receiver.url()))
        defer { provider.stop() }
        // Its status had come before the rest was too much.
        #expect(try send(provider) == .delivered)
        guard case .decision(let decision) = try DecisionTexts.read(DecisionTexts.decision("d1")) else { return }
        let most = [UInt8](repeating: 0x20, count: WebhookProvider.bodyBytesMax)
        #expect((try? provider.message(of: DeliveryContent(decision: decision, record: most)).get()) != nil)
        let over = provider.message(of: DeliveryContent(decision: decision, record: most + [0x20]))
        #expect(throws: MessageProblem(code: "tooLarge", detail: "the body has 262145 bytes, at most 262144 are sent"))
        {
            try over.get()
        }
    }

    @Test(arguments: [
        ("http://example.com/", "is plain http"), ("ftp://example.com/", "begins with `ftp`"),
        ("https://a:b@example.com/", "has a name or password"),
        ("example.com", "is not a URL"), ("https:///hook", "is not a URL"), ("", "is not a URL"),
    ])
    func `a URL that will not do is refused in words`(_ url: String, _ words: String) {
        let problem = #expect(throws: WebhookProblem.self) { try WebhookEndpoint(url: url) }
        #expect(problem?.description.contains(words) == true)
    }
}
