import BeckonEngine
import BeckonModel

/// Folds a history's steps over its records.
public final class HistoryFolding {
    public struct Unreadable: Error, CustomStringConvertible { public let description: String }

    private let history: History
    private let ruleSet: RuleSet
    private var memory: [UnsafeMutableRawBufferPointer] = []
    private var records: [[InputRecord]] = []

    public init(_ history: History) throws {
        self.history = history
        let reading = RuleSet.read([RuleSource(file: "rules.yaml", text: Array(history.rules.utf8))])
        guard let ruleSet = reading.ruleSet else { throw Unreadable(description: "\(reading.diagnostics)") }
        self.ruleSet = ruleSet
        records = history.topics.map { topic in topic.records.map(record) }
    }

    deinit { for block in memory { block.deallocate() } }

    private func record(_ record: History.Record) -> InputRecord {
        InputRecord(
            value: record.value.map(copy), valueCount: Int32(record.value?.count ?? 0), key: record.key.map(copy),
            keyCount: Int32(record.key?.count ?? 0), offset: record.offset, timestampMs: record.timestampMs)
    }

    private func copy(_ bytes: [UInt8]) -> UnsafeRawPointer {
        // The scanner may read ahead of the end.
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count + 64, alignment: 1)
        buffer.copyBytes(from: bytes)
        memory.append(buffer)
        return UnsafeRawPointer(buffer.baseAddress!)
    }

    public var steps: [Step] { history.journal.flatMap(\.steps) }

    /// The step's records, and the step with the count and checksum of its ranges.
    public func fit(_ step: Step) -> (step: Step, records: [InputRecord]) {
        var step = step
        var all: [InputRecord] = []
        for index in step.ranges.indices {
            let range = step.ranges[index]
            let records = records[range.input].filter { $0.offset >= range.from && $0.offset < range.to }
            step.ranges[index].count = records.count
            step.ranges[index].checksum = records.reduce(0) { $1.checksum(after: $0) }
            all += records
        }
        return (step, all)
    }

    /// A line for each record written and, behind each step, one for the state.
    public func lines(of steps: [Step], hashSeed: UInt64) throws -> [String] {
        var engine = PartitionEngine(
            inputs: history.topics.map(\.name), outcomesInput: history.topics.firstIndex { $0.isOutcomes },
            partition: history.topics[0].partition, hashSeed: hashSeed)
        engine.learn(ruleSet)
        var output = StepOutput()
        var lines: [String] = []
        for step in steps {
            let (fitted, records) = fit(step)
            guard fitted == step else { throw Unreadable(description: "step \(step.seq): its records are other ones") }
            records.withUnsafeBufferPointer { engine.apply(fitted, records: RecordBatch($0), into: &output) }
            for record in output.records { lines.append(Self.line(record, output)) }
            lines.append("step \(step.seq) state \(String(engine.stateHash, radix: 16))")
            output.removeAll()
        }
        return lines
    }

    private static func line(_ record: OutputRecord, _ output: borrowing StepOutput) -> String {
        let key = Array(output.bytes.buffer[record.keyStart..<record.keyStart + record.keyCount])
        let value = Array(output.bytes.buffer[record.valueStart..<record.valueStart + record.valueCount])
        let origin = record.deadLetter.map {
            " \($0.reason.label) \($0.input) \($0.offset) \($0.timestampMs) \($0.originalCount)"
        }
        return "\(record.topic)\(origin ?? "") \(HistoryBytes.text(key)) \(HistoryBytes.text(value))"
    }
}
