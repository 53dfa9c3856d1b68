/// One record, or one timer, of one person.
struct OracleTurn {
    static let runsMax = 25
    static let firingsRememberedMax = 25

    let oracle: Oracle
    var person: OraclePerson
    /// The record's clock.
    let clock: Int64
    let wall: Int64
    /// What comes of it.
    var result = OracleResult()

    var choices: OracleChoices { oracle.choices }

    func scope(_ event: OracleEvent) -> OracleScope { OracleScope(person: person, now: event.time, body: event.body) }

    func scope(_ event: OracleEvent, _ rule: OracleRule) -> OracleScope {
        var scope = scope(event)
        scope.rule = rule
        scope.key = key(rule, event)
        return scope
    }

    func key(_ rule: OracleRule, _ event: OracleEvent) -> [[UInt8]?] { rule.key.map(event.keyPart) }

    func texts(_ key: [[UInt8]?]) -> [String?] { key.map { $0.map { String(decoding: $0, as: UTF8.self) } } }

    /// Her own later event proves that her time has passed.
    mutating func fireOwn(until time: Int64) {
        let due = OracleTimer.all(of: person, oracle.rules).filter { $0.due <= time }
        for timer in due.sorted(by: { $0.precedes($1, at: ($0.due, $1.due)) }) { fire(timer) }
    }

    mutating func apply(_ event: OracleEvent) {
        if oracle.reading.bringsZone(event) { person.noteZone(event) }
        feedFolds(event)
        for rule in oracle.rules where clock - event.time <= rule.allowOrDefault {
            if let older = oracle.older[rule.id] { endOlder(older, event) }
            cancel(rule, event)
            exit(rule, event)
            reachGoal(rule, event)
            start(rule, event)
        }
    }

    /// Every condition of a fold sees the folds as they were before the event.
    private mutating func feedFolds(_ event: OracleEvent) {
        let before = scope(event)
        for fold in oracle.folds {
            if case .items(let items) = fold.kind {
                feed(fold, items, event, before)
            } else if let since = fold.since, before.matches(since, event) {
                person.folds[fold.name]!.empty(at: event.time)
            } else if before.matches(fold.of, event) {
                person.folds[fold.name]!.add(event.body, at: event.time, person.zone)
            }
        }
        person.traits.add(event)
        person.seen[event.name] = max(person.seen[event.name] ?? .min, event.time)
    }

    private mutating func feed(_ fold: OracleFold, _ items: OracleItems, _ event: OracleEvent, _ before: OracleScope) {
        let key = items.key.flatMap(event.keyPart)
        if let clear = fold.since, before.matches(clear, event) {
            person.collections[fold.name]!.add(.clear, key: key, at: event.time)
            return
        }
        let bodies = OracleCollectionHistory.items(of: event.body)
        if let remove = fold.remove, before.matches(remove, event) {
            person.collections[fold.name]!.add(.remove(bodies), key: key, at: event.time)
        }
        if before.matches(fold.of, event) {
            person.collections[fold.name]!.add(.put(bodies), key: key, at: event.time)
        }
    }

    // MARK: Cancelling

    private mutating func cancel(_ rule: OracleRule, _ event: OracleEvent) {
        if let absence = rule.longAbsence { return note(rule, absence, event) }
        if let emptying = rule.emptying { return empty(rule, emptying, event) }
        guard let absent = rule.absent, scope(event, rule).matches(absent, event) else { return }
        let key = key(rule, event)
        var state = person.rules[rule.id]!
        state.cancellers[key] = max(state.cancellers[key] ?? .min, event.time)
        state.running = state.running.compactMap { run in
            guard !run.isOlder, OracleKey.matches(run.key, key), event.time >= run.first, event.time < run.due else {
                return run
            }
            guard event.time < run.last, !isCancelled(rule, run.key, at: run.last) else { return nil }
            return run.restarted(choices)
        }
        person.rules[rule.id] = state
        for place in reachable(rule, key) {
            let run = person.rules[rule.id]!.firings[place].run
            if event.time >= run.first && event.time < run.due { undo(rule, place, event) }
        }
    }

