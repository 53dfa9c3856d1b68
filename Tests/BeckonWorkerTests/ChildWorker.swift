import BeckonWorker
import Foundation
import KafkaFixture

/// A worker in a process of its own.
final class ChildWorker {
    let pid: pid_t
    private let logFile: URL
    private var status: Int32?

    /// - Parameter settings: further arguments of `WorkerProcess`.
    init(
        _ stage: WorkerStage, instance: String = "one", state: String?, rules: String, settings: [String: String] = [:]
    ) throws {
        let folder = URL(fileURLWithPath: NSTemporaryDirectory())
        let name = "\(stage.configuration.group)-\(UInt32.random(in: 0 ..< .max))"
        logFile = folder.appendingPathComponent("\(name).log")
        let rulesFile = stage.state + ".yaml"
        if !FileManager.default.fileExists(atPath: rulesFile) {
            try rules.write(toFile: rulesFile, atomically: true, encoding: .utf8)
        }
        var words = [
            Self.program, "brokers=\(stage.configuration.brokers)", "events=\(stage.events.joined(separator: ","))",
            "prefix=\(stage.configuration.group)", "group=\(stage.configuration.group)", "instance=\(instance)",
            "rules=\(rulesFile)",
        ]
        if let state { words.append("state=\(state)") }
        words += settings.map { "\($0.key)=\($0.value)" }
        pid = try Spawn.run(words, log: logFile)
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: logFile)
    }

    /// Built beside the tests.
    private static let program: String = {
        let tests =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        let beside = URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("WorkerProcess")
            .path
        if FileManager.default.fileExists(atPath: beside) { return beside }
        // Some runners load the tests as a bundle: its path is an argument.
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: bundle).deletingLastPathComponent().appendingPathComponent("WorkerProcess").path
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
