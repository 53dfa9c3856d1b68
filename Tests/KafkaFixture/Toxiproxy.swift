import Foundation

/// A Toxiproxy in front of a listener: a real network that is cut, or that swallows everything.
///
/// `BECKON_TEST_TOXIPROXY` names the program; else it is looked for in `../shared/toxiproxy` beside the package.
public final class Toxiproxy: Sendable {
    private let folder: URL
    private let guardian: Guardian
    private let port: Int
    private let pid: pid_t

    /// For `.enabled(if:)`. Starts nothing.
    public static var isAvailable: Bool { program != nil }
    /// Why a test that needs it was skipped.
    public static let absence = "no Toxiproxy: set BECKON_TEST_TOXIPROXY to toxiproxy-server"

    private static var program: URL? {
        let named = ProcessInfo.processInfo.environment["BECKON_TEST_TOXIPROXY"].map { URL(fileURLWithPath: $0) }
        let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("shared/toxiproxy/toxiproxy-server")
        return [named, beside].compactMap { $0 }.first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }

    /// - Parameter listener: one that is proxied.
    public init(_ listener: BrokerListener) throws {
        guard let program = Self.program else { throw KafkaFixtureError(Self.absence) }
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(RealKafka.uniqueName("toxiproxy"))
        let own = folder.appendingPathComponent("server")
        try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
        guardian = try Guardian(folder: folder)
        port = try FreePort.take(1)[0]
        pid = try Spawn.run([program.path, "-port", "\(port)"], log: own.appendingPathComponent("log"))
        try "\(pid)\n".write(to: own.appendingPathComponent("pid"), atomically: true, encoding: .utf8)
        let proxy =
            #"{"name":"kafka","listen":"127.0.0.1:\#(listener.advertisedPort)","upstream":"127.0.0.1:\#(listener.port)"}"#
        let deadline = Date().addingTimeInterval(10)
        var isReady = false
        while !isReady {
            do {
                try post("/proxies", proxy)
                isReady = true
            } catch {
                if Date() > deadline { throw error }
                Thread.sleep(forTimeInterval: 0.05)
            }
        }
    }

    deinit {
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
    }

    /// Ends every connection and refuses new ones.
    public func cut() throws { try post("/proxies/kafka", #"{"enabled":false}"#) }
    public func restore() throws { try post("/proxies/kafka", #"{"enabled":true}"#) }

    /// Swallows everything in both directions; connections stay, and new ones are accepted.
    public func swallow() throws {
        for stream in ["upstream", "downstream"] {
            try post(
                "/proxies/kafka/toxics",
                #"{"name":"\#(stream)","stream":"\#(stream)","type":"timeout","attributes":{"timeout":0}}"#)
        }
    }

    public func swallowNoMore() throws {
        for stream in ["upstream", "downstream"] { try request("DELETE", "/proxies/kafka/toxics/\(stream)", "") }
    }

    private func post(_ path: String, _ body: String) throws { try request("POST", path, body) }

    private func request(_ method: String, _ path: String, _ body: String) throws {
        let descriptor = try LocalSocket.connect(port: port)
        defer { close(descriptor) }
        let text =
            "\(method) \(path) HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        guard LocalSocket.write(descriptor, Array(text.utf8)),
            let answer = LocalSocket.read(descriptor, count: 12).map({ String(decoding: $0, as: UTF8.self) }),
            answer.hasSuffix(" 200") || answer.hasSuffix(" 201") || answer.hasSuffix(" 204")
        else { throw KafkaFixtureError("Toxiproxy refuses \(method) \(path) \(body)") }
    }
}
