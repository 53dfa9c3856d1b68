/// What a rule set means, worked out a second time: slowly, from the documentation alone.
///
/// Give it what a partition consumed and the steps of its journal; compare what comes back with what the engine did.
public struct Oracle: Sendable {
    private(set) var rules: [OracleRule]
    let folds: [OracleFold]
    let choices: OracleChoices
    /// Of people of whom none is known.
    let defaultZone: String
    private(set) var reading: OracleReading
    let change: OracleChange?
    /// By id, of rules that became others while instances ran: what these go on as.
    private(set) var older: [String: OracleRule] = [:]

    /// Rules act in the order of their ids' bytes.
    public init(
        rules: [OracleRule], folds: [OracleFold], choices: OracleChoices = OracleChoices(), defaultZone: String = "UTC",
        change: OracleChange? = nil
    ) {
        self.rules = Self.sorted(rules)
        self.change = change
        self.folds = folds
        self.choices = choices
        self.defaultZone = defaultZone
        reading = OracleReading(rules: rules, folds: folds)
    }

    private static func sorted(_ rules: [OracleRule]) -> [OracleRule] {
        rules.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    }

    /// - Parameter running: ids of the rules that have running instances.
    mutating func change(to rules: [OracleRule], running: Set<String>) {
        older = Dictionary(
            uniqueKeysWithValues: self.rules.filter { running.contains($0.id) && !rules.contains($0) }.map {
                ($0.id, $0)
            })
        self.rules = Self.sorted(rules)
        reading = OracleReading(rules: rules + older.values, folds: folds)
    }

    public func run(_ input: OracleInput) -> OracleResult {
        var runner = OracleRunner(oracle: self, input: input)
        for place in input.steps.indices { runner.take(place) }
        return runner.result
    }
}

/// The steps, one after the other.
struct OracleRunner {
    private(set) var oracle: Oracle
    let input: OracleInput
    private(set) var decoder: OracleDecoder
    var people: [[UInt8]: OraclePerson] = [:]
    /// When the first timer of a person is judged; who has none is not there.
    private var judged: [[UInt8]: Int64] = [:]
    var result = OracleResult()
    /// The clock before the step.
    var now: Int64 = 0

    init(oracle: Oracle, input: OracleInput) {
        self.oracle = oracle
        self.input = input
        decoder = OracleDecoder(reading: oracle.reading)
    }

    mutating func take(_ place: Int) {
        let step = input.steps[place]
        if let change = oracle.change, change.place == place { become(change.rules) }
        for (record, topic) in outcomes(step) { learn(record, of: topic) }
        for (record, topic, key) in merged(step) {
            let clock = max(now, min(step.now, key))
            apply(record, of: topic, key: key, clock: clock, wall: step.wall)
        }
        fireOthers(step, place: place)
        now = step.now
    }

    /// Instances that run go on as they began; what a trigger has counted is forgotten unless it stays the same, and what nobody
    /// has read is known from now on.
    private mutating func become(_ rules: [OracleRule]) {
        let before = oracle
        let changed = before.rules.filter { !rules.contains($0) }
        let running = changed.filter { rule in people.values.contains { !$0.rules[rule.id]!.running.isEmpty } }
        oracle.change(to: rules, running: Set(running.map(\.id)))
        decoder = OracleDecoder(reading: oracle.reading)
        for id in people.keys {
            for rule in changed {
                let goesOn = rules.contains { $0.id == rule.id && $0.trigger == rule.trigger && $0.key == rule.key }
                people[id]!.rules[rule.id]!.leave(forgetting: !goesOn)
            }
            people[id]!.begin(oracle, after: before.reading)
            keep(people[id]!)
        }
    }

    private mutating func keep(_ person: OraclePerson) {
        people[person.id] = person
        judged[person.id] = OracleTimer.all(of: person, oracle.rules).map { $0.due + $0.wait }.min()
    }

    /// The step's records in the order in which they apply, each with its key.
    private func merged(_ step: OracleStep) -> [(OracleRecord, OracleTopic, Int64)] {
        var queues = step.ranges.filter { !input.topics[$0.topic].isOutcomes }.map { range in
            let topic = input.topics[range.topic]
            var newest = Int64.min
            return topic.records(in: range).map { record in
                newest = max(newest, min(record.timestamp, step.wall))
                return (record, topic, newest)
            }[...]
        }
        var merged: [(OracleRecord, OracleTopic, Int64)] = []
        while let next = queues.indices.filter({ !queues[$0].isEmpty }).min(by: {
            queues[$0].first!.2 < queues[$1].first!.2
        }) {
            merged.append(queues[next].removeFirst())
        }
        return merged
    }

