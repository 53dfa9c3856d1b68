import BeckonEngine
import BeckonModel
import Glibc

/// The engine alone, on one core, from memory. `engine-bench [MILLIONS OF EVENTS]`.
@main
enum EngineBench {
    static let people = 1_000_000
    static let stepEvents = 4_000

    static func main() {
        let millions = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8
        shop(events: millions * 1_000_000)
        idle()
    }

    /// 2,000 events a second of the virtual clock.
    private static func shop(events: Int) {
        var run = BenchRun(rules: ShopWorkload.rules)
        var workload = ShopWorkload(people: people, batchMax: stepEvents)
        // Everyone is known before the measurement.
        run.take(&workload, events: 2 * people, stepMicroseconds: 500)
        let before = run.elapsed
        run.resetCounts()
        run.take(&workload, events: events, stepMicroseconds: 500)
        let seconds = run.elapsed - before
        print(
            "events           \(events) of \(ShopWorkload.eventBytes) bytes, \(run.engine.peopleCount) people, five rules"
        )
        print("events a second  \(Int(Double(events) / seconds))")
        print("ns an event      \(Int(seconds * 1e9 / Double(events)))")
        print("decisions        \(run.decisions), suppressions \(run.suppressions), timers fired \(run.timersFired)")
        print("active person    \(run.engine.stateBytes / run.engine.peopleCount) bytes with table and timers")
    }

    /// Known, with one small fold and no timer.
    private static func idle() {
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
        print(
            "idle person      \(run.engine.stateBytes / run.engine.peopleCount) bytes with table, \(run.engine.peopleCount) people"
        )
    }
}

/// An engine and the time that it took.
struct BenchRun: ~Copyable {
    var engine = PartitionEngine(inputs: ["events"], partition: 0, hashSeed: 1)
    /// Seconds of this thread's processor time: others on the machine do not count.
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

    private mutating func apply(_ step: Step, _ records: UnsafeBufferPointer<InputRecord>) {
        let start = Self.processorSeconds
        engine.apply(step, records: RecordBatch(records), into: &output)
        elapsed += Self.processorSeconds - start
        decisions += output.counts.decisions.reduce(0, +)
        suppressions += output.counts.suppressions.reduce(0, +)
        timersFired += output.counts.timersFired
        output.removeAll()
    }

    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
