import BeckonModel
import BeckonWorker
import Foundation
import KafkaFixture
import Oracle
import Testing

@Suite(.enabled(if: RealKafka.isAvailable), .serialized, .tags(.kafka), .timeLimit(.minutes(6)))
struct `A killed worker on a real Kafka` {
    /// `BECKON_KILL_SEED` and `BECKON_KILL_COUNT` run another one.
    static let seed =
        ProcessInfo.processInfo.environment["BECKON_KILL_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0..<1_000_000)
    static let count = ProcessInfo.processInfo.environment["BECKON_KILL_COUNT"].flatMap(Int.init) ?? 25

    @Test func `loses nothing and repeats nothing in 25 kills under load`() throws {
        var random = SplitMix64(seed: Self.seed)
        let topics = random.next() % 2 == 0 ? ["events"] : ["events", "more"]
        let stage = try WorkerStage(
            try RealKafka.shared(), events: topics, partitionCount: Int32(2 + random.next() % 3))
        let short = ShortRules(seed: random.next())
        var load = SteadyLoad(seed: random.next())
        let timersMax = random.next() % 2 == 0 ? "3" : "4096"
        // Each life has its own rhythm: long between commits, so that kills meet steps that are not committed, with
        // checkpoints walked among them, and images of everybody at once, of few, or none. Some have no disk.
        func start() throws -> ChildWorker {
            let settings = [
                "checkpointMs": "\(30 + random.next() % 600)",
                "commitMs": ["15", "120", "400"][Int(random.next() % 3)], "timersMax": timersMax,
                "windowMs": ["0", "300", "2000", "60000", "none"][Int(random.next() % 5)],
                "imageBytes": ["1000", "8000000"][Int(random.next() % 2)],
            ]
            let state = random.next() % 4 == 0 ? nil : stage.state
            return try ChildWorker(stage, state: state, rules: short.yaml, settings: settings)
        }

        var sources: Set<String> = []
        var worker = try start()
        for _ in 0..<Self.count {
            // Some die while they restore; the others live for a while after it, however slow the machine is.
            if random.next() % 4 > 0 {
                let deadline = Date().addingTimeInterval(8)
                while !worker.hasRestored(stage.partitionCount), Date() < deadline {
                    try load.run(stage, seconds: 0.1)
                }
            }
            try load.run(stage, seconds: 0.5 + Double(random.next() % 1_500) / 1_000)
            #expect(worker.isRunning, "it ended by itself, seed \(Self.seed): \(worker.log.suffix(2_000))")
            worker.kill()
            for source in ["checkpoint", "images", "journal"] where worker.log.contains("restore.from=\(source) ") {
                sources.insert(source)
            }
            #expect(!worker.log.contains("Not restored from there"), "seed \(Self.seed): \(worker.log.prefix(4_000))")
            if random.next() % 3 == 0 { try? FileManager.default.removeItem(atPath: stage.state) }
            worker = try start()
        }
        try stage.awaitDrained(worker, afterMs: ShortRules.longestMs)
        #expect(worker.stop() == 0, "seed \(Self.seed): \(worker.log.suffix(2_000))")
        print("kill seed \(Self.seed): restored from \(sources.sorted().joined(separator: ", "))")
        try stage.proveReplay(short.yaml, from: "images")
        try stage.proveReplay(short.yaml, from: "journal")
        let (lines, found) = try stage.differences(short.rules, short.folds)
        if !lines.isEmpty {
            let kept = RealKafka.keepLogs(ofTopicsNamed: stage.configuration.group)
            let unmarked = RealKafka.unmarkedTransactionCount(onTopicsNamed: stage.configuration.group)
            Issue.record(
                "\(unmarked) transactions without markers; the brokers' logs are kept in \(kept ?? "your cluster's data")"
            )
        }
        #expect(
            lines.isEmpty,
            "BECKON_KILL_SEED=\(Self.seed) \(topics.count) topics\n\(lines.prefix(12).joined(separator: "\n"))\n\(short.yaml)"
        )
        #expect(load.count > 40 * Self.count && found > load.count / 4, "\(load.count) events, \(found) lines")
    }
}

extension ChildWorker {
    fileprivate func hasRestored(_ count: Int32) -> Bool {
        log.components(separatedBy: "Partition restored").count > Int(count)
    }
}

extension SteadyLoad {
    /// About a hundred events a second.
    mutating func run(_ stage: WorkerStage, seconds: Double) throws {
        let deadline = Date().addingTimeInterval(seconds)
        while Date() < deadline {
            for _ in 0..<2 { try emit(to: stage) }
            try stage.flush()
            usleep(18_000)
        }
    }
}

extension WorkerStage {
    /// Waits until everything is consumed, and the clock has passed what could still be due.
    func awaitDrained(_ worker: ChildWorker, afterMs: Int64, seconds: Double = 30) throws {
        let lastMs = Int64(Date().timeIntervalSince1970 * 1000)
        let deadline = Date().addingTimeInterval(seconds)
        var reason = ""
        while Date() < deadline {
            usleep(300_000)
            if !worker.isRunning { throw BrokenPromise("the worker ended: \(worker.log.suffix(2_000))") }
            if Int64(Date().timeIntervalSince1970 * 1000) < lastMs + afterMs + 1_500 { continue }
            reason = try undrained() ?? ""
            if reason.isEmpty { return }
        }
        throw BrokenPromise("not drained after \(seconds) s: \(reason)\n\(worker.log.suffix(2_000))")
    }

    private func undrained() throws -> String? {
        for partition in 0..<partitionCount {
            guard let last = try journal(partition).last else { return "partition \(partition) has no journal" }
            for (input, topic) in events.enumerated() {
                guard let end = try records(topic, partition).last?.offset else { continue }
                let position = last.standing.positions[input]
                if position <= end { return "\(topic)-\(partition): position \(position), records to \(end)" }
            }
        }
        return nil
    }

    /// Folds the whole journal again from its beginning, or from the images; the state's hash is compared.
    func proveReplay(_ yaml: String, from source: String) throws {
        configuration.stateDirectory = nil
        configuration.instance = "one"
        if source == "journal" { configuration.replayWindowMs = nil }
        let log = LogCatcher()
        let worker = worker(Self.rules(yaml), log: log)
        try worker.start()
        defer { worker.stop() }
        let deadline = Date().addingTimeInterval(30)
        while worker.readiness != .ready {
            if let error = worker.endedBy { throw BrokenPromise("replay: \(error)") }
            if Date() > deadline { throw BrokenPromise("replay is not ready: \(worker.readiness)") }
            usleep(20_000)
        }
        for line in log.text.split(separator: "\n") where line.contains("Partition restored") {
            if !line.contains("restore.from=\(source) ") { throw BrokenPromise("not from \(source): \(line)") }
        }
    }
}
