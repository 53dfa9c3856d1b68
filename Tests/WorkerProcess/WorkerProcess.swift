import BeckonEngine
import BeckonModel
import BeckonService
import BeckonWorker
import Foundation

/// A worker as a process of its own, for tests that kill, stop and fence it.
///
/// Arguments are `name=value`: `brokers`, `events` (commas), `prefix` of Beckon's own topics, `group`, `instance`, `rules`
/// (a file); maybe `state`, `checkpointMs`, `commitMs`, `windowMs`, `imageBytes`, `timersMax`, `topicCheckMs`, `threads`, `crashesOn` (a text in the
/// events that crash the engine), and librdkafka's own as `client.NAME`. Ends with 0 after SIGTERM, with 1 and a
/// line that begins with `ended:` when the worker ends by itself.
@main
struct WorkerProcess {
    static func main() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        // Before any thread is there, so that all of them leave the signal to this one.
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let worker = makeWorker()
        do { try worker.start() } catch { end("\(error)") }
        while true {
            var timeout = timespec(tv_sec: 0, tv_nsec: 20_000_000)
            if sigtimedwait(&signals, nil, &timeout) == SIGTERM { break }
            if let error = worker.endedBy {
                worker.stop()
                end("\(error.code.rawValue): \(error)")
            }
        }
        worker.stop()
        if let error = worker.endedBy { end("\(error.code.rawValue): \(error)") }
        _exit(0)
    }

    private static func makeWorker() -> Worker {
        var values: [String: String] = [:]
        for argument in CommandLine.arguments.dropFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1)
            values[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
        }
        func value(_ name: String) -> String { values[name] ?? "" }
        let events = value("events").split(separator: ",").map(String.init)
        var configuration = WorkerConfiguration(brokers: value("brokers"), events: events, instance: value("instance"))
        configuration.group = value("group")
        configuration.stateDirectory = values["state"]
        configuration.topics = BeckonTopics(prefix: value("prefix"))
        configuration.checkpointIntervalMs = Int64(value("checkpointMs")) ?? configuration.checkpointIntervalMs
        configuration.commitDelayMs = Int64(value("commitMs")) ?? configuration.commitDelayMs
        configuration.timersPerStepMax = Int(value("timersMax")) ?? configuration.timersPerStepMax
        if let window = values["windowMs"] { configuration.replayWindowMs = window == "none" ? nil : Int64(window) }
        configuration.imageBytesPerSecond = Int(value("imageBytes")) ?? configuration.imageBytesPerSecond
        configuration.topicCheckIntervalMs = Int64(value("topicCheckMs")) ?? configuration.topicCheckIntervalMs
        configuration.threadCount = Int(value("threads")) ?? 1
        for (name, value) in values where name.hasPrefix("client.") {
            configuration.clientProperties[String(name.dropFirst(7))] = value
        }
        #if DEBUG
            PartitionEngine.crashesOn = Array(value("crashesOn").utf8)
        #endif
        let text = (try? Data(contentsOf: URL(fileURLWithPath: value("rules")))).map { Array($0) } ?? []
        let reading = RuleSet.read([RuleSource(file: "rules.yaml", text: text)])
        guard let rules = reading.ruleSet else { end(reading.diagnostics.map { "\($0)" }.joined(separator: "\n")) }
        return Worker(
            configuration, rules: rules, clock: ProcessClock(), log: Log(LogOutput(level: .info, format: .text)),
            metrics: Metrics())
    }

    private static func end(_ reason: String) -> Never {
        fflush(nil)
        FileHandle.standardOutput.write(Data("ended: \(reason)\n".utf8))
        // Whatever librdkafka still does on its threads must not keep the process.
        _exit(1)
    }
}

private struct ProcessClock: WallClock {
    func nowMs() -> Milliseconds { Int64(Date().timeIntervalSince1970 * 1000) }
}

extension BeckonTopics {
    /// The names that the tests' stage gives them.
    init(prefix: String) {
        self.init()
        decisions = "\(prefix).decisions"
        suppressions = "\(prefix).suppressions"
        outcomes = "\(prefix).outcomes"
        deadLetters = "\(prefix).dead-letters"
        journal = "\(prefix).journal"
        images = "\(prefix).images"
        environment = "\(prefix).environment"
    }
}
