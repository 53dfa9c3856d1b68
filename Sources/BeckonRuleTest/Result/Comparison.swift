import BeckonModel

/// Sets what came against what was expected.
struct Comparison {
    private(set) var differences: [RuleTestDifference] = []

    init(of outcome: Outcome, with expected: RuleTest.Expected) {
        compare(expected.decisions, outcome.decisions) {
            $0.matches($1)
        } described: {
            $0.text
        } cameAs: {
            $0.text(beside: $1)
        }
        // A test that names no suppression does not look at them.
        if expected.suppressions.isEmpty { return }
        compare(expected.suppressions, outcome.suppressions) {
            $0.matches($1)
        } described: {
            $0.text
        } cameAs: {
            came, _ in
            came.text
        }
    }

    private mutating func compare<Expected, Came>(
        _ expected: [Expected], _ came: [Came], _ matches: (Expected, Came) -> Bool,
        described: (Expected) -> String, cameAs: (Came, Expected?) -> String
    ) where Expected: Timed, Came: Timed {
        let pairing = Pairing(expected.count, came.count) { matches(expected[$0], came[$1]) }
        var unexpected = came.indices.filter { !pairing.isTaken($0) }
        for (place, expectation) in expected.enumerated() where pairing.partner(of: place) == nil {
            // What came at that very time is most likely what was meant.
            let near = unexpected.firstIndex { came[$0].moment == expectation.moment } ?? unexpected.indices.first
            let partner = near.map { unexpected.remove(at: $0) }
            differences.append(
                RuleTestDifference(
                    expected: described(expectation), came: partner.map { cameAs(came[$0], expectation) }))
        }
        for place in unexpected {
            differences.append(RuleTestDifference(expected: nil, came: cameAs(came[place], nil)))
        }
    }
}

/// Gives as many of those expected as possible one of their own among those that came.
///
/// Source: augmenting paths (Kuhn); the first that fits is not always right where one expectation says less than another.
private struct Pairing {
    private var takenBy: [Int?]
    private var partners: [Int?]

    init(_ expectedCount: Int, _ cameCount: Int, matches: (Int, Int) -> Bool) {
        takenBy = Array(repeating: nil, count: cameCount)
        partners = Array(repeating: nil, count: expectedCount)
        for place in 0..<expectedCount {
            var seen = [Bool](repeating: false, count: cameCount)
            _ = take(place, &seen, matches)
        }
        for (came, expected) in takenBy.enumerated() {
            if let expected { partners[expected] = came }
        }
    }

    func isTaken(_ came: Int) -> Bool { takenBy[came] != nil }
    func partner(of expected: Int) -> Int? { partners[expected] }

    private mutating func take(_ expected: Int, _ seen: inout [Bool], _ matches: (Int, Int) -> Bool) -> Bool {
        for came in takenBy.indices where !seen[came] && matches(expected, came) {
            seen[came] = true
            guard let other = takenBy[came] else {
                takenBy[came] = expected
                return true
            }
            if take(other, &seen, matches) {
                takenBy[came] = expected
                return true
            }
        }
        return false
    }
}

private protocol Timed {
    /// From the test's start; nil: any.
    var moment: Milliseconds? { get }
}

extension RuleTest.Decision: Timed {
    fileprivate var moment: Milliseconds? { atMs }

    fileprivate func matches(_ came: Outcome.Decision) -> Bool {
        let isRecalledAsSaid =
            switch recall {
            case nil: came.recalledAtMs == nil
            case .anyTime: came.recalledAtMs != nil
            case .at(let ms): came.recalledAtMs == ms
            }
        return isRecalledAsSaid && atMs.isAny(or: came.atMs) && person.isAny(or: came.person)
            && channel.isAny(or: came.channel) && (key?.isContained(in: came.key) ?? true)
            && (data?.isContained(in: came.data) ?? true)
    }

    fileprivate var text: String {
        var text = "a decision" + (atMs.map { " at \(ElapsedText.text($0))" } ?? "")
        if let person { text += " for \(person)" }
        if let channel { text += " by \(channel)" }
        if let key { text += " with key \(key.text)" }
        if let data { text += " with data \(data.text)" }
        switch recall {
        case nil: break
        case .anyTime: text += ", recalled"
        case .at(let ms): text += ", recalled at \(ElapsedText.text(ms))"
        }
        return text
    }
}

extension Outcome.Decision: Timed {
    fileprivate var moment: Milliseconds? { atMs }

    /// With what the expectation speaks of; without one, with everything.
    fileprivate func text(beside expected: RuleTest.Decision?) -> String {
        var text = "a decision at \(ElapsedText.text(atMs))"
        if expected?.person != nil { text += " for \(person)" }
        if expected?.channel != nil { text += " by \(channel)" }
        if expected.map({ $0.key != nil }) ?? (key.members?.isEmpty == false) { text += " with key \(key.text)" }
        if expected.map({ $0.data != nil }) ?? (data.members?.isEmpty == false) { text += " with data \(data.text)" }
        if let recalledAtMs { text += ", recalled at \(ElapsedText.text(recalledAtMs))" }
        return text
    }
}

extension RuleTest.Suppression: Timed {
    fileprivate var moment: Milliseconds? { atMs }

    fileprivate func matches(_ came: Outcome.Suppression) -> Bool {
        reason.label == came.reason && atMs.isAny(or: came.atMs) && person.isAny(or: came.person)
            && (key?.isContained(in: came.key) ?? true)
    }

    fileprivate var text: String {
        var text = "a suppression \(reason.label)" + (atMs.map { " at \(ElapsedText.text($0))" } ?? "")
        if let person { text += " for \(person)" }
        if let key { text += " with key \(key.text)" }
        return text
    }
}

extension Outcome.Suppression: Timed {
    fileprivate var moment: Milliseconds? { atMs }

    fileprivate var text: String {
        "a suppression \(reason) at \(ElapsedText.text(atMs))"
            + (key.members?.isEmpty ?? true ? "" : " with key \(key.text)")
    }
}

extension Optional where Wrapped: Equatable {
    fileprivate func isAny(or value: Wrapped) -> Bool { self == nil || self == value }
}
