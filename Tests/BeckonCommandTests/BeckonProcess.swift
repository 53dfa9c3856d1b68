import Foundation
import Synchronization
import Testing

/// The program itself, run as users run it.
final class BeckonProcess: Sendable {
    struct Ending: Sendable {
        let status: Int32
        let output: String
        let errors: String
    }

    private let process: Process
    private let output: Collector
    private let errors: Collector

    /// Starts the program.
    /// - Parameter environment: beside PATH; nothing else of this process's reaches it.
    init(_ words: [String], input: String = "", environment: [String: String] = [:]) throws {
        process = Process()
        process.executableURL = Self.program
        process.arguments = words
        process.environment = environment.merging(
            ["PATH": "/usr/bin:/bin", "SWIFT_BACKTRACE": "enable=yes,threads=all,color=no,interactive=no"]
        ) { given, _ in given }
        let pipes = [Pipe(), Pipe(), Pipe()]
        process.standardInput = pipes[0]
        process.standardOutput = pipes[1]
        process.standardError = pipes[2]
        output = Collector(pipes[1].fileHandleForReading)
        errors = Collector(pipes[2].fileHandleForReading)
        try process.run()
        try pipes[0].fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try pipes[0].fileHandleForWriting.close()
    }

    /// Runs the program to its end.
    static func run(
        _ words: String..., input: String = "", environment: [String: String] = [:]
    ) throws -> Ending {
        try BeckonProcess(words, input: input, environment: environment).ending()
    }

    /// Runs a line of a shell that finds the program on its path.
    /// - Returns: what it said, its errors last.
    static func shell(_ line: String, in folder: String, environment: [String: String] = [:]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", line]
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let path = program.deletingLastPathComponent().path + ":/usr/bin:/bin"
        process.environment = environment.merging(["PATH": path]) { given, _ in given }
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let collectors = [output, errors].map { Collector($0.fileHandleForReading) }
        process.waitUntilExit()
        return collectors.map { $0.whole() }.joined()
    }

    var pid: Int32 { process.processIdentifier }
    /// What it has written so far.
    var written: (output: String, errors: String) { (output.text, errors.text) }
    var isRunning: Bool { process.isRunning }

    func terminate() { process.terminate() }

    /// Waits for the end. What has not ended by the deadline fails the test, and tells where it stood: SIGABRT has it print
    /// its threads.
    func ending(within seconds: TimeInterval = 120) -> Ending {
        let deadline = Date().addingTimeInterval(seconds)
        while process.isRunning, Date() < deadline { usleep(5_000) }
        if process.isRunning {
            kill(pid, SIGCONT)
            kill(pid, SIGABRT)
            let abortedBy = Date().addingTimeInterval(60)
            while process.isRunning, Date() < abortedBy { usleep(50_000) }
            kill(pid, SIGKILL)
            process.waitUntilExit()
            let words = (process.arguments ?? []).joined(separator: " ")
            Issue.record("`beckon \(words)` had not ended after \(seconds) s: \(errors.whole().suffix(20_000))")
        }
        return Ending(status: process.terminationStatus, output: output.whole(), errors: errors.whole())
    }

    /// Waits until something holds; false after so many seconds, or when the program has ended.
    func reached(within seconds: TimeInterval = 30, _ isReached: () throws -> Bool) rethrows -> Bool {
        let deadline = Date().addingTimeInterval(seconds)
        while Date() < deadline {
            if try isReached() { return true }
            if !isRunning { return try isReached() }
            usleep(20_000)
        }
        return false
    }

    /// Beside the tests' own bundle.
    private static var program: URL {
        let bundle = ProcessInfo.processInfo.arguments.first { $0.hasSuffix(".xctest") }
        let path =
            bundle ?? Bundle.allBundles.map(\.bundlePath).first { $0.hasSuffix(".xctest") } ?? Bundle.main.bundlePath
        return URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent("beckon")
    }

    /// Reads a pipe to its end on a thread of its own, so that the program never waits for its reader.
    private final class Collector: Sendable {
        private let bytes = Mutex(Data())
        private let done = DispatchSemaphore(value: 0)

        init(_ file: FileHandle) {
            Thread.detachNewThread { [self] in
                while case let piece = file.availableData, !piece.isEmpty { bytes.withLock { $0 += piece } }
                done.signal()
            }
        }

        var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }

        func whole() -> String {
            done.wait()
            done.signal()
            return text
        }
    }
}

/// A folder that goes with its test.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "beckon-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// - Returns: the file's path.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let url = URL(fileURLWithPath: path).appendingPathComponent(name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
        return url.path
    }
}
