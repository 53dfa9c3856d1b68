import BeckonKafka
import BeckonService
import BeckonWorker
import Foundation
import KafkaFixture
import Testing

@Suite(.enabled(if: RealKafka.isAvailable), .serialized, .tags(.kafka), .timeLimit(.minutes(2)))
struct `Checkpoints of a worker on a real Kafka` {
    enum Damage: CaseIterable { case torn, flipped, ofAnotherPartition, ofAnotherJournal, stale }

    @Test(arguments: Damage.allCases)
    func `that cannot be used cost time, never a decision`(_ damage: Damage) throws {
        let stage = try WorkerStage(try RealKafka.shared())
        stage.configuration.checkpointIntervalMs = 200
        // With images these would be taken: it is the journal that must make up for the files.
        stage.configuration.replayWindowMs = nil
        let rules = WorkerStage.rules(`Worker on a real Kafka`.rules)
        var kept: [String: Data] = [:]
        // Two lives, so that there are checkpoints of two moments.
        for life in 0..<2 {
            let worker = stage.worker(rules)
            try worker.start()
            for person in 0..<8 {
                try stage.emit("p\(person)", #"{"event":"order_completed","properties":{"total":120}}"#)
            }
            try stage.flush()
            _ = try stage.await(stage.configuration.topics.decisions, count: 8 * (life + 1))
            worker.stop()
            if life == 0 { kept = try files(stage) }
        }
        let newest = try files(stage)
        try apply(damage, stage, newest, kept)
        let third = stage.worker(rules)
        try third.start()
        for person in 0..<8 { try stage.emit("p\(person)", #"{"event":"order_completed","properties":{"total":120}}"#) }
        try stage.flush()
        let decisions = try stage.await(stage.configuration.topics.decisions, count: 24)
        third.stop()
        #expect(third.endedBy == nil)
        #expect(decisions.count == 24)
        for orders in 1...3 {
            #expect(decisions.filter { $0.contains(#""orders":\#(orders)}"#) }.count == 8, "\(damage): \(decisions)")
        }
    }

    private func files(_ stage: WorkerStage) throws -> [String: Data] {
        var found: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: stage.state) {
            if let data = FileManager.default.contents(atPath: stage.state + "/" + name), !data.isEmpty {
                found[name] = data
            }
        }
        return found
    }

    private func apply(_ damage: Damage, _ stage: WorkerStage, _ newest: [String: Data], _ kept: [String: Data]) throws
    {
        #expect(newest.count >= 2, "\(newest.keys)")
        func write(_ name: String, _ data: Data) throws {
            try data.write(to: URL(fileURLWithPath: stage.state + "/" + name))
        }
        switch damage {
        case .torn: for (name, data) in newest { try write(name, data.prefix(data.count * 2 / 3)) }
        case .flipped:
            for (name, data) in newest {
                var data = data
                data[data.count / 2] ^= 0x10
                try write(name, data)
            }
        case .ofAnotherPartition:
            for (name, data) in newest {
                let other =
                    name.contains("-0.")
                    ? name.replacingOccurrences(of: "-0.", with: "-1.")
                    : name.replacingOccurrences(of: "-1.", with: "-0.")
                try write(other, data)
            }
        case .ofAnotherJournal:
            // Of another set of topics, under this one's names.
            let other = try WorkerStage(try RealKafka.shared())
            other.configuration.events = stage.events
            other.configuration.group = stage.configuration.group
            other.configuration.stateDirectory = stage.state
            try FileManager.default.removeItem(atPath: stage.state)
            let worker = other.worker(WorkerStage.rules(`Worker on a real Kafka`.rules))
            try worker.start()
            _ = try other.await(other.configuration.topics.decisions, count: 16)
            worker.stop()
            #expect(try !files(stage).isEmpty)
        case .stale:
            for name in newest.keys { try FileManager.default.removeItem(atPath: stage.state + "/" + name) }
            for (name, data) in kept { try write(name, data) }
        }
    }

    @Test func `that the disk has no room for are counted, and the work goes on`() throws {
        let stage = try WorkerStage(try RealKafka.shared(), partitionCount: 1)
        stage.configuration.checkpointIntervalMs = 100
        let folder = "\(stage.state)/\(stage.configuration.group)"
        let log = LogCatcher()
        let metrics = Metrics()
        let worker = stage.worker(WorkerStage.rules(`Worker on a real Kafka`.rules), log: log, metrics: metrics)
        try worker.start()
        defer { worker.stop() }
        try stage.awaitReady(worker)
        // Whatever step it is of: the file is a device that is always full.
        for seq in 1..<200 {
            try? FileManager.default.createSymbolicLink(
                atPath: "\(folder)/\(stage.events[0])-0.\(seq).tmp", withDestinationPath: "/dev/full")
        }
        for count in 1...5 {
            try stage.emit("ann", #"{"event":"order_completed","properties":{"total":120}}"#)
            try stage.flush()
            #expect(try stage.await(stage.configuration.topics.decisions, count: count).count == count)
            usleep(150_000)
        }
        #expect(worker.endedBy == nil)
        #expect(
            log.text.contains("Checkpoint not written") && log.text.contains("No space left on device"), "\(log.text)")
        let failures = metrics.exposition().split(separator: "\n").first {
            $0.hasPrefix("beckon_worker_checkpoint_failures_total ")
        }
        #expect(failures != nil && failures != "beckon_worker_checkpoint_failures_total 0")
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: prlimit), "no \(prlimit)"))
    func `cut off in their middle leave the last good one, and are written again when there is room`() throws {
        let stage = try WorkerStage(try RealKafka.shared(), partitionCount: 1)
        let rules = `Worker on a real Kafka`.rules
        func start() throws -> ChildWorker {
            try ChildWorker(stage, state: stage.state, rules: rules, settings: ["checkpointMs": "200"])
        }
        func order(_ total: Int) throws {
            try stage.emit("ann", #"{"event":"order_completed","properties":{"total":\#(total)}}"#)
            try stage.flush()
        }
        let worker = try start()
        // Two orders each, none of them large: people enough for a file of several times the limit.
        for _ in 0..<2 {
            for number in 0..<4_000 {
                try stage.emit("p\(number &* 2_654_435_761)", #"{"event":"order_completed","properties":{"total":50}}"#)
            }
        }
        try stage.flush()
        try stage.awaitJournal(0, positions: [8_000])
        try stage.wait(20, "a checkpoint of everybody") { try newest(stage).data.count > 2 * Self.limitBytes }
        try limitFiles(of: worker, to: "\(Self.limitBytes)")
        try order(110)
        try stage.wait(20, "it is cut off") { worker.log.contains("File too large") }
        let good = try newest(stage)
        for count in 2...4 {
            try order(120)
            #expect(try stage.await(stage.configuration.topics.decisions, count: count).count == count)
            usleep(250_000)
        }
        #expect(worker.isRunning, "\(worker.log.suffix(2_000))")
        #expect(worker.log.contains("Checkpoint not written"))
        #expect(try newest(stage) == good)
        #expect(try !files(stage).keys.contains { $0.hasSuffix(".tmp") })
        try limitFiles(of: worker, to: "unlimited")
        try order(130)
        try stage.wait(20, "a new checkpoint") { try newest(stage).seq > good.seq }
        worker.kill()
        let second = try start()
        try order(140)
        let decisions = try stage.await(stage.configuration.topics.decisions, count: 6)
        #expect(decisions.contains { $0.contains(#""data":{"total":140,"orders":6}"#) }, "\(decisions)")
        #expect(!second.log.contains("Checkpoint not used"), "\(second.log)")
        #expect(second.stop() == 0)
    }

    private static let limitBytes = 16_384
    private static let prlimit = "/usr/bin/prlimit"

    private struct Found: Equatable {
        var seq: Int64 = 0
        var data = Data()
    }

    private func newest(_ stage: WorkerStage) throws -> Found {
        try files(stage).reduce(into: Found()) { newest, file in
            guard let seq = file.key.split(separator: ".").last.flatMap({ Int64($0) }), seq > newest.seq else { return }
            newest = Found(seq: seq, data: file.value)
        }
    }

    /// What a disk does when it is full, at a size of our choice: writing beyond it fails.
    private func limitFiles(of worker: ChildWorker, to size: String) throws {
        let process = try Process.run(
            URL(fileURLWithPath: Self.prlimit), arguments: ["--pid", "\(worker.pid)", "--fsize=\(size):"])
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
