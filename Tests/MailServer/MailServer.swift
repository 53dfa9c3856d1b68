import Foundation
import Synchronization

/// A real mail server on this machine, aiosmtpd, that remembers what came and fails as it is told.
public final class MailServer: Sendable {
    public enum Security: String, Sendable {
        case none, starttls, tls
    }

    /// What it can fail at.
    public enum Phase: String, Sendable, CaseIterable {
        case greeting, ehlo, starttls, auth, mail, rcpt, data
        /// Behind DATA's 354.
        case body
        /// Behind the final dot.
        case end
    }

    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// A message as Python's email package reads it.
    public struct Message: Decodable, Sendable {
        public let sender: String
        public let recipients: [String]
        public let headers: [String: String]
        /// Of the headers, in their order.
        public let names: [String]
        public let subject: String
        /// Shown names and addresses.
        public let from, to, replyTo: [[String]]
        public let types, encodings: [String]
        public let plain: String?
        public let html: String?
        /// What is wrong with it, as Python says.
        public let defects: [String]
        public let lineBytesMax: Int
        public let isASCII: Bool
        /// Whether a CR or LF stands alone somewhere.
        public let hasBareEnds: Bool
        public let raw: String
    }

    /// A message that came to its final dot, where the faults are random.
    public struct Taken: Sendable {
        /// What stands before the @ of its Message-ID.
        public let id: String
        /// The answer or action instead of 250; empty without one.
        public let fault: String
    }

    private struct Line: Decodable {
        var port: UInt16?
        var connection: Bool?
        var command: String?
        var hello: String?
        var mechanism: String?
        var waiting: Int?
        var message: Message?
        var taken: String?
        var fault: String?
    }

    private struct State {
        var connectionCount = 0
        var commands: [String] = []
        var hellos: [String] = []
        var mechanisms: [String] = []
        var waitingMax = 0
        var messages: [Message] = []
        var taken: [Taken] = []
    }

    /// Python with aiosmtpd; scripts/test makes one.
    private static let python = ProcessInfo.processInfo.environment["BECKON_TEST_MAIL_PYTHON"]

    /// For `.enabled(if:)`. Starts nothing.
    public static var isAvailable: Bool { python.map { FileManager.default.isExecutableFile(atPath: $0) } ?? false }

    public let port: UInt16
    private let process: Process
    private let input = Pipe()
    private let state: Mutex<State>

    /// - Parameters:
    ///   - faults: answers such as `450 4.2.0 later`, or `drop`, `reset`, `hang`, `wait`.
    ///   - once: each fault only the first time.
    ///   - remembersRefused: whether a message that meets a fault at its end is among the messages.
    public convenience init(
        _ security: Security = .none, certificates: MailCertificates? = nil,
        login: (user: String, password: String)? = nil,
        withoutPlain: Bool = false, faults: [Phase: String] = [:], once: Bool = false, remembersRefused: Bool = false,
        sizeMax: Int = 33_554_432
    ) throws {
        var options: [String: Any] = [
            "tls": security.rawValue, "once": once, "record": remembersRefused, "size": sizeMax,
            "faults": Dictionary(uniqueKeysWithValues: faults.map { ($0.key.rawValue, $0.value) }),
        ]
        if let certificates {
            options["cert"] = certificates.serverPath
            options["key"] = certificates.keyPath
        }
        if let login {
            options["user"] = login.user
            options["password"] = login.password
            options["withoutPlain"] = withoutPlain
        }
        try self.init(options)
    }

    /// One that fails by chance, and of whose messages only ``taken`` is remembered.
    ///
    /// - Parameter faults: by phase and action, in per cent.
    public convenience init(random faults: [Phase: [String: Double]], seed: UInt64) throws {
        try self.init([
            "tls": Security.none.rawValue, "lean": true, "seed": seed,
            "random": Dictionary(uniqueKeysWithValues: faults.map { ($0.key.rawValue, $0.value) }),
        ])
    }

    private init(_ options: [String: Any]) throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("server.py")
        let output = Pipe()
        process = Process()
        process.executableURL = URL(fileURLWithPath: Self.python ?? "")
        process.arguments = [
            script.path, String(decoding: try JSONSerialization.data(withJSONObject: options), as: UTF8.self),
        ]
        process.standardInput = input
        process.standardOutput = output
        state = Mutex(State())
        // It ends with this process, also when that crashes, as long as nobody else holds the other end.
        _ = fcntl(input.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        try process.run()
        let lines = LineReader(output.fileHandleForReading)
        guard let first = lines.next(), let port = try JSONDecoder().decode(Line.self, from: first).port else {
            throw Failure(description: "the mail server has not started")
        }
        self.port = port
        Thread.detachNewThread { [weak self] in
            while let line = lines.next() { self?.note(line) }
        }
    }

    deinit {
        // What this process does not hear (SIGTERM, where a shutdown is tested) its children do not hear either.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    private func note(_ bytes: Data) {
        guard let line = try? JSONDecoder().decode(Line.self, from: bytes) else { return }
        state.withLock { state in
            if line.connection == true { state.connectionCount += 1 }
            if let command = line.command { state.commands.append(command) }
            if let hello = line.hello { state.hellos.append(hello) }
            if let mechanism = line.mechanism { state.mechanisms.append(mechanism) }
            if let waiting = line.waiting { state.waitingMax = max(state.waitingMax, waiting) }
            if let message = line.message { state.messages.append(message) }
            if let id = line.taken { state.taken.append(Taken(id: id, fault: line.fault ?? "")) }
        }
    }

    public var connectionCount: Int { state.withLock { $0.connectionCount } }
    /// Phases, `quit` among them, as their commands came.
    public var commands: [String] { state.withLock { $0.commands } }
    /// What clients have called themselves.
    public var hellos: [String] { state.withLock { $0.hellos } }
    public var mechanisms: [String] { state.withLock { $0.mechanisms } }
    /// The most connections that the fault `wait` has held at a time.
    public var waitingMax: Int { state.withLock { $0.waitingMax } }
    public var messages: [Message] { state.withLock { $0.messages } }
    public var taken: [Taken] { state.withLock { $0.taken } }

    /// Waits until it has taken so many. They are told a moment after they were taken.
    public func awaitMessages(_ count: Int, seconds: Double = 20) -> [Message] {
        wait(seconds) { self.messages.count >= count }
        return messages
    }

    /// Waits until a command has come.
    public func awaitCommand(_ command: String, seconds: Double = 20) -> Bool {
        wait(seconds) { self.commands.contains(command) }
        return commands.contains(command)
    }

    private func wait(_ seconds: Double, until isSo: () -> Bool) {
        let deadline = Date().addingTimeInterval(seconds)
        while !isSo(), Date() < deadline { usleep(2_000) }
    }
}

/// The lines of a pipe. Belongs to one thread at a time.
private final class LineReader: @unchecked Sendable {
    private let handle: FileHandle
    private var buffer = Data()

    init(_ handle: FileHandle) { self.handle = handle }

    /// nil: the other end is closed.
    func next() -> Data? {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                defer { buffer = Data(buffer[buffer.index(after: end)...]) }
                return Data(buffer[..<end])
            }
            let more = handle.availableData
            if more.isEmpty { return nil }
            buffer += more
        }
    }
}
