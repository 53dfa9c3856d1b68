/// A start as a run keeps it.
struct OracleStart {
    let time: Int64
    let body: OracleJSON
}

/// An instance that waits, with every start that it has collected.
struct OracleRun {
    let key: [[UInt8]?]
    var first: Int64
    var set: Int64
    var last: Int64
    let within: Int64
    /// In the order of arrival.
    var starts: [OracleStart]
    /// Those that made `last`, in the order of arrival.
    var lastStarts: [OracleStart]
    /// Of the version of its rule before the change.
    var isOlder = false

    init(key: [[UInt8]?], at start: OracleStart, within: Int64) {
        self.init(key: key, at: start.time, starts: [start], within: within)
    }

    init(key: [[UInt8]?], at time: Int64, starts: [OracleStart], within: Int64) {
        self.key = key
        (first, set, last) = (time, time, time)
        self.within = within
        self.starts = starts
        lastStarts = starts
    }

    var due: Int64 { self.set + within }

    mutating func collect(_ start: OracleStart, movesDue: Bool) {
        starts.append(start)
        if start.time == last { lastStarts.append(start) }
        guard start.time > last else { return }
        last = start.time
        lastStarts = [start]
        if movesDue { set = start.time }
    }

    func restarted(_ choices: OracleChoices) -> OracleRun {
        let starts = choices.restartTakesFirstOfTie ? Array(lastStarts.prefix(1)) : lastStarts
        var run = OracleRun(key: key, at: last, starts: starts, within: within)
        run.isOlder = isOlder
        return run
    }
}

/// A run that came to its due time, whatever became of it then.
struct OracleFiring {
    let run: OracleRun
    /// nil after a suppression.
    let decision: OracleDecision?
    /// A cancel was written.
    var isRecalled = false
    /// It should not have fired: it no longer counts for `reentry`.
    var isVoided = false
    var isConverted = false
    /// nil as long as no outcome has said so.
    var mayHaveGoneOut: Bool?

    init(run: OracleRun, decision: OracleDecision?) {
        self.run = run
        self.decision = decision
    }
}

/// What a person's record holds for one rule.
struct OracleRuleState {
    var running: [OracleRun] = []
    /// In the order in which they fired.
    var firings: [OracleFiring] = []
    /// The newest canceller by key.
    var cancellers: [[[UInt8]?]: Int64] = [:]
    /// The newest own event by key.
    var newest: [[[UInt8]?]: Int64] = [:]
    /// Of a sequence, by key.
    var sequences: [[[UInt8]?]: OracleSequenceState] = [:]
    /// Of a count, by key.
    var counts: [[[UInt8]?]: OracleCountState] = [:]
    /// Of a total, by key: amounts in millionths.
    var totals: [[[UInt8]?]: [Int128]] = [:]
    /// Of a long absence, every time that an absent event came, by its place.
    var absents: [OracleArrival] = []
    /// And every `since`.
    var sinces: [OracleArrival] = []

    /// The rule becomes another.
    mutating func leave(forgetting counted: Bool) {
        for place in running.indices { running[place].isOlder = true }
        guard counted else { return }
        (sequences, counts, totals) = ([:], [:], [:])
    }
}

enum OracleKey {
    /// A part missing on either side matches anything.
    static func matches(_ left: [[UInt8]?], _ right: [[UInt8]?]) -> Bool {
        zip(left, right).allSatisfy { $0 == nil || $1 == nil || $0 == $1 }
    }

    /// Part by part, by bytes; a missing part comes first.
    static func precedes(_ left: [[UInt8]?], _ right: [[UInt8]?]) -> Bool {
        for (one, two) in zip(left, right) where one != two {
            guard let one else { return true }
            guard let two else { return false }
            return one.lexicographicallyPrecedes(two)
        }
        return false
    }
}
