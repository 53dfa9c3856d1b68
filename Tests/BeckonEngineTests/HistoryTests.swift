import BeckonModel
import Foundation
import Oracle
import Testing

@testable import history_fold

/// Recorded histories: `BECKON_RECORD_HISTORIES=1` records those that have no file. One that is there is never written again: a
/// history that folds to something else than what is recorded needs a new semantics number.
@Suite(.serialized) struct `Histories` {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(
        path: "Histories")
    static let isRecording = ProcessInfo.processInfo.environment["BECKON_RECORD_HISTORIES"] != nil

    /// Each with the seed that gave it, by the generator of its day.
    private static let seeds: [(name: String, seed: UInt64)] = [
        ("absence", 30), ("recalls", 191), ("lateness", 81), ("keys", 47), ("in-order-absence", 198),
        ("in-order-silence", 30), ("sequences", 895), ("long-absences", 1251), ("totals", 1454), ("counts", 160),
        ("carts", 122), ("in-order-counts", 150), ("in-order-carts", 553),
        ("outcomes", 244),
    ]
    static let names = seeds.map(\.name)

    private static func file(_ name: String) -> URL { folder.appending(path: "\(name).history") }

    private static func history(_ name: String) throws -> History {
        try History(text: String(contentsOf: file(name), encoding: .utf8))
    }

    @Test(.enabled(if: isRecording)) func `are recorded`() throws {
        for (name, seed) in Self.seeds where !FileManager.default.fileExists(atPath: Self.file(name).path) {
            var generator = WorkloadGenerator(seed: seed)
            generator.isInOrder = name.hasPrefix("in-order")
            let workload = generator.make()
            var history = try Self.record(name == "outcomes" ? workload.withOutcomes() : workload)
            let folding = try HistoryFolding(history)
            history.fold = try folding.lines(of: folding.steps, hashSeed: 1)
            try history.text.write(to: Self.file(name), atomically: true, encoding: .utf8)
        }
    }

    /// A live run, its journal in commits of four steps.
    private static func record(_ workload: Workload) throws -> History {
        let ruleSet = try #require(
            RuleSet.read([RuleSource(file: "rules.yaml", text: Array(workload.yaml.utf8))]).ruleSet)
        var run = EngineRun(WorkloadRecords(workload.input.topics), ruleSet)
        _ = run.takeAll(workload.input.steps, ruleSet)
        var journal: [JournalRecord] = []
        var previous = ContentHash(high: 0, low: 0)
        let hashes = run.stateHashes
        for start in stride(from: 0, to: run.steps.count, by: 4) {
            let steps = Array(run.steps[start..<min(start + 4, run.steps.count)])
            let standing = Standing(
                positions: workload.input.topics.map { _ in 0 }, topicTimesMs: workload.input.topics.map { _ in 0 },
                nowMs: steps.last!.nowMs, ruleSet: ruleSet.hash, pinnedRuleSets: [],
                stateHash: hashes[start + steps.count - 1],
                transactionalId: "recorded", partitionCount: 4)
            let record = JournalRecord(firstSeq: steps[0].seq, previous: previous, steps: steps, standing: standing)
            var bytes = ByteBuffer()
            record.encode(into: &bytes)
            previous = ContentHash(of: bytes.buffer)
            journal.append(record)
        }
        let topics = workload.input.topics.map { topic in
            History.Topic(
                name: topic.name, partition: topic.partition, isOutcomes: topic.isOutcomes,
                records: topic.records.map {
                    History.Record(offset: $0.offset, timestampMs: $0.timestamp, key: $0.key, value: $0.value)
                })
        }
        return History(rules: workload.yaml, topics: topics, journal: journal)
    }

    @Test(arguments: names) func `fold to what was recorded, twice`(name: String) throws {
        let history = try Self.history(name)
        let folding = try HistoryFolding(history)
        #expect(history.fold.contains { $0.hasPrefix("decisions ") }, "it shows something")
        for seed in [1, 2] as [UInt64] {
            #expect(try folding.lines(of: folding.steps, hashSeed: seed) == history.fold)
        }
    }

    @Test(arguments: names) func `fold to what was recorded in another process`(name: String) throws {
        let process = Process()
        process.executableURL =
            Bundle.allBundles.map(\.bundleURL).map { $0.deletingLastPathComponent().appending(path: "history-fold") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? Self.tool
        process.arguments = [Self.file(name).path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let lines = String(decoding: printed, as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(lines == (try Self.history(name)).fold)
    }

    /// Beside the running tests.
    private static let tool = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(
        path: "history-fold")

    @Test(arguments: names.filter { $0.hasPrefix("in-order") }) func `give the same decisions however they are cut`(
        name: String
    ) throws {
        let history = try Self.history(name)
        let folding = try HistoryFolding(history)
        let recorded = Self.decisions(history.fold)
        #expect(!recorded.isEmpty)
        for cut in [Self.joined(folding.steps), Self.split(folding.steps, history)] {
            #expect(Self.decisions(try folding.lines(of: cut.map { folding.fit($0).step }, hashSeed: 1)) == recorded)
        }
    }

    /// Two steps become one.
    private static func joined(_ steps: [Step]) -> [Step] {
        var joined: [Step] = [steps[0]]
        for pair in stride(from: 1, to: steps.count, by: 2) {
            let both = steps[pair..<min(pair + 2, steps.count)]
            let ranges = both.flatMap(\.ranges)
            var step = Step(
                seq: Int64(joined.count + 1), nowMs: both.last!.nowMs, wallMs: both.map(\.wallMs).max()!)
            if let first = ranges.first {
                step.ranges = [
                    InputRange(input: first.input, from: first.from, to: ranges.last!.to, count: 0, checksum: 0)
                ]
            }
            joined.append(step)
        }
        return joined
    }

    /// A step for each record, the clock going with it.
    private static func split(_ steps: [Step], _ history: History) -> [Step] {
        var split: [Step] = []
        var nowMs: Milliseconds = 0
        for step in steps {
            for range in step.ranges {
                for record in history.topics[range.input].records
                where record.offset >= range.from && record.offset < range.to {
                    nowMs = max(nowMs, min(step.nowMs, record.timestampMs))
                    var single = Step(seq: Int64(split.count + 1), nowMs: nowMs, wallMs: max(step.wallMs, nowMs))
                    single.ranges = [
                        InputRange(
                            input: range.input, from: record.offset, to: record.offset + 1, count: 0, checksum: 0)
                    ]
                    split.append(single)
                }
            }
            nowMs = step.nowMs
            split.append(Step(seq: Int64(split.count + 1), nowMs: nowMs, wallMs: step.wallMs, commands: step.commands))
        }
        return split
    }

    private static func decisions(_ lines: [String]) -> [String] {
        lines.filter { $0.hasPrefix("decisions ") }.compactMap { line in
            HistoryBytes.read(line.split(separator: " ")[2]).flatMap { try? DecisionText($0).cutFree }
        }.sorted()
    }
}
