import BeckonEngine
import BeckonModel

/// An engine with a rule under test, a clock of its own, and what has come of them.
struct RuleTestStage: ~Copyable {
    private(set) var outcome = Outcome()
    private(set) var timeline: [RuleTestHappening] = []
    /// What kept the test from being played as it is written.
    private(set) var obstacles: [RuleTestDifference] = []

    private(set) var decisions: [JSONValue] = []

    private let startMs: Milliseconds
    private var clockMs: Milliseconds
    private var nextOffset: Int64 = 0
    private var engine = PartitionEngine(inputs: ["events"], partition: 0, hashSeed: 0)
    private var output = StepOutput()

    /// Stops of the clock while it runs out; a rule's timers end long before.
    private static let stopsMax = 100_000

    init(rules: RuleSet, startMs: Milliseconds) {
        self.startMs = startMs
        clockMs = startMs
        engine.learn(rules)
        engine.apply(
            Step(seq: 1, nowMs: startMs, wallMs: startMs, commands: [.useRules(rules.hash)]),
            records: RecordBatch(UnsafeBufferPointer(start: nil, count: 0)), into: &output)
        output.removeAll()
    }

    mutating func advance(by ms: Milliseconds) { advance(to: clockMs + ms) }

    /// Stops at each timer on the way, so that every decision is made when it is due.
    private mutating func advance(to targetMs: Milliseconds) {
        while clockMs < targetMs {
            clockMs = min(max(engine.earliestDueMs ?? targetMs, clockMs + 1), targetMs)
            step()
        }
    }

    /// Until no timer waits.
    mutating func runOut() {
        var stops = 0
        while let dueMs = engine.earliestDueMs {
            guard stops < Self.stopsMax else {
                obstacles.append(
                    RuleTestDifference(
                        expected: "the rule to come to rest",
                        came: "timers that still wait at \(ElapsedText.text(clockMs - startMs))"))
                return
            }
            stops += 1
            clockMs = max(dueMs, clockMs + 1)
            step()
        }
    }

    /// The event arrives when the clock has come to its time, or late where the clock is beyond.
    mutating func take(_ event: RuleTest.Event) {
        let timeMs = startMs + (event.atMs ?? clockMs - startMs)
        if timeMs > clockMs { advance(to: timeMs) }
        var text = event.name
        if event.properties.members?.isEmpty == false { text += " \(event.properties.text)" }
        if timeMs < clockMs { text += ", late: it was at \(ElapsedText.text(timeMs - startMs))" }
        note(event.person, text)
        let isKnown = apply(event.person, Self.value(of: event, timeMs))
        if !isKnown { note(event.person, "no part of the rule reads `\(event.name)`") }
    }

    /// Tells of a person, where the clock stands.
    mutating func identify(_ person: String, _ traits: JSONValue) {
        note(person, "\(Trait.event) \(traits.text)")
        var writer = JSONWriter()
        writer.append(raw: #"{"type":"identify","timestamp":"#)
        writer.append(instant: clockMs)
        writer.append(raw: #","traits":"#)
        writer.append(json: traits)
        writer.append(raw: "}")
        if !apply(person, writer.bytes) { note(person, "no part of the rule reads traits") }
    }

    private static func value(of event: RuleTest.Event, _ timeMs: Milliseconds) -> [UInt8] {
        var writer = JSONWriter()
        writer.append(raw: #"{"type":"track","event":"#)
        writer.append(string: event.name)
        writer.append(raw: #","timestamp":"#)
        writer.append(instant: timeMs)
        writer.append(raw: #","properties":"#)
        writer.append(json: event.properties)
        writer.append(raw: #","context":"#)
        writer.append(json: event.context)
        writer.append(raw: "}")
        return writer.bytes
    }

    /// - Returns: whether the rule reads such events.
    private mutating func apply(_ person: String, _ value: [UInt8]) -> Bool {
        defer { nextOffset += 1 }
        return Array(person.utf8).withUnsafeBytes { key in
            value.withUnsafeBytes { value in
                let record = InputRecord(
                    value: value.baseAddress, valueCount: Int32(value.count), key: key.baseAddress,
                    keyCount: Int32(key.count), offset: nextOffset, timestampMs: clockMs)
                return withUnsafePointer(to: record) { step(UnsafeBufferPointer(start: $0, count: 1)) }
            }
        }
    }

    /// - Returns: whether the rule reads events of these names.
    @discardableResult
    private mutating func step(
        _ records: UnsafeBufferPointer<InputRecord> = UnsafeBufferPointer(start: nil, count: 0)
    ) -> Bool {
        var step = Step(seq: engine.seq + 1, nowMs: clockMs, wallMs: clockMs)
        if let record = records.first {
            step.ranges = [
                InputRange(
                    input: 0, from: record.offset, to: record.offset + 1, count: 1,
                    checksum: record.checksum(after: 0))
            ]
        }
        engine.apply(step, records: RecordBatch(records), into: &output)
        defer { output.removeAll() }
        for index in output.records.indices { read(output.records[index]) }
        return output.counts.unnamedEvents == 0
    }

    private mutating func read(_ record: OutputRecord) {
        let bytes = output.bytes.buffer
        let key = String(decoding: bytes[record.keyStart..<record.keyStart + record.keyCount], as: UTF8.self)
        if let letter = record.deadLetter {
            note(key, "a dead letter: \(letter.reason.explanation)")
            obstacles.append(
                RuleTestDifference(
                    expected: "an event at \(ElapsedText.text(clockMs - startMs)) that can be read",
                    came: "a dead letter (\(letter.reason.label)): \(letter.reason.explanation)"))
            return
        }
        let value = bytes[record.valueStart..<record.valueStart + record.valueCount]
        guard let json = JSONValue.read(value) else { preconditionFailure("the engine wrote no JSON") }
        if json["type"]?.string == "decision" { decisions.append(json) }
        if let (person, text) = outcome.add(json, startMs: startMs) { note(person, text) }
    }

    private mutating func note(_ person: String, _ text: String) {
        timeline.append(RuleTestHappening(atMs: clockMs - startMs, person: person, text: text))
    }
}