    private mutating func apply(_ record: OracleRecord, of topic: OracleTopic, key: Int64, clock: Int64, wall: Int64) {
        let event: OracleEvent
        do {
            let cause = "\(topic.name)-\(topic.partition)-\(record.offset)"
            event = try decoder.event(record, key: key, cause: cause)
        } catch {
            result.deadLetters.append(
                OracleDeadLetter(
                    topic: topic.name, partition: topic.partition, offset: record.offset, reason: error))
            return
        }
        let known = people.removeValue(forKey: event.person) ?? OraclePerson(id: event.person, oracle)
        var turn = OracleTurn(oracle: oracle, person: known, clock: clock, wall: wall)
        turn.fireOwn(until: min(event.time, clock))
        turn.apply(event)
        keep(turn.person)
        result.add(turn.result)
    }

    /// After the records: everybody's timers due by the step's clock.
    private mutating func fireOthers(_ step: OracleStep, place: Int) {
        var waiting: [OracleTimer] = []
        for (id, first) in judged where first <= step.now {
            waiting += OracleTimer.all(of: people[id]!, oracle.rules).filter { $0.due + $0.wait <= step.now }
        }
        waiting.sort { $0.precedes($1, at: (standing($0), standing($1))) }
        let fired = waiting.prefix(count(of: waiting.map { (standing($0), $0.person) }, within: step.cutOff))
        if case .budget = step.cutOff, fired.count < waiting.count, let last = fired.last {
            let same = fired.filter { standing($0) == standing(last) && $0.person == last.person }
            result.cutOffs[place] = .through(due: standing(last), person: last.person, timersFired: same.count)
        }
        for timer in fired {
            var turn = OracleTurn(oracle: oracle, person: people[timer.person]!, clock: step.now, wall: step.wall)
            turn.fire(timer)
            keep(turn.person)
            result.add(turn.result)
        }
    }

    private func standing(_ timer: OracleTimer) -> Int64 {
        oracle.choices.isOrderedByJudgement ? timer.due + timer.wait : timer.due
    }

    /// How many of the sorted timers, given as (due, person), the cut-off lets fire.
    private func count(of timers: [(due: Int64, person: [UInt8])], within cutOff: OracleCutOff) -> Int {
        switch cutOff {
        case .none: return timers.count
        case .budget(let most): return min(most, timers.count)
        case .through(let due, let person, let timersFired):
            let isBefore = { (timer: (due: Int64, person: [UInt8])) in
                timer.due < due || (timer.due == due && timer.person.lexicographicallyPrecedes(person))
            }
            let earlier = timers.filter(isBefore).count
            let same = timers.filter { $0.due == due && $0.person == person }.count
            return earlier + min(same, timersFired ?? same)
        }
    }
}

/// A run's due time, as it stands in the order of all timers.
struct OracleTimer {
    let due: Int64
    let wait: Int64
    let person: [UInt8]
    let rule: String
    let key: [[UInt8]?]

    static func all(of person: OraclePerson, _ rules: [OracleRule]) -> [OracleTimer] {
        rules.flatMap { rule in
            person.rules[rule.id]!.running.map {
                OracleTimer(due: $0.due, wait: rule.waitOrDefault, person: person.id, rule: rule.id, key: $0.key)
            }
        }
    }

    func precedes(_ other: OracleTimer, at places: (Int64, Int64)) -> Bool {
        if places.0 != places.1 { return places.0 < places.1 }
        if person != other.person { return person.lexicographicallyPrecedes(other.person) }
        if rule != other.rule { return rule.utf8.lexicographicallyPrecedes(other.rule.utf8) }
        return OracleKey.precedes(key, other.key)
    }
}

/// The rules that hold from a step on, by its place: the same ids.
public struct OracleChange: Sendable {
    public let place: Int
    public let rules: [OracleRule]

    public init(place: Int, rules: [OracleRule]) {
        self.place = place
        self.rules = rules
    }
}
