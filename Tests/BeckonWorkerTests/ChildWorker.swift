import BeckonWorker
import Foundation
import KafkaFixture

/// A worker in a process of its own.
final class ChildWorker {
    let pid: pid_t
    private let logFile: URL
    private var status: Int32?

    /// - Parameter settings: further arguments of `WorkerProcess`.
    convenience init(
        _ stage: WorkerStage, instance: String = "one", state: String?, rules: String, settings: [String: String] = [:]
    ) throws {
        var words = [
            "brokers=\(stage.configuration.brokers)", "events=\(stage.events.joined(separator: ","))",
            "prefix=\(stage.configuration.group)", "group=\(stage.configuration.group)", "instance=\(instance)",
            "rules=\(try stage.rulesFile(rules))",
        ]
        if let state { words.append("state=\(state)") }
        words += settings.map { "\($0.key)=\($0.value)" }
        try self.init("WorkerProcess", words, of: stage)
    }

    /// - Parameter program: one that is built beside the tests.
    init(_ program: String, _ words: [String], of stage: WorkerStage) throws {
        let folder = URL(fileURLWithPath: NSTemporaryDirectory())
        logFile = folder.appendingPathComponent("\(stage.configuration.group)-\(UInt32.random(in: 0 ..< .max)).log")
        pid = try Spawn.run([Self.folder.appendingPathComponent(program).path] + words, log: logFile)
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: logFile)
    }

    /// Where what is built beside the tests lies.
    private static let folder: URL = {
        let tests =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        let beside = URL(fileURLWithPath: tests).deletingLastPathComponent()
        if FileManager.default.fileExists(atPath: beside.appendingPathComponent("WorkerProcess").path) { return beside }
        // Some runners load the tests as a bundle: its path is an argument.
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: bundle).deletingLastPathComponent()
    }()

    var log: String { (try? String(contentsOf: logFile, encoding: .utf8)) ?? "" }

    func signal(_ number: Int32) { if status == nil { Foundation.kill(pid, number) } }

    /// SIGKILL, and waits until it is gone.
    func kill() {
        signal(SIGKILL)
        _ = awaitEnd(seconds: 10)
    }

    /// SIGTERM; the exit code, nil when it was not gone in time.
    func stop(seconds: Double = 20) -> Int32? {
        signal(SIGTERM)
        return awaitEnd(seconds: seconds)
    }

    /// The exit code, or the signal as a negative number; nil while it runs.
    func awaitEnd(seconds: Double) -> Int32? {
        let deadline = Date().addingTimeInterval(seconds)
        while true {
            if let status { return status }
            var raw: Int32 = 0
            if waitpid(pid, &raw, WNOHANG) == pid {
                status = raw & 0x7F == 0 ? raw >> 8 & 0xFF : -(raw & 0x7F)
                return status
            }
            if Date() > deadline { return nil }
            usleep(2_000)
        }
    }

    var isRunning: Bool { awaitEnd(seconds: 0) == nil }
}

extension WorkerStage {
    /// Written once for all workers of the stage.
    func rulesFile(_ rules: String) throws -> String {
        let file = state + ".yaml"
        if !FileManager.default.fileExists(atPath: file) {
            try rules.write(toFile: file, atomically: true, encoding: .utf8)
        }
        return file
    }
}
