import Synchronization
import Testing

@testable import BeckonService

@Suite struct `Status server` {
    let metrics = Metrics()
    static let anyPort = NetworkAddress(host: "127.0.0.1", port: 0)

    @Test func `serves metrics, health and readiness`() throws {
        metrics.counter("beckon_test_events_total", "Events.").add(7)
        let server = try StatusServer(Self.anyPort, metrics: metrics) { .notReady("Partition 3 is being restored.") }
        defer { server.stop() }
        let port = server.address.port
        let page = HTTPClient.request("GET", "/metrics", port: port)
        #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(page.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"))
        #expect(page.hasSuffix("\nbeckon_test_events_total 7\n"))
        #expect(HTTPClient.request("GET", "/healthz", port: port).hasSuffix("\r\n\r\nhealthy\n"))
        let ready = HTTPClient.request("GET", "/readyz", port: port)
        #expect(ready.hasPrefix("HTTP/1.1 503 ") && ready.hasSuffix("\r\n\r\nPartition 3 is being restored.\n"))
    }

    @Test func `readiness is asked anew each time`() throws {
        let isReady = Atomic(false)
        let server = try StatusServer(Self.anyPort, metrics: metrics) {
            isReady.load(ordering: .relaxed) ? .ready : .notReady("Not yet.")
        }
        defer { server.stop() }
        #expect(HTTPClient.request("GET", "/readyz", port: server.address.port).hasPrefix("HTTP/1.1 503 "))
        isReady.store(true, ordering: .relaxed)
        #expect(HTTPClient.request("GET", "/readyz", port: server.address.port).hasPrefix("HTTP/1.1 200 "))
    }

    @Test func `other paths are 404 and other methods 405`() throws {
        let server = try StatusServer(Self.anyPort, metrics: metrics) { .ready }
        defer { server.stop() }
        let port = server.address.port
        #expect(HTTPClient.request("GET", "/", port: port).hasPrefix("HTTP/1.1 404 "))
        #expect(HTTPClient.request("GET", "/metrics/x", port: port).hasPrefix("HTTP/1.1 404 "))
        let refused = HTTPClient.request("POST", "/metrics", port: port, body: "x")
        #expect(refused.hasPrefix("HTTP/1.1 405 ") && refused.contains("Allow: GET, HEAD\r\n"))
        #expect(HTTPClient.request("HEAD", "/healthz", port: port).hasSuffix("\r\n\r\n"))
    }

    @Test func `a request that is too long or not HTTP does no harm`() throws {
        let server = try StatusServer(Self.anyPort, metrics: metrics) { .ready }
        defer { server.stop() }
        let port = server.address.port
        let long = HTTPClient.request("GET", "/" + String(repeating: "x", count: 100_000), port: port)
        #expect(!long.hasPrefix("HTTP/1.1 200"))
        HTTPClient(port: port).send("\0\u{1}\u{2}\r\n\r\n")
        #expect(HTTPClient.request("GET", "/healthz", port: port).hasPrefix("HTTP/1.1 200 "))
    }

    @Test func `a port in use is told in words, and is free again after stop`() throws {
        let first = try StatusServer(Self.anyPort, metrics: metrics) { .ready }
        let error = #expect(throws: ServiceError.self) {
            try StatusServer(first.address, metrics: metrics) { .ready }
        }
        #expect(error?.code == .addressInUse)
        #expect(error?.description.contains("Port \(first.address.port) on 127.0.0.1 is in use") == true)
        first.stop()
        first.stop()
        let second = try StatusServer(first.address, metrics: metrics) { .ready }
        second.stop()
    }

    @Test func `an address of another machine is told in words`() {
        let error = #expect(throws: ServiceError.self) {
            try StatusServer(NetworkAddress(host: "192.0.2.1", port: 0), metrics: metrics) { .ready }
        }
        #expect(error?.code == .addressUnknown)
    }
}
