import BeckonService
import BeckonWorker
import Foundation
import KafkaFixture
import Oracle
import Testing

/// Partitions that move. The figures are printed; a test holds them to twice what is promised, for it is a debug build on a
/// machine that it does not have for itself.
@Suite(.enabled(if: RealKafka.canStart), .serialized, .tags(.kafka), .timeLimit(.minutes(8)))
struct `Several workers on three Kafka nodes` {
    private static let sessionMs: Int64 = 10_000
    private let seed = UInt64.random(in: 0..<1_000_000)

    /// What is done while the load goes on, and how long partitions stood still meanwhile.
    private struct Phase {
        let name: String
        let beginMs: Int64
        let endMs: Int64
    }

    @Test func `move partitions when one joins, leaves, crashes, restarts or stands still for a minute`() throws {
        let cluster = try PrivateKafka(nodeCount: 3)
        let stage = try WorkerStage(
            RealKafka(cluster), events: ["events", "more"], partitionCount: 8, replicationFactor: -1)
        let short = ShortRules(seed: seed)
        var load = SteadyLoad(seed: seed)
        func start(_ name: String) throws -> ChildWorker {
            try ChildWorker(
                stage, instance: name, state: "\(stage.state)/\(name)", rules: short.yaml,
                settings: ["checkpointMs": "2000"])
        }
        func owned(by name: String) throws -> Int { try stage.owners().count { $0 == name } }
        /// Until the owners are as they should be, and then a little longer.
        func phase(_ name: String, _ load: inout SteadyLoad, until isDone: () throws -> Bool) throws -> Phase {
            let beginMs = Int64(Date().timeIntervalSince1970 * 1000)
            let deadline = Date().addingTimeInterval(90)
            repeat {
                try load.run(stage, seconds: 1)
                if Date() > deadline { throw BrokenPromise("\(name): not within 90 s, owners \(try stage.owners())") }
            } while try !isDone()
            try load.run(stage, seconds: 3)
            return Phase(name: name, beginMs: beginMs, endMs: Int64(Date().timeIntervalSince1970 * 1000))
        }

        var workers: [String: ChildWorker] = [:]
        for name in ["a", "b"] { workers[name] = try start(name) }
        _ = try phase("start", &load) { try stage.owners().allSatisfy { $0 != nil } }
        workers["c"] = try start("c")
        var others = [try phase("c joins", &load) { try owned(by: "c") >= 2 }]

        var restarts: [Phase] = []
        for name in ["a", "b", "c"] {
            let before = Int64(Date().timeIntervalSince1970 * 1000)
            #expect(workers[name]?.stop(seconds: 60) == 0, "\(workers[name]?.log.suffix(2_000) ?? "")")
            let worker = try start(name)
            workers[name] = worker
            let after = try phase("\(name) restarts", &load) { worker.restoredCount >= 2 }
            restarts.append(Phase(name: after.name, beginMs: before, endMs: after.endMs))
        }

        workers["b"]?.kill()
        let crash = try phase("b crashes", &load) { try owned(by: "b") == 0 }
        workers["b"] = try start("b")
        others.append(try phase("b is back", &load) { try owned(by: "b") >= 2 })

        workers["a"]?.signal(SIGSTOP)
        let stoppedAt = Date()
        let stands = try phase("a stands still for a minute", &load) {
            try owned(by: "a") == 0 && Date().timeIntervalSince(stoppedAt) > 60
        }
        workers["a"]?.signal(SIGCONT)
        others.append(
            try phase("a wakes", &load) {
                // Refused, it ends in words, and whoever keeps it starts it again; or it joins again by itself.
                if let worker = workers["a"], !worker.isRunning {
                    #expect(worker.log.contains("ended: fenced"), "\(worker.log.suffix(2_000))")
                    workers["a"] = try start("a")
                }
                return try owned(by: "a") >= 2
            })

        #expect(workers["c"]?.stop(seconds: 60) == 0)
        others.append(try phase("c leaves", &load) { try owned(by: "c") == 0 })
        try stage.awaitDrained(workers["a"]!, afterMs: ShortRules.longestMs, seconds: 60)
        for name in ["a", "b"] { #expect(workers[name]?.stop(seconds: 60) == 0, "\(name)") }

        for phase in others + restarts + [crash, stands] {
            let pauses = try stage.longestPausesMs(from: phase.beginMs, to: phase.endMs)
            print("pause while \(phase.name): \(pauses.max() ?? 0) ms; by partition: \(pauses)")
        }
        func worst(_ phase: Phase) throws -> Int64 {
            try stage.longestPausesMs(from: phase.beginMs, to: phase.endMs).max() ?? 0
        }
        let restart = try restarts.map(worst).sorted()[1]
        #expect(restart <= 2 * 3_000, "a restart under the same name pauses a partition for \(restart) ms")
        for phase in [crash, stands] {
            let pause = try worst(phase)
            #expect(pause > Self.sessionMs / 2 && pause <= 2 * (Self.sessionMs + 5_000), "\(phase.name): \(pause) ms")
        }
        let (lines, found) = try stage.differences(short.rules, short.folds)
        #expect(
            lines.isEmpty && found > 1_000, "seed \(seed)\n\(lines.prefix(12).joined(separator: "\n"))\n\(short.yaml)")
    }

    @Test func `commit what they have applied before they give a partition up`() throws {
        let stage = try WorkerStage(try RealKafka.shared(), partitionCount: 4)
        // It would never commit of itself.
        stage.configuration.commitDelayMs = 3_600_000
        stage.configuration.idleCommitMs = 3_600_000
        stage.configuration.replayWindowMs = nil
        stage.configuration.stateDirectory = nil
        let metrics = Metrics()
        let rules = WorkerStage.rules(`Worker on a real Kafka`.rules)
        let first = stage.worker(rules, metrics: metrics)
        try first.start()
        defer { first.stop() }
        try stage.awaitReady(first)
        for person in 0..<40 { try stage.emit("person-\(person)", #"{"event":"add_to_cart","properties":{}}"#) }
        try stage.flush()
        try stage.wait(30, "all are known, \(metrics.exposition())") {
            metrics.exposition().contains("\nbeckon_worker_state_people 40\n")
        }
        let before = try stage.owners()
        var configuration = stage.configuration
        configuration.instance = "two"
        let second = WorkerStage.makeWorker(configuration, rules)
        try second.start()
        defer { second.stop() }
        try stage.wait(30, "the first has committed, \(before)") { try stage.owners().allSatisfy { $0 == "one" } }
        let applied = try (0..<stage.partitionCount).map { partition in
            try stage.journal(partition).last?.standing.positions[0] ?? 0
        }
        #expect(applied.reduce(0, +) == 40, "\(applied)")
    }
}

extension ChildWorker {
    var restoredCount: Int { log.components(separatedBy: "Partition restored").count - 1 }
}
