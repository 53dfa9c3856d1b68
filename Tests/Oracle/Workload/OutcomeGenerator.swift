/// A decision as outcomes name it.
public struct DecidedDecision: Sendable {
    public let id: String
    public let decision: OracleDecision
    /// Of the step that wrote it.
    public let place: Int

    public init(id: String, decision: OracleDecision, place: Int) {
        self.id = id
        self.decision = decision
        self.place = place
    }
}

/// What a sender might say of a workload's decisions, as one more topic of its steps: soon or late, twice, of nobody, and
/// what cannot be read.
struct OutcomeGenerator {
    static let types = ["delivered", "delivered", "failed", "expired", "recalled", "skipped"]

    var random: SplitMix64
    /// By the step's place.
    private var records: [[(key: String?, timestamp: Int64, value: String?)]] = []

    init(random: SplitMix64) { self.random = random }

    mutating func add(_ decided: [DecidedDecision], to input: inout OracleInput) {
        records = input.steps.map { _ in [] }
        let people = ["ann", "ben", "zoé", "nobody"]
        for item in decided where random.chance(75) {
            for _ in 0..<random.pick([1, 1, 1, 2, 3]) {
                let person = random.chance(95) ? item.decision.person : random.pick(people)
                say(person, value(item.id, of: item.decision), after: item.place, input.steps)
            }
        }
        for _ in 0..<random.below(4) {
            let id = random.pick([String(repeating: "0", count: 32), "", "no id", decided.last?.id ?? "F00"])
            say(
                random.pick(people), #"{"type":"\#(random.pick(Self.types))","decision":"\#(id)"}"#, after: -1,
                input.steps)
        }
        for _ in 0..<random.below(3) { sayNothing(decided.first?.id ?? "1", input.steps) }
        input.ids = Dictionary(uniqueKeysWithValues: decided.map { ($0.id, $0.decision) })
        write(to: &input)
    }

    /// In that step's successor or a few later; in any at all now and then, which may lie before it.
    private mutating func say(_ person: String?, _ value: String?, after place: Int, _ steps: [OracleStep]) {
        let next = place < 0 || random.chance(5) ? random.below(steps.count) : place + random.pick([1, 1, 1, 2, 4, 9])
        guard next < steps.count else { return }
        let at = steps[next].wall + random.pick([0, 0, 0, -3_600_000, 86_400_000])
        records[next].append((person, random.chance(5) ? -1 : at, value))
    }

    private mutating func value(_ id: String, of decision: OracleDecision) -> String {
        let type = random.pick(Self.types)
        var members = [
            (#""type""#, #""\#(random.chance(95) ? type : random.pick(["converted", "opened", "DELIVERED"]))""#),
            (#""decision""#, #""\#(id)""#), (#""rule""#, #""\#(decision.rule)""#), (#""attempts""#, "1"),
            (#""key""#, #"{"decision":"none","type":["failed"]}"#),
        ]
        if type == "failed" || random.chance(10) {
            members.append((#""class""#, random.pick([#""unknown""#, #""refused""#, #""message""#, "7", "null"])))
        }
        if random.chance(10) { members[0].1 = members[0].1.replacing("d", with: #"\u0064"#) }
        if random.chance(30) { members.swapAt(0, random.below(members.count)) }
        if random.chance(5) { members.insert((#""type""#, #""skipped""#), at: 0) }
        let space = random.chance(20) ? " " : ""
        return "{\(space)" + members.map { "\($0.0)\(space):\(space)\($0.1)" }.joined(separator: ",\(space)") + "}"
    }

    /// What cannot be read, or says nothing.
    private mutating func sayNothing(_ id: String, _ steps: [OracleStep]) {
        let good = #"{"type":"delivered","decision":"\#(id)"}"#
        let nested = String(repeating: "[", count: 70) + String(repeating: "]", count: 70)
        let values: [String?] = [
            nil, "", "null", "[\(good)]", good + "}", String(good.dropLast()), #"{"decision":"\#(id)"}"#,
            #"{"type":5,"decision":"\#(id)"}"#, #"{"type":"failed"}"#, #"{"type":"expired","decision":7}"#,
            #"{"type":"converted"}"#, #"{"type":"of tomorrow","decision":{}}"#, #"{"type":"delivered","x":\#(nested)}"#,
            #"{"type":"deliv\x","decision":"\#(id)"}"#, "{}",
        ]
        let person = random.chance(85) ? "ann" : random.pick([nil, "", "a\u{7}"])
        say(person, random.pick(values), after: -1, steps)
    }

    private mutating func write(to input: inout OracleInput) {
        var offset = Int64(random.below(50))
        var written: [OracleRecord] = []
        for place in input.steps.indices where !records[place].isEmpty {
            let from = offset
            for record in records[place] {
                written.append(OracleRecord(offset, at: record.timestamp, record.key, record.value))
                offset += random.chance(20) ? 2 : 1
            }
            input.steps[place].ranges.append(OracleRange(topic: input.topics.count, from: from, to: offset))
        }
        input.topics.append(OracleTopic(name: "outcomes", partition: 3, records: written, isOutcomes: true))
    }
}
