import BeckonEngine
import BeckonModel

/// What a record of the outcomes topic costs that closes a firing, of people at random.
struct OutcomeCost: ~Copyable {
    private static let rules = """
        id: welcome
        when: { event: signed_up }
        goal: { event: order_completed, within: 30d }
        send: { channels: [email], template: welcome }
        """
    private static let atMs: Int64 = 1_800_000_000_000
    /// Neighbours in time are none in memory.
    private static let stride = 7_368_787
    private static let keyBytes = 12
    private static let recordBytes = 320

    private let people: Int
    private var engine = PartitionEngine(inputs: ["events", "outcomes"], outcomesInput: 1, partition: 0, hashSeed: 1)
    private var output = StepOutput()
    /// Of the decisions, by person: 32 digits each.
    private var ids = ByteBuffer()
    private let memory: UnsafeMutableRawPointer

    static func nanoseconds(people: Int) -> Double {
        var cost = OutcomeCost(people: people)
        cost.decide()
        return cost.close() * 1e9 / Double(people)
    }

    private init(people: Int) {
        self.people = people
        memory = .allocate(byteCount: EngineBench.stepEvents * Self.recordBytes + 64, alignment: 64)
        guard let ruleSet = RuleSet.read([RuleSource(file: "welcome.yaml", text: Array(Self.rules.utf8))]).ruleSet
        else {
            fatalError("the rules of the bench are none")
        }
        engine.learn(ruleSet)
        let step = Step(seq: 1, nowMs: Self.atMs, wallMs: Self.atMs, commands: [.useRules(ruleSet.hash)])
        engine.apply(step, records: RecordBatch(UnsafeBufferPointer(start: nil, count: 0)), into: &output)
    }

    deinit { memory.deallocate() }

    /// Everyone gets a decision.
    private mutating func decide() {
        for start in Swift.stride(from: 0, to: people, by: EngineBench.stepEvents) {
            let numbers = Array(start..<min(start + EngineBench.stepEvents, people))
            _ = apply(0, numbers) { _ in Array(#"{"type":"track","event":"signed_up","properties":{}}"#.utf8) }
            let prefix = #"{"type":"decision","id":""#.utf8.count
            for record in output.records {
                ids.append(output.bytes.start + record.valueStart + prefix, count: 32)
            }
        }
    }

    /// Seconds of the processor.
    private mutating func close() -> Double {
        var seconds = 0.0
        for start in Swift.stride(from: 0, to: people, by: EngineBench.stepEvents) {
            let numbers = (start..<min(start + EngineBench.stepEvents, people)).map { $0 * Self.stride % people }
            let ids = ids.buffer
            seconds += apply(1, numbers) { person in
                Array(#"{"type":"delivered","decision":""#.utf8) + ids[32 * person..<32 * person + 32]
                    + Array(
                        #"","rule":"welcome","version":"0123456789ab","person":"user-0000000","key":{},"channel":"email","provider":"relay","attempts":1,"at":"2027-01-15T08:00:00.000Z"}"#
                            .utf8)
            }
        }
        return seconds
    }

    private mutating func apply(_ input: Int, _ people: [Int], value: (Int) -> [UInt8]) -> Double {
        var records: [InputRecord] = []
        for (index, person) in people.enumerated() {
            let digits = Array("\(10_000_000 + person)".utf8.dropFirst())
            let bytes = Array("user-".utf8) + digits + value(person)
            let start = memory + index * Self.recordBytes
            bytes.withUnsafeBytes { start.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
            records.append(
                InputRecord(
                    value: start + Self.keyBytes, valueCount: Int32(bytes.count - Self.keyBytes), key: start,
                    keyCount: Int32(Self.keyBytes), offset: Int64(index), timestampMs: Self.atMs))
        }
        let range = InputRange(input: input, from: 0, to: Int64(records.count), count: records.count, checksum: 0)
        output.removeAll()
        let step = Step(seq: engine.seq + 1, nowMs: Self.atMs, wallMs: Self.atMs, ranges: [range])
        let before = engine.stateHash
        let start = processorSeconds()
        records.withUnsafeBufferPointer { engine.apply(step, records: RecordBatch($0), into: &output) }
        let seconds = processorSeconds() - start
        precondition(engine.stateHash != before, "nothing was applied")
        return seconds
    }
}
