/// A rule in the oracle's own words.
public struct OracleRule: Sendable, Hashable {
    public var id: String
    /// Beyond the person: paths with their root.
    public var key: [[String]] = []
    public var trigger: OracleTrigger
    public var condition: OracleCondition?
    public var data: [OracleNamedOperand] = []
    /// Folds over the starts: `count`, `sum` and `last` without `of`.
    public var collect: [OracleCollected] = []
    /// nil: the absent events and the goal.
    public var exit: OracleReference?
    public var goal: OracleGoal?
    public var reentry = OracleReentry.always
    /// Milliseconds, from the due time; nil writes nothing, which is 24 hours.
    public var expires: Int64?
    /// Milliseconds; nil writes nothing, which is 0 s and 10 m.
    public var wait: Int64?
    public var allow: Int64?
    public var latenessMax = OracleLatenessMax.unsaid
    public var channels = ["push"]

    public init(id: String, trigger: OracleTrigger) {
        self.id = id
        self.trigger = trigger
    }

    var expiresOrDefault: Int64 { expires ?? 24 * 3_600_000 }
    var waitOrDefault: Int64 { wait ?? 0 }
    var allowOrDefault: Int64 { allow ?? 10 * 60_000 }
    var latenessMaxOrDefault: Int64? {
        switch latenessMax {
        case .unsaid: return 3_600_000
        case .none: return nil
        case .milliseconds(let value): return value
        }
    }

    var absent: OracleReference? {
        if case .absence(_, let absent, _, _) = trigger { return absent }
        return nil
    }

    /// An absence with `all` or `since`.
    var longAbsence: OracleLongAbsence? {
        if case .longAbsence(let absence) = trigger { return absence }
        return nil
    }

    var period: OraclePeriod? {
        if case .count(let count) = trigger { return count.per }
        return nil
    }

    /// `not`, and the `since` of a total.
    var emptying: OracleReference? {
        switch trigger {
        case .sequence(_, _, let not): return not
        case .count(let count): return count.not
        case .total(_, _, _, let since): return since
        case .event, .absence, .longAbsence, .inactivity: return nil
        }
    }

    /// An event that matches one of these is an exit. With `all` no absent event alone is one.
    var exits: [OracleReference] {
        if let exit { return [exit] }
        let absents = longAbsence.map { $0.absent.count == 1 ? $0.absent : [] } ?? [absent].compactMap { $0 }
        return absents + [goal?.event].compactMap { $0 }
    }
}

public enum OracleTrigger: Sendable, Hashable {
    case event(OracleReference)
    /// `movesDue` is `reset: onEach`.
    case absence(start: OracleReference, absent: OracleReference, within: Int64, movesDue: Bool)
    case longAbsence(OracleLongAbsence)
    case inactivity(length: Int64, events: OracleReference?)
    case sequence([OracleReference], within: Int64, not: OracleReference?)
    case count(OracleCount)
    /// `reaches` as the rule writes it.
    case total([String], of: OracleReference, reaches: String, since: OracleReference?)

    var references: [OracleReference] {
        switch self {
        case .event(let reference): return [reference]
        case .absence(let start, let absent, _, _): return [start, absent]
        case .longAbsence(let absence): return [absence.start] + absence.absent + [absence.since].compactMap { $0 }
        case .inactivity(_, let events): return [events].compactMap { $0 }
        case .sequence(let stages, _, let not): return stages + [not].compactMap { $0 }
        case .count(let count): return [count.event, count.not].compactMap { $0 }
        case .total(_, let of, _, let since): return [of, since].compactMap { $0 }
        }
    }

    /// An event fires it, and `if` and `data` see that event.
    var firesWithEvent: Bool {
        switch self {
        case .event, .sequence, .count, .total: return true
        case .absence, .longAbsence, .inactivity: return false
        }
    }
}

public struct OracleLongAbsence: Sendable, Hashable {
    public var start: OracleReference
    /// One, or for `all` several.
    public var absent: [OracleReference]
    public var within: Int64
    public var movesDue = false
    public var since: OracleReference?

    public init(start: OracleReference, absent: [OracleReference], within: Int64, since: OracleReference? = nil) {
        self.start = start
        self.absent = absent
        self.within = within
        self.since = since
    }
}

public struct OracleCount: Sendable, Hashable {
    public var event: OracleReference
    public var distinct: OracleDistinct?
    public var atLeast: Int
    public var within: Int64
    /// In place of `within`.
    public var per: OraclePeriod?
    public var not: OracleReference?

    public init(_ event: OracleReference, atLeast: Int, within: Int64, distinct: OracleDistinct? = nil) {
        self.event = event
        self.atLeast = atLeast
        self.within = within
        self.distinct = distinct
    }

    /// What is read of each event.
    var path: [String]? {
        switch distinct {
        case nil: return nil
        case .session: return ["context", "session"]
        case .values(let path): return path
        }
    }
}

public enum OracleDistinct: Sendable, Hashable {
    case session
    case values([String])
}

/// Names, as the rule writes them, and the condition under which an event of such a name counts.
public struct OracleReference: Sendable, Hashable {
    public var names: [String]
    public var condition: OracleCondition?

    public init(_ names: [String], where condition: OracleCondition? = nil) {
        self.names = names
        self.condition = condition
    }
}

public struct OracleNamedOperand: Sendable, Hashable {
    public let name: String
    public let operand: OracleOperand

    public init(_ name: String, _ operand: OracleOperand) {
        self.name = name
        self.operand = operand
    }
}

public struct OracleCollected: Sendable, Hashable {
    public let name: String
    public let kind: OracleFoldKind

    public init(_ name: String, _ kind: OracleFoldKind) {
        self.name = name
        self.kind = kind
    }
}

public struct OracleGoal: Sendable, Hashable {
    public let event: OracleReference
    public let within: Int64

    public init(_ event: OracleReference, within: Int64) {
        self.event = event
        self.within = within
    }
}

public enum OracleReentry: Sendable, Hashable {
    case always, once
    case after(Int64)
}

public enum OracleLatenessMax: Sendable, Hashable {
    /// Nothing is written: an hour.
    case unsaid
    case none
    case milliseconds(Int64)
}
