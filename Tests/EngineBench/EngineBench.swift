import BeckonEngine
import BeckonModel
import Glibc

/// The engine alone, on one core, from memory. `engine-bench [MILLIONS OF EVENTS] [--json]`.
@main
enum EngineBench {
    static let people = 1_000_000
    static let stepEvents = 4_000

    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        let millions = arguments.lazy.compactMap { Int($0) }.first ?? 8
        var report = EngineReport()
        report.shop = shop(events: millions * 1_000_000)
        report.idlePersonBytes = idlePersonBytes()
        report.rulesUnnamed = RuleCurve.unnamed()
        report.ruleNaming = RuleCurve.naming()
        report.conditions = ConditionCost.measure()
        print(arguments.contains("--json") ? try report.json : report.text)
    }

    /// 2,000 events a second of the virtual clock.
    private static func shop(events: Int) -> EngineReport.Shop {
        var run = BenchRun(rules: ShopWorkload.rules)
        var workload = ShopWorkload(people: people, batchMax: stepEvents)
        // Everyone is known before the measurement.
        run.take(&workload, events: 2 * people, stepMicroseconds: 500)
        let before = run.elapsed
        run.resetCounts()
        run.take(&workload, events: events, stepMicroseconds: 500)
        let restore = run.restoreSeconds()
        return EngineReport.Shop(
            events: events, eventBytes: ShopWorkload.eventBytes, people: run.engine.peopleCount, rules: run.ruleCount,
            nanosecondsPerEvent: (run.elapsed - before) * 1e9 / Double(events), decisions: run.decisions,
            suppressions: run.suppressions, timersFired: run.timersFired,
            bytesPerPerson: run.engine.stateBytes / run.engine.peopleCount,
            restoredPeoplePerSecond: Double(run.engine.peopleCount) / restore)
    }

    /// Known, with one small fold and no timer.
    private static func idlePersonBytes() -> Int {
        var run = BenchRun(
            rules: """
                folds: { views: { count: page_viewed } }
                ---
                id: pricing
                when: { event: page_viewed, where: 'properties.path == "/pricing" && views > 100' }
                send: { channels: [email], template: pricing-help }
                """)
        var workload = ShopWorkload(people: people, batchMax: stepEvents)
        run.take(&workload, events: 10 * people, stepMicroseconds: 500)
        return run.engine.stateBytes / run.engine.peopleCount
    }
}

/// Of this thread's processor: others on the machine do not count.
func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// An engine and the time that it took.
struct BenchRun: ~Copyable {
    var engine = PartitionEngine(inputs: ["events"], partition: 0, hashSeed: 1)
    let ruleCount: Int
    /// Seconds of the processor.
    private(set) var elapsed = 0.0
    private(set) var decisions = 0
    private(set) var suppressions = 0
    private(set) var timersFired = 0
    private var output = StepOutput()
    private var offset: Int64 = 0
    private var atMs: Int64 = 1_800_000_000_000

    init(rules: String) {
        let reading = RuleSet.read([RuleSource(file: "shop.yaml", text: Array(rules.utf8))])
        guard let ruleSet = reading.ruleSet else { fatalError("\(reading.diagnostics)") }
        ruleCount = ruleSet.rules.count
        engine.learn(ruleSet)
        apply(
            Step(seq: 1, nowMs: atMs, wallMs: atMs, commands: [.useRules(ruleSet.hash)]),
            UnsafeBufferPointer(start: nil, count: 0))
    }

    mutating func resetCounts() {
        decisions = 0
        suppressions = 0
        timersFired = 0
    }

    mutating func take(_ workload: inout ShopWorkload, events: Int, stepMicroseconds: Int64) {
        var rest = events
        while rest > 0 {
            let count = min(rest, EngineBench.stepEvents)
            let records = workload.next(count, from: offset, atMs: atMs, stepMicroseconds: stepMicroseconds)
            let end = atMs + Int64(count) * stepMicroseconds / 1_000
            let range = InputRange(input: 0, from: offset, to: offset + Int64(count), count: count, checksum: 0)
            apply(Step(seq: engine.seq + 1, nowMs: end, wallMs: end, ranges: [range]), records)
            offset += Int64(count)
            atMs = end
            rest -= count
        }
    }

    /// Of bringing all people back from what a checkpoint holds of them, decompressed.
    mutating func restoreSeconds() -> Double {
        let head = engine.beginCheckpoint()!
        var chunks: [[UInt8]] = []
        var goesOn = true
        while goesOn {
            var chunk = ByteBuffer(capacity: 1 << 20)
            if case .done = engine.walkCheckpoint(bytesMax: 1 << 20, into: &chunk) { goesOn = false }
            chunks.append(chunk.bytes)
        }
        var restored = PartitionEngine(inputs: engine.inputs, partition: 0, hashSeed: 2)
        restored.learn(engine.ruleSet!)
        let start = processorSeconds()
        try! restored.restore(head)
        for chunk in chunks { chunk.withUnsafeBytes { try! restored.restorePeople($0) } }
        restored.finishRestore(exactFromSeq: head.seq)
        let seconds = processorSeconds() - start
        precondition(restored.stateHash == engine.stateHash, "restored to another state")
        return seconds
    }

    private mutating func apply(_ step: Step, _ records: UnsafeBufferPointer<InputRecord>) {
        let start = processorSeconds()
        engine.apply(step, records: RecordBatch(records), into: &output)
        elapsed += processorSeconds() - start
        decisions += output.counts.decisions.reduce(0, +)
        suppressions += output.counts.suppressions.reduce(0, +)
        timersFired += output.counts.timersFired
        output.removeAll()
    }
}
