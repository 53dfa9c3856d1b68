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

    /// An event that matches one of these is an exit.
    var exits: [OracleReference] { exit.map { [$0] } ?? [absent, goal?.event].compactMap { $0 } }
}

public enum OracleTrigger: Sendable, Hashable {
    case event(OracleReference)
    /// `movesDue` is `reset: onEach`.
    case absence(start: OracleReference, absent: OracleReference, within: Int64, movesDue: Bool)
    case inactivity(length: Int64, events: OracleReference?)
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
