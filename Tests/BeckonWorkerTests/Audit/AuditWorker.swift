import Foundation
import Oracle

/// A place in the fleet: a worker that dies and comes back, under this name or another, with its disk or without.
final class AuditWorker {
    /// As its process is now; nil between two lives.
    private(set) var process: ChildWorker?
    /// Something is being done to it, or it has not come back yet.
    var isBusy = false
    private let stage: WorkerStage
    private let rules: String
    private let number: Int
    private var nameCount = 0
    private var name: String
    private var folder: String { "\(stage.state)/\(number)" }
    private var hasDisk = true
    private(set) var record = AuditRecord()

    static let sessionSeconds = 6.0

    init(_ number: Int, _ stage: WorkerStage, rules: String) {
        self.number = number
        self.stage = stage
        self.rules = rules
        name = "worker-\(number)"
    }

    /// What it comes back as: mostly as it was, else with another name, without its folder, or on a machine without disk.
    func choose(_ random: inout SplitMix64) {
        if random.next() % 4 == 0 {
            nameCount += 1
            name = "worker-\(number)-\(nameCount)"
        }
        if random.next() % 4 == 0 { try? FileManager.default.removeItem(atPath: folder) }
        hasDisk = random.next() % 6 > 0
    }

    /// Each life has its own rhythm: long between commits, so that kills meet steps that are not committed, with checkpoints
    /// walked among them, and images of everybody at once or of few. The last life fires what is due without delay.
    func start(_ random: inout SplitMix64, isLast: Bool = false) throws {
        func pick(_ values: String...) -> String { values[Int(random.next() % UInt64(values.count))] }
        let topics = stage.configuration.topics
        let settings = [
            "worker.checkpoint.enabled": "\(hasDisk)", "worker.checkpoint.interval": pick("1s", "3s", "10s"),
            "worker.commit.delay": pick("5ms", "5ms", "100ms", "400ms"),
            "worker.timersPerStep": isLast ? "4096" : pick("3", "4096"),
            "durability.replayWindow": pick("0s", "300ms", "2s", "1m"),
            "durability.imageBytesPerSecond": pick("65536", "8388608"),
            "kafka.client.session.timeout.ms": "\(Int(Self.sessionSeconds * 1000))",
            "topics.decisions": topics.decisions, "topics.suppressions": topics.suppressions,
            "topics.outcomes": topics.outcomes, "topics.deadLetters": topics.deadLetters,
            "topics.journal": topics.journal, "topics.images": topics.images,
            "topics.environment": topics.environment,
        ]
        let words = [
            "work", "--brokers", stage.configuration.brokers, "--events", stage.events.joined(separator: ","),
            "--rules", try stage.rulesFile(rules), "--group", stage.configuration.group, "--instance", name,
            "--state-dir", folder, "--http", "127.0.0.1:0",
        ]
        let given = settings.sorted { $0.key < $1.key }.flatMap { ["--set", "\($0.key)=\($0.value)"] }
        process = try ChildWorker("beckon", words + given, of: stage)
    }

    /// Whether it has had a partition in this life.
    var hasRestored: Bool {
        guard let log = process?.log else { return false }
        return log.contains("Partition restored") || log.contains("Partition kept")
    }

    func signal(_ number: Int32) { process?.signal(number) }

    func kill() {
        process?.kill()
        bury()
    }

    /// Whether its process has ended, by itself or as it was asked to; then its log is read, and it may be started again.
    func hasEnded() -> Bool {
        guard let process else { return true }
        if process.isRunning { return false }
        bury()
        return true
    }

    private func bury() {
        guard let process else { return }
        record.add(log: process.log, status: process.awaitEnd(seconds: 0) ?? 0, name: name)
        self.process = nil
    }
}
