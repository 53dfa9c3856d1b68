/// Instances of a rule that has become another since they began. What this says holds for events in order of time.
extension OracleTurn {
    /// They end by their own absent events and exits.
    mutating func endOlder(_ older: OracleRule, _ event: OracleEvent) {
        let (scope, key) = (scope(event, older), key(older, event))
        let isCancelled = older.absent.map { scope.matches($0, event) } ?? false
        let isExit = older.exits.contains { scope.matches($0, event) }
        person.rules[older.id]!.running.removeAll { run in
            guard run.isOlder, OracleKey.matches(run.key, key), event.time >= run.first else { return false }
            return isCancelled ? event.time < run.due : isExit
        }
    }

    /// A start of the rule as it is now goes to the instance of its key that runs, and moves it as it began.
    mutating func joinOlder(_ rule: OracleRule, _ key: [[UInt8]?], _ start: OracleStart) -> Bool {
        guard let place = person.rules[rule.id]!.running.firstIndex(where: { $0.isOlder && $0.key == key }) else {
            return false
        }
        switch oracle.older[rule.id]!.trigger {
        case .inactivity(let length, _):
            var run = OracleRun(key: key, at: start, within: length)
            run.isOlder = true
            person.rules[rule.id]!.running[place] = run
        case .absence(_, _, _, let movesDue):
            person.rules[rule.id]!.running[place].collect(start, movesDue: movesDue)
        default: break
        }
        return true
    }

    /// The newest event of those that firings are about, of whatever version of the rule.
    func lastFired(_ rule: OracleRule, _ key: [[UInt8]?]) -> Int64? {
        // What an event has brought to no decision is not remembered.
        let remembered = person.rules[rule.id]!.firings.filter { $0.decision != nil || $0.run.within > 0 }
        return remembered.filter { $0.run.key == key && !$0.isVoided }.map(\.run.last).max()
    }
}
