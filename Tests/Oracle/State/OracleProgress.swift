/// What a sequence has come to for one key.
struct OracleSequenceState {
    struct Run {
        let start: Int64
        /// Of the event that brought it so far.
        let time: Int64
    }

    /// By stage, from 1: the run with the latest start that has come so far.
    var runs: [Int: Run] = [:]
    /// The newest firing.
    var fired = Int64.min
}

/// What a count has come to for one key: everything that counts, each by the times of its events.
struct OracleCountState {
    struct Counted {
        /// nil: every event by itself, or a session without an id.
        let name: OracleValue?
        var times: [Int64]
    }

    var counted: [Counted] = []
    /// The newest event taken.
    var newest = Int64.min
}

struct OracleArrival {
    /// Among the absent events.
    let place: Int
    let key: [[UInt8]?]
    let time: Int64
}

// MARK: Sequence

extension OracleTurn {
    /// Returns when the run began that the event completes.
    mutating func advance(
        _ rule: OracleRule, _ stages: [OracleReference], within: Int64, _ event: OracleEvent
    ) -> Int64? {
        let scope = scope(event, rule)
        let key = key(rule, event)
        let before = person.rules[rule.id]!.sequences[key] ?? OracleSequenceState()
        var after = before
        var completed: Int64?
        for (place, reference) in stages.enumerated() where scope.matches(reference, event) {
            let stage = place + 1
            var run: OracleSequenceState.Run?
            if stage == 1 {
                let isOver = event.time <= before.fired || isEmptied(rule, key, at: event.time)
                run = isOver ? nil : .init(start: event.time, time: event.time)
            } else if let earlier = before.runs[stage - 1], earlier.time <= event.time,
                event.time - earlier.start <= within
            {
                run = .init(start: earlier.start, time: event.time)
            }
            guard let run else { continue }
            if stage == stages.count {
                completed = run.start
            } else if let known = before.runs[stage], (known.start, -known.time) >= (run.start, -run.time) {
                continue
            } else {
                after.runs[stage] = run
            }
        }
        if completed != nil {
            after = before
            after.fired = max(before.fired, event.time)
            after.runs = after.runs.filter { $0.value.start > event.time }
        }
        person.rules[rule.id]!.sequences[key] = after
        return completed
    }
}

// MARK: Count and total

extension OracleTurn {
    static let sessionGap: Int64 = 30 * 60_000

    /// Returns the time of the oldest that counts, when with the event the count comes to the number.
    mutating func count(_ rule: OracleRule, _ count: OracleCount, _ event: OracleEvent) -> Int64? {
        guard scope(event, rule).matches(count.event, event) else { return nil }
        let key = key(rule, event)
        var name: OracleValue?
        switch count.distinct {
        case nil: break
        case .session: name = event.keyPart(EventPaths.session).map { .string($0) }
        case .values(let path):
            let value = OracleValue(event.body.value(at: path))
            switch value {
            case .string, .double, .bool: name = value
            default: return nil
            }
        }
        if isEmptied(rule, key, at: event.time) { return nil }
        var state = person.rules[rule.id]!.counts[key] ?? OracleCountState()
        let newest = max(state.newest, event.time)
        let from = count.per.map { person.zone.beginning(of: $0, holding: newest) } ?? newest - count.within + 1
        guard event.time >= from else { return nil }
        state.newest = newest
        let time = { (counted: OracleCountState.Counted) in
            count.distinct == .session ? counted.times.min()! : counted.times.max()!
        }
        state.counted.removeAll { time($0) < from }
        let before = state.counted.count
        var taken = OracleCountState.Counted(name: name, times: [event.time])
        if count.distinct != nil {
            let same = state.counted.filter { isSame($0, name, event.time) }
            state.counted.removeAll { isSame($0, name, event.time) }
            taken.times += same.flatMap(\.times)
        }
        state.counted.append(taken)
        let after = state.counted.count
        let most = count.atLeast + (count.distinct == .session ? 25 : 0)
        if after > most {
            state.counted.remove(at: state.counted.indices.min { time(state.counted[$0]) < time(state.counted[$1]) }!)
        }
        person.rules[rule.id]!.counts[key] = state
        return before < count.atLeast && after >= count.atLeast ? state.counted.map(time).min() : nil
    }

    private func isSame(_ counted: OracleCountState.Counted, _ name: OracleValue?, _ time: Int64) -> Bool {
        if counted.name != nil || name != nil { return counted.name == name }
        return time - counted.times.max()! < Self.sessionGap && counted.times.min()! - time < Self.sessionGap
    }