    /// The firings that an event with that key can still undo or recall.
    func reachable(_ rule: OracleRule, _ key: [[UInt8]?]) -> [Int] {
        let firings = person.rules[rule.id]!.firings
        let matching = firings.indices.filter { OracleKey.matches(firings[$0].run.key, key) }
        if choices.recallReachesAll { return matching }
        return matching.filter { place in
            !matching.contains { $0 > place && firings[$0].run.key == firings[place].run.key }
        }
    }

    /// It should not have fired.
    mutating func undo(_ rule: OracleRule, _ place: Int, _ event: OracleEvent) {
        let firing = person.rules[rule.id]!.firings[place]
        let isExpired = firing.decision.map { clock >= $0.expiresAt } ?? false
        guard !firing.isVoided, choices.suppressedRunsCount || firing.decision != nil,
            choices.expiredRunsCount || !isExpired
        else { return }
        recall(rule, place, event)
        person.rules[rule.id]!.firings[place].isVoided = true
        if rule.absent != nil, event.time < firing.run.last { restart(rule, firing.run) }
        if rule.longAbsence != nil, firing.run.first < firing.run.last { restart(rule, firing.run) }
    }

    private mutating func restart(_ rule: OracleRule, _ run: OracleRun) {
        let state = person.rules[rule.id]!
        if choices.restartGivesWay && state.running.contains(where: { $0.key == run.key }) { return }
        if choices.restartHeedsCancellers && isCancelled(rule, run.key, at: run.last) { return }
        person.rules[rule.id]!.running.removeAll { $0.key == run.key }
        begin(rule, run.restarted(choices))
    }

    /// At most once for a decision, and only while it has not expired.
    private mutating func recall(_ rule: OracleRule, _ place: Int, _ event: OracleEvent) {
        let firing = person.rules[rule.id]!.firings[place]
        guard let decision = firing.decision, !firing.isRecalled, firing.mayHaveGoneOut == nil,
            clock < decision.expiresAt
        else { return }
        person.rules[rule.id]!.firings[place].isRecalled = true
        result.cancels.append(OracleCancel(decision: decision, cause: event.cause))
    }

    // MARK: Exit and goal

    private mutating func exit(_ rule: OracleRule, _ event: OracleEvent) {
        let scope = scope(event, rule)
        guard rule.exits.contains(where: { scope.matches($0, event) }) else { return }
        let key = key(rule, event)
        let absents = rule.longAbsence?.absent ?? [rule.absent].compactMap { $0 }
        let isAbsent = absents.contains { scope.matches($0, event) }
        if !isAbsent {
            person.rules[rule.id]!.running.removeAll {
                !$0.isOlder && OracleKey.matches($0.key, key) && event.time >= $0.first
            }
        }
        for place in reachable(rule, key) where event.time >= person.rules[rule.id]!.firings[place].run.first {
            recall(rule, place, event)
        }
    }

    private mutating func reachGoal(_ rule: OracleRule, _ event: OracleEvent) {
        guard let goal = rule.goal, scope(event, rule).matches(goal.event, event) else { return }
        let key = key(rule, event)
        let firings = person.rules[rule.id]!.firings
        let candidates = firings.indices.filter {
            firings[$0].decision != nil && firings[$0].mayHaveGoneOut != false
                && OracleKey.matches(firings[$0].run.key, key)
                && (choices.goalConvertsVoided || !firings[$0].isVoided)
        }
        let groups =
            choices.goalConvertsEachKey
            ? Dictionary(grouping: candidates) { firings[$0].run.key }.values.map { $0 } : [candidates]
        for group in groups {
            guard let newest = group.max(by: { (firings[$0].run.due, $0) < (firings[$1].run.due, $1) }),
                !firings[newest].isConverted, let decision = firings[newest].decision,
                event.time >= decision.dueAt, event.time < decision.dueAt + goal.within
            else { continue }
            person.rules[rule.id]!.firings[newest].isConverted = true
            result.conversions.append(
                OracleConversion(decision: decision, cause: event.cause, eventAt: event.time))
        }
    }

    // MARK: Starting

