import BeckonEngine
import BeckonModel
import Testing

/// Feeds one partition's engine with events and a clock, and keeps what comes out.
final class EngineHarness {
    var engine: PartitionEngine
    var output = StepOutput()
    private var pending: [(key: [UInt8], value: [UInt8]?, offset: Int64, timestampMs: Int64)] = []
    private var nextOffset: Int64 = 0
    /// Outcomes, read with the next step.
    private var told: [(key: [UInt8]?, value: [UInt8]?, timestampMs: Int64)] = []
    private var nextTold: Int64 = 0
    private(set) var wallMs: Int64
    private(set) var steps: [Step] = []
    var lines: [String] = []
    /// What bounds have dropped, by `StateBound`.
    private(set) var bounds = [Int](repeating: 0, count: StateBound.allCases.count)
    private(set) var outcomes: [OutcomeType: Int] = [:]
    private(set) var foldSkips = 0
    private(set) var lateEvents = 0
    private var deadLetterCounts = [Int](repeating: 0, count: DeadLetterReason.allCases.count)

    func deadLetters(_ reason: DeadLetterReason) -> Int { deadLetterCounts[Int(reason.rawValue)] }
    func dropped(_ bound: StateBound) -> Int { bounds[Int(bound.rawValue)] }
    func lines(with part: String) -> [String] { lines.filter { $0.contains(part) } }
    var decisions: [String] { lines(with: #""type":"decision""#) }
    var cancels: [String] { lines(with: #""type":"cancel""#) }

    /// An event of that name so many minutes after the start, the clock going there first.
    func at(_ minutes: Double, _ name: String, _ properties: String = "{}", context: String = "{}") {
        let ms = startMs + Int64(minutes * 60_000)
        if ms > wallMs { advance(ms - wallMs) }
        event("ann", #"{"event":"\#(name)","properties":\#(properties),"context":\#(context)}"#)
        flush()
    }

    /// The same, arriving now: it says when it was.
    func late(_ minutes: Double, _ name: String, _ properties: String = "{}") {
        let ms = startMs + Int64(minutes * 60_000)
        event("ann", #"{"event":"\#(name)","timestamp":\#(ms),"properties":\#(properties)}"#)
        flush()
    }

    func advance(to minutes: Double) { advance(startMs + Int64(minutes * 60_000) - wallMs) }

    /// Due times of all decisions, in minutes after the start.
    var dueMinutes: [Double] {
        decisions.map { line in
            let text = line.split(separator: #""dueAt":""#)[1].prefix(24)
            let ms = Array(text.utf8).withUnsafeBytes {
                Timestamp.parse(Bytes(start: $0.baseAddress!, count: $0.count))
            }
            return Double(ms! - startMs) / 60_000
        }
    }

    /// What stands in `data` of each decision.
    var data: [String] {
        decisions.map { String($0.split(separator: #""data":"#)[1].split(separator: #","reason":"#)[0]) }
    }

    private let startMs: Int64

    init(rules: String, startMs: Int64 = 1_700_000_000_000) {
        self.startMs = startMs
        engine = PartitionEngine(inputs: ["events", "outcomes"], outcomesInput: 1, partition: 2, hashSeed: 7)
        wallMs = startMs
        use(rules)
    }

    static func ruleSet(_ text: String) -> RuleSet {
        let reading = RuleSet.read([RuleSource(file: "rules.yaml", text: Array(text.utf8))])
        for diagnostic in reading.diagnostics { Issue.record("\(diagnostic)") }
        return reading.ruleSet!
    }

    func use(_ rules: String) {
        let ruleSet = Self.ruleSet(rules)
        engine.learn(ruleSet)
        step(commands: [.useRules(ruleSet.hash)])
    }

    /// An event that happens at the wall clock plus `ms`, in a record of that time.
    func event(_ person: String, _ json: String, at timestampMs: Int64? = nil) {
        pending.append((Array(person.utf8), Array(json.utf8), nextOffset, timestampMs ?? wallMs))
        nextOffset += 1
    }

    /// What became of a decision, in a record of the wall clock plus `ms`.
    func outcome(_ json: String?, of person: String? = "ann", after ms: Int64 = 0) {
        told.append((person.map { Array($0.utf8) }, json.map { Array($0.utf8) }, wallMs + ms))
    }

    /// Ids of all decisions.
    var ids: [String] { decisions.map { String($0.split(separator: #""id":""#)[1].prefix(32)) } }

    func advance(_ ms: Int64) {
        flush()
        wallMs += ms
        step()
    }

    func flush() { step() }

    /// The clock goes on in the very step that brings what waits.
    func flushLater(_ ms: Int64) {
        wallMs += ms
        step()
    }

    private func step(commands: [Command] = []) {
        var step = Step(seq: engine.seq + 1, nowMs: wallMs, wallMs: wallMs, commands: commands)
        var checksum: UInt64 = 0
        var records: [InputRecord] = []
        var kept: [UnsafeMutableRawBufferPointer] = []
        defer { for block in kept { block.deallocate() } }
        func copy(_ bytes: [UInt8]) -> UnsafeRawPointer {
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 1)
            buffer.copyBytes(from: bytes)
            kept.append(buffer)
            return UnsafeRawPointer(buffer.baseAddress!)
        }
        for record in pending {
            let input = InputRecord(
                value: record.value.map(copy), valueCount: Int32(record.value?.count ?? 0), key: copy(record.key),
                keyCount: Int32(record.key.count), offset: record.offset, timestampMs: record.timestampMs)
            checksum = input.checksum(after: checksum)
            records.append(input)
        }
        if !records.isEmpty {
            step.ranges = [
                InputRange(input: 0, from: records[0].offset, to: nextOffset, count: records.count, checksum: checksum)
            ]
        }
        var toldChecksum: UInt64 = 0
        for record in told {
            let input = InputRecord(
                value: record.value.map(copy), valueCount: Int32(record.value?.count ?? 0), key: record.key.map(copy),
                keyCount: Int32(record.key?.count ?? 0), offset: nextTold, timestampMs: record.timestampMs)
            nextTold += 1
            toldChecksum = input.checksum(after: toldChecksum)
            records.append(input)
        }
        if !told.isEmpty {
            step.ranges.append(
                InputRange(
                    input: 1, from: nextTold - Int64(told.count), to: nextTold, count: told.count,
                    checksum: toldChecksum))
        }
        records.withUnsafeBufferPointer { engine.apply(step, records: RecordBatch($0), into: &output) }
        step.timers = .upTo(output.cutoff)
        steps.append(step)
        pending = []
        told = []
        for type in OutcomeType.allCases { outcomes[type, default: 0] += output.counts.outcomes(type) }
        foldSkips += output.counts.foldSkips
        lateEvents += output.counts.lateEvents
        for reason in DeadLetterReason.allCases {
            deadLetterCounts[Int(reason.rawValue)] += output.counts.deadLetters[Int(reason.rawValue)]
        }
        for bound in StateBound.allCases { bounds[Int(bound.rawValue)] += output.counts.forgotten(at: bound) }
        for record in output.records {
            let value = UnsafeRawBufferPointer(
                rebasing: output.bytes.buffer[record.valueStart..<record.valueStart + record.valueCount])
            lines.append("\(record.topic) \(String(decoding: value, as: UTF8.self))")
        }
        output.removeAll()
    }
}