    /// Whether with the event the total comes to the number.
    mutating func addUp(
        _ rule: OracleRule, _ path: [String], _ of: OracleReference, reaches: String, _ event: OracleEvent
    ) -> Bool {
        guard scope(event, rule).matches(of, event), case .number(let text)? = event.body.value(at: path),
            let amount = OracleDecimal.millionths(text)
        else { return false }
        let key = key(rule, event)
        if isEmptied(rule, key, at: event.time) { return false }
        let amounts = person.rules[rule.id]!.totals[key] ?? []
        let limit = OracleDecimal.millionthsMax
        let total = { (amounts: [Int128]) in amounts.reduce(0) { max(-limit, min(limit, $0 + $1)) } }
        let number = OracleDecimal.millionths(reaches)!
        person.rules[rule.id]!.totals[key] = amounts + [amount]
        return total(amounts) < number && total(amounts + [amount]) >= number
    }

    /// `not`, and the `since` of a total.
    mutating func empty(_ rule: OracleRule, _ emptying: OracleReference, _ event: OracleEvent) {
        guard scope(event, rule).matches(emptying, event) else { return }
        let key = key(rule, event)
        var state = person.rules[rule.id]!
        for (known, sequence) in state.sequences where OracleKey.matches(known, key) {
            state.sequences[known]!.runs = sequence.runs.filter { $0.value.start > event.time }
        }
        for (known, count) in state.counts where OracleKey.matches(known, key) {
            let isSession = isCountingSessions(rule)
            let left = count.counted.compactMap { counted -> OracleCountState.Counted? in
                guard counted.times.max()! > event.time else { return nil }
                // What a session has done after it counts from its last event.
                let isCut = isSession && counted.times.min()! <= event.time
                return .init(name: counted.name, times: isCut ? [counted.times.max()!] : counted.times)
            }
            state.counts[known] = left.isEmpty ? nil : OracleCountState(counted: left, newest: count.newest)
        }
        for known in state.totals.keys where OracleKey.matches(known, key) && !isEmptied(rule, known, at: event.time) {
            state.totals[known] = nil
        }
        state.cancellers[key] = max(state.cancellers[key] ?? .min, event.time)
        person.rules[rule.id] = state
        if case .total = rule.trigger { return }
        for place in reachable(rule, key) {
            let run = person.rules[rule.id]!.firings[place].run
            if event.time >= run.first && event.time < run.due { undo(rule, place, event) }
        }
    }

    private func isCountingSessions(_ rule: OracleRule) -> Bool {
        if case .count(let count) = rule.trigger { return count.distinct == .session }
        return false
    }
}

enum EventPaths {
    static let session = ["context", "session"]
}

// MARK: Absence with `all` or `since`

extension OracleTurn {
    mutating func note(_ rule: OracleRule, _ absence: OracleLongAbsence, _ event: OracleEvent) {
        let scope = scope(event, rule)
        let key = key(rule, event)
        if let since = absence.since, scope.matches(since, event) {
            person.rules[rule.id]!.sinces.append(OracleArrival(place: 0, key: key, time: event.time))
        }
        let places = absence.absent.indices.filter { scope.matches(absence.absent[$0], event) }
        guard !places.isEmpty else { return }
        person.rules[rule.id]!.absents += places.map { OracleArrival(place: $0, key: key, time: event.time) }
        let running = person.rules[rule.id]!.running
        person.rules[rule.id]!.running = running.compactMap { run in
            guard reaches(rule, absence, run, key, event) else { return run }
            return isFollowed(rule, absence, run.key, from: run.last, until: .max) ? nil : run.restarted(choices)
        }
        for place in reachable(rule, key)
        where reaches(rule, absence, person.rules[rule.id]!.firings[place].run, key, event) {
            undo(rule, place, event)
        }
    }

    /// Whether the event is one with which everything has come that was to be absent from a run.
    private func reaches(
        _ rule: OracleRule, _ absence: OracleLongAbsence, _ run: OracleRun, _ key: [[UInt8]?], _ event: OracleEvent
    ) -> Bool {
        OracleKey.matches(run.key, key) && event.time < run.due
            && event.time >= countsFrom(rule, run.key, run.first)
            && isFollowed(rule, absence, run.key, from: run.first, until: run.due)
    }

    func isFollowed(
        _ rule: OracleRule, _ absence: OracleLongAbsence, _ key: [[UInt8]?], from start: Int64, until due: Int64
    ) -> Bool {
        let from = countsFrom(rule, key, start)
        return absence.absent.indices.allSatisfy { place in
            let times = person.rules[rule.id]!.absents.filter { $0.place == place && OracleKey.matches($0.key, key) }
            guard let newest = times.map(\.time).max() else { return false }
            return newest >= from && newest < due
        }
    }

    /// The start, or what comes after the last `since` before it.
    private func countsFrom(_ rule: OracleRule, _ key: [[UInt8]?], _ start: Int64) -> Int64 {
        let times = person.rules[rule.id]!.sinces.filter { OracleKey.matches($0.key, key) }.map(\.time)
        guard let last = times.max(), last < start else { return start }
        return last + 1
    }
}