    private mutating func start(_ rule: OracleRule, _ event: OracleEvent) {
        let start = OracleStart(time: event.time, body: event.body)
        let key = key(rule, event)
        switch rule.trigger {
        case .event(let reference):
            guard scope(event, rule).matches(reference, event) else { return }
            fire(rule, event, since: event.time)
        case .absence(let reference, _, let within, let movesDue):
            guard scope(event, rule).matches(reference, event), !joinOlder(rule, key, start) else { return }
            startAbsence(rule, OracleRun(key: key, at: start, within: within), start, movesDue: movesDue)
        case .longAbsence(let absence):
            guard scope(event, rule).matches(absence.start, event) else { return }
            startAbsence(
                rule, OracleRun(key: key, at: start, within: absence.within), start, movesDue: absence.movesDue)
        case .sequence(let stages, let within, _):
            if let first = advance(rule, stages, within: within, event) { fire(rule, event, since: first) }
        case .count(let count):
            if let first = self.count(rule, count, event) { fire(rule, event, since: first) }
        case .total(let path, let of, let reaches, _):
            if addUp(rule, path, of, reaches: reaches, event) { fire(rule, event, since: event.time) }
        case .inactivity(let length, let events):
            let isOwn = event.isOwn || (choices.eventsReplaceOwn && events != nil)
            guard isOwn, events.map({ scope(event, rule).matches($0, event) }) ?? true else { return }
            if joinOlder(rule, key, start) { return }
            startSilence(rule, OracleRun(key: key, at: start, within: length), event)
        }
    }

    /// With the event, and for what has been going on since a time.
    private mutating func fire(_ rule: OracleRule, _ event: OracleEvent, since first: Int64) {
        var run = OracleRun(
            key: key(rule, event), at: OracleStart(time: event.time, body: event.body), within: 0)
        run.first = first
        if isForbidden(rule, run.key, at: event.time) { return suppress(rule, run, .reentry) }
        judge(rule, run, cause: event.cause, event)
    }

    private mutating func startAbsence(_ rule: OracleRule, _ run: OracleRun, _ start: OracleStart, movesDue: Bool) {
        let state = person.rules[rule.id]!
        if let place = state.running.firstIndex(where: { $0.key == run.key }) {
            person.rules[rule.id]!.running[place].collect(start, movesDue: movesDue)
            return
        }
        let isOfEarlierRun = state.firings.contains {
            $0.run.key == run.key && start.time < $0.run.due
                && !($0.isVoided && choices.recalledRunsOwnNoStarts)
                && ($0.decision != nil || choices.suppressedRunsCount)
        }
        if isCancelled(rule, run.key, at: start.time) || isOfEarlierRun { return }
        if isForbidden(rule, run.key, at: start.time) { return suppress(rule, run, .reentry) }
        begin(rule, run)
    }

    private mutating func startSilence(_ rule: OracleRule, _ run: OracleRun, _ event: OracleEvent) {
        let newest = person.rules[rule.id]!.newest[run.key]
        if let newest, event.time <= newest { return }
        if let fired = lastFired(rule, run.key), event.time <= fired { return }
        person.rules[rule.id]!.newest[run.key] = event.time
        if let place = person.rules[rule.id]!.running.firstIndex(where: { $0.key == run.key }) {
            person.rules[rule.id]!.running[place] = run
            return
        }
        for (place, firing) in person.rules[rule.id]!.firings.enumerated()
        where firing.run.key == run.key && firing.run.last == newest && event.time < firing.run.due {
            undo(rule, place, event)
        }
        begin(rule, run)
    }

    func isCancelled(_ rule: OracleRule, _ key: [[UInt8]?], at start: Int64) -> Bool {
        if let absence = rule.longAbsence { return isFollowed(rule, absence, key, from: start, until: .max) }
        return isEmptied(rule, key, at: start)
    }

    func isEmptied(_ rule: OracleRule, _ key: [[UInt8]?], at start: Int64) -> Bool {
        person.rules[rule.id]!.cancellers.contains { OracleKey.matches($0.key, key) && $0.value >= start }
    }

