import Foundation
import Synchronization

/// Stands between clients and one broker, and loses requests of one kind, or their answers: what a network does, but at
/// the very request that a test is about.
///
/// It knows of Kafka's protocol how a request begins: its length, then its kind.
public final class RequestProxy: Sendable {
    /// Kafka's numbers of its requests.
    public enum Kind: Int16, Sendable {
        case initProducerId = 22
        case endTransaction = 26
    }

    /// What does not arrive. Either way the connection ends.
    public enum Loss: Sendable, CaseIterable { case request, answer }

    private struct State {
        var loss: Loss?
        var kind: Kind?
        var until: Kind?
        var lostCount = 0
        var isClosed = false
        var connections: [ProxiedConnection] = []
    }

    private let state = Mutex(State())
    private let listening: Int32
    private let upstreamPort: Int

    /// - Parameter listener: one that is proxied.
    public init(_ listener: BrokerListener) throws {
        upstreamPort = listener.port
        listening = try LocalSocket.listen(port: listener.advertisedPort)
        Thread.detachNewThread { [self] in accept() }
    }

    /// From now on loses each of that kind, until a client sends one of the other kind.
    public func lose(_ loss: Loss, of kind: Kind, until: Kind) {
        state.withLock {
            $0.loss = loss
            $0.kind = kind
            $0.until = until
            $0.lostCount = 0
        }
    }

    /// How many were lost.
    public var lostCount: Int { state.withLock { $0.lostCount } }
    /// Whether everything arrives again.
    public var isWhole: Bool { state.withLock { $0.loss == nil } }

    /// Ends all connections.
    public func close() {
        let connections = state.withLock { state in
            state.isClosed = true
            return state.connections
        }
        shutdown(listening, Int32(SHUT_RDWR))
        for connection in connections { connection.end() }
    }

    private func accept() {
        while true {
            let client = Foundation.accept(listening, nil, nil)
            if client < 0 { break }
            guard let broker = try? LocalSocket.connect(port: upstreamPort) else {
                Foundation.close(client)
                continue
            }
            let connection = ProxiedConnection(client: client, broker: broker)
            let isClosed = state.withLock { state in
                state.connections.removeAll { $0.isEnded }
                state.connections.append(connection)
                return state.isClosed
            }
            if isClosed { connection.end() }
            Thread.detachNewThread { connection.passRequests { self.loss(of: $0) } }
            Thread.detachNewThread { connection.passAnswers() }
        }
        Foundation.close(listening)
    }

    private func loss(of kind: Int16) -> Loss? {
        state.withLock { state in
            if state.loss != nil, state.lostCount > 0, kind == state.until?.rawValue { state.loss = nil }
            guard let loss = state.loss, kind == state.kind?.rawValue else { return nil }
            state.lostCount += 1
            return loss
        }
    }
}

/// One client's connection and its other half.
private final class ProxiedConnection: Sendable {
    private let client: Int32
    private let broker: Int32
    /// The next answer is not passed on: it ends the connection.
    private let isMute = Atomic(false)
    private let ended = Atomic(false)

    init(client: Int32, broker: Int32) {
        self.client = client
        self.broker = broker
    }

    // Nobody uses them any more: both threads hold this object.
    deinit {
        close(client)
        close(broker)
    }

    var isEnded: Bool { ended.load(ordering: .acquiring) }

    func end() {
        ended.store(true, ordering: .releasing)
        shutdown(client, Int32(SHUT_RDWR))
        shutdown(broker, Int32(SHUT_RDWR))
    }

    func passRequests(_ loss: (Int16) -> RequestProxy.Loss?) {
        defer { end() }
        while let size = LocalSocket.read(client, count: 4) {
            let count = size.reduce(0) { $0 << 8 | Int($1) }
            guard count >= 2, let request = LocalSocket.read(client, count: count) else { return }
            switch loss(Int16(bitPattern: UInt16(request[0]) << 8 | UInt16(request[1]))) {
            case .request: return
            case .answer: isMute.store(true, ordering: .releasing)
            case nil: break
            }
            guard LocalSocket.write(broker, size + request) else { return }
        }
    }

    func passAnswers() {
        defer { end() }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(broker, &buffer, buffer.count, 0)
            if count <= 0 || isMute.load(ordering: .acquiring) { return }
            guard LocalSocket.write(client, Array(buffer[..<count])) else { return }
        }
    }
}
