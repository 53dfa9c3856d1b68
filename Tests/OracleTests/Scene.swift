import Oracle

/// Hand-written input: minutes after a round instant, one topic, one step a record unless said otherwise.
struct Scene {
    static let start: Int64 = 1_704_067_200_000

    var rules: [OracleRule]
    var folds: [OracleFold] = []
    private var records: [OracleRecord] = []
    private var steps: [OracleStep] = []

    init(_ rules: OracleRule..., folds: [OracleFold] = []) {
        self.rules = rules
        self.folds = folds
    }

    static func at(_ minutes: Double) -> Int64 { start + Int64(minutes * 60_000) }

    /// `said` is the event's own time, `at` the record's, which moves the clock.
    mutating func event(
        _ name: String, at: Double, said: Double? = nil, _ properties: String = "{}", person: String = "ann"
    ) {
        let stamp = said.map { #","timestamp":\#(Self.at($0))"# } ?? ""
        value(#"{"event":"\#(name)","properties":\#(properties)\#(stamp)}"#, at: at, person: person)
    }

    mutating func value(_ value: String?, at: Double, person: String? = "ann") {
        let offset = Int64(records.count)
        records.append(OracleRecord(offset, at: Self.at(at), person, value))
        let clock = max(steps.last?.now ?? 0, Self.at(at))
        let range = OracleRange(topic: 0, from: offset, to: offset + 1)
        steps.append(OracleStep(seq: offset + 1, now: clock, wall: clock, ranges: [range]))
    }

    mutating func advance(to minutes: Double, wall: Double? = nil, cutOff: OracleCutOff = .none) {
        let seq = Int64(steps.count + 1)
        steps.append(OracleStep(seq: seq, now: Self.at(minutes), wall: Self.at(wall ?? minutes), cutOff: cutOff))
    }

    /// Puts all that came so far into one step.
    mutating func joinSteps() {
        let range = OracleRange(topic: 0, from: 0, to: Int64(records.count))
        steps = [OracleStep(seq: 1, now: steps.last!.now, wall: steps.last!.wall, ranges: [range])]
    }

    func run() -> OracleResult {
        let topic = OracleTopic(name: "events", partition: 2, records: records)
        return Oracle(rules: rules, folds: folds).run(OracleInput(topics: [topic], steps: steps))
    }
}

extension OracleResult {
    /// Minutes after the scene's start.
    var dueMinutes: [Double] { decisions.map { Double($0.dueAt - Scene.start) / 60_000 } }
}