    private func isForbidden(_ rule: OracleRule, _ key: [[UInt8]?], at start: Int64) -> Bool {
        let counting = person.rules[rule.id]!.firings.filter {
            $0.run.key == key && $0.decision != nil && !$0.isVoided
        }
        switch rule.reentry {
        case .always: return false
        case .once: return !counting.isEmpty
        case .after(let length): return counting.contains { start < $0.run.due + length }
        }
    }

    private mutating func begin(_ rule: OracleRule, _ run: OracleRun) {
        let running = person.rules[rule.id]!.running
        if running.count >= Self.runsMax {
            let oldest = running.indices.min { (running[$0].first, $0) < (running[$1].first, $1) }!
            suppress(rule, person.rules[rule.id]!.running.remove(at: oldest), .instanceLimit)
        }
        person.rules[rule.id]!.running.append(run)
    }

    // MARK: Firing

    mutating func fire(_ timer: OracleTimer) {
        let rule = oracle.rules.first { $0.id == timer.rule }!
        guard let place = person.rules[rule.id]!.running.firstIndex(where: { $0.key == timer.key }) else { return }
        let run = person.rules[rule.id]!.running.remove(at: place)
        judge(run.isOlder ? oracle.older[rule.id]! : rule, run, cause: "timer", nil)
    }

    private mutating func judge(_ rule: OracleRule, _ run: OracleRun, cause: String, _ event: OracleEvent?) {
        let scope = OracleScope(
            person: person, now: run.due, body: event?.body, name: event?.name, rule: rule, run: run, key: run.key)
        let reason = obstacle(rule, run, scope)
        if let reason { suppress(rule, run, reason) }
        let decision = reason == nil ? decide(rule, run, scope, cause: cause) : nil
        person.rules[rule.id]!.firings.append(OracleFiring(run: run, decision: decision))
        forgetOldest(rule)
    }

    private func obstacle(_ rule: OracleRule, _ run: OracleRun, _ scope: OracleScope) -> OracleSuppression.Reason? {
        var isForbidden = false
        if case .inactivity = rule.trigger { isForbidden = self.isForbidden(rule, run.key, at: run.due) }
        if isForbidden && choices.inactivityReentryFirst { return .reentry }
        if let most = rule.latenessMaxOrDefault, wall - run.due > most { return .late }
        if !scope.holds(rule.condition) { return .condition }
        return isForbidden ? .reentry : nil
    }

    private mutating func decide(
        _ rule: OracleRule, _ run: OracleRun, _ scope: OracleScope, cause: String
    ) -> OracleDecision {
        let data = rule.data.map { named in (named.name, scope.value(named.operand).canonicalText ?? "null") }
        let likeness = OracleLikeness(rule: rule.id, key: run.key, cause: cause, due: run.due)
        let ordinal = person.decided[likeness] ?? 0
        person.decided[likeness] = ordinal + 1
        let decision = OracleDecision(
            rule: rule.id, person: person.idText, key: texts(run.key), cause: cause, dueAt: run.due,
            eventAt: run.last, expiresAt: run.due + rule.expiresOrDefault, decidedAt: wall,
            channel: rule.channels[0], data: Dictionary(uniqueKeysWithValues: data), ordinal: ordinal)
        result.decisions.append(decision)
        return decision
    }

    /// A rule remembers 25 firings: those that are not their key's newest decision go first, the oldest of them.
    private mutating func forgetOldest(_ rule: OracleRule) {
        let firings = person.rules[rule.id]!.firings
        guard firings.count > Self.firingsRememberedMax else { return }
        let others = firings.indices.dropLast()
        let superseded = others.filter { place in
            firings[place].decision == nil
                || firings[(place + 1)...].contains { $0.decision != nil && $0.run.key == firings[place].run.key }
        }
        let oldest = (superseded.isEmpty ? Array(others) : superseded).min {
            firings[$0].run.due < firings[$1].run.due
        }!
        person.rules[rule.id]!.firings.remove(at: oldest)
    }

    private mutating func suppress(_ rule: OracleRule, _ run: OracleRun, _ reason: OracleSuppression.Reason) {
        result.suppressions.append(
            OracleSuppression(
                rule: rule.id, person: person.idText, key: texts(run.key), reason: reason, dueAt: run.due))
    }
}
