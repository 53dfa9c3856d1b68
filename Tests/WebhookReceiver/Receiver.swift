import Foundation
import Synchronization

/// A receiver of webhooks on this machine that remembers what came, and fails as it is told. HTTP/1.1, connections kept.
public final class Receiver: Sendable {
    /// What it does with a request.
    public enum Answer: Sendable, Equatable {
        case status(Int, headers: String = "")
        /// It has taken the message, and ends the connection without a word.
        case dropAfter
        /// It takes so long, then answers 200.
        case slow(milliseconds: Int)
    }

    public struct Request: Sendable {
        public let path: String
        /// Names in small letters.
        public let headers: [String: String]
        public let body: [UInt8]
        public let atMs: Int64
        public var answer: Answer
        public var id: String { headers["webhook-id"] ?? "" }

        public init(path: String, headers: [String: String], body: [UInt8], atMs: Int64, answer: Answer) {
            self.path = path
            self.headers = headers
            self.body = body
            self.atMs = atMs
            self.answer = answer
        }

        /// Whether somebody may have got the message: all but what it has refused in words.
        public var isTaken: Bool {
            switch answer {
            case .status(let status, _): status < 400 || status >= 500 && status != 503
            case .dropAfter, .slow: true
            }
        }
    }

    public let port: UInt16
    private let listener: Int32
    private let hasStopped = Atomic(false)
    private let choose: @Sendable (Request, _ before: Int) -> Answer
    private let state = Mutex<(requests: [Request], counts: [String: Int], connections: [Int32])>(([], [:], []))

    /// - Parameter choose: what to answer, given how many requests with this id came before.
    public init(_ choose: @escaping @Sendable (Request, _ before: Int) -> Answer) throws {
        self.choose = choose
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.listener = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isReady = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, length) == 0 && listen(listener, 1_024) == 0
                    && getsockname(listener, pointer, &length) == 0
            }
        }
        guard isReady else { throw CocoaError(.fileNoSuchFile) }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self] in
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                guard let self else {
                    close(connection)
                    break
                }
                self.state.withLock { $0.connections.append(connection) }
                Thread.detachNewThread { [weak self] in
                    var buffer: [UInt8] = []
                    while let self, self.serve(connection, &buffer) {}
                    close(connection)
                }
            }
        }
    }

    deinit { stop() }

    /// Takes no more connections. Once: the number of what is closed may be another's file by now.
    public func stop() {
        if hasStopped.exchange(true, ordering: .relaxed) { return }
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    public func url(_ path: String = "/hook") -> String { "http://127.0.0.1:\(port)\(path)" }

    public var requests: [Request] { state.withLock { $0.requests } }
    public var connectionCount: Int { state.withLock { $0.connections.count } }

    /// One request; false: the connection is over.
    private func serve(_ connection: Int32, _ buffer: inout [UInt8]) -> Bool {
        guard var request = read(connection, &buffer) else { return false }
        let before = state.withLock { state in
            defer { state.counts[request.id, default: 0] += 1 }
            return state.counts[request.id, default: 0]
        }
        request.answer = choose(request, before)
        state.withLock { $0.requests.append(request) }
        switch request.answer {
        case .dropAfter: return false
        case .slow(let milliseconds):
            usleep(UInt32(milliseconds) * 1_000)
            return send(connection, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
        case .status(let status, let headers):
            return send(connection, "HTTP/1.1 \(status) X\r\n\(headers)content-length: 0\r\n\r\n")
        }
    }

    private func send(_ connection: Int32, _ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return Foundation.send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    private func read(_ connection: Int32, _ buffer: inout [UInt8]) -> Request? {
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let range = buffer.firstRange(of: end) {
                let lines = String(decoding: buffer[..<range.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
                var headers: [String: String] = [:]
                for line in lines.dropFirst() {
                    let parts = line.split(separator: ":", maxSplits: 1)
                    if parts.count == 2 {
                        headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
                    }
                }
                let count = headers["content-length"].flatMap { Int($0) } ?? 0
                while buffer.count < range.upperBound + count { if !more(connection, &buffer) { return nil } }
                let body = Array(buffer[range.upperBound..<range.upperBound + count])
                buffer.removeFirst(range.upperBound + count)
                let path = lines[0].split(separator: " ").dropFirst().first.map(String.init) ?? ""
                return Request(
                    path: path, headers: headers, body: body, atMs: Int64(Date().timeIntervalSince1970 * 1_000),
                    answer: .status(200))
            }
            if !more(connection, &buffer) { return nil }
        }
    }

    private func more(_ connection: Int32, _ buffer: inout [UInt8]) -> Bool {
        var piece = [UInt8](repeating: 0, count: 16_384)
        let count = recv(connection, &piece, piece.count, 0)
        guard count > 0 else { return false }
        buffer += piece[..<count]
        return true
    }
}
