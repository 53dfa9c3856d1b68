/// What came of an input, free of ids, so that it compares with anything.
public struct OracleResult: Sendable {
    public var decisions: [OracleDecision] = []
    public var cancels: [OracleCancel] = []
    public var suppressions: [OracleSuppression] = []
    public var conversions: [OracleConversion] = []
    public var deadLetters: [OracleDeadLetter] = []
    /// By the step's place: where a budget cut the timers.
    public var cutOffs: [Int: OracleCutOff] = [:]

    public init() {}

    mutating func add(_ other: OracleResult) {
        decisions += other.decisions
        cancels += other.cancels
        suppressions += other.suppressions
        conversions += other.conversions
        deadLetters += other.deadLetters
    }
}

public struct OracleDecision: Sendable, Hashable {
    public let rule: String
    public let person: String
    /// A part for each path of the rule's key; nil is missing.
    public let key: [String?]
    /// `topic-partition-offset` or `timer`.
    public let cause: String
    public let dueAt: Int64
    public let eventAt: Int64
    public let expiresAt: Int64
    /// The wall clock of the step.
    public let decidedAt: Int64
    public let channel: String
    /// JSON text, canonical (`OracleJSON.canonicalText(of:)`); what is missing has no entry.
    public let data: [String: String]
    /// Among decisions alike in rule, person, key, cause and due time: 0, 1, …
    public let ordinal: Int

    public init(
        rule: String, person: String, key: [String?], cause: String, dueAt: Int64, eventAt: Int64, expiresAt: Int64,
        decidedAt: Int64, channel: String, data: [String: String], ordinal: Int
    ) {
        self.rule = rule
        self.person = person
        self.key = key
        self.cause = cause
        self.dueAt = dueAt
        self.eventAt = eventAt
        self.expiresAt = expiresAt
        self.decidedAt = decidedAt
        self.channel = channel
        self.data = data
        self.ordinal = ordinal
    }
}

public struct OracleCancel: Sendable, Hashable {
    public let decision: OracleDecision
    /// Of the event that recalled it: `topic-partition-offset`.
    public let cause: String

    public init(decision: OracleDecision, cause: String) {
        self.decision = decision
        self.cause = cause
    }
}

public struct OracleSuppression: Sendable, Hashable {
    public let rule: String
    public let person: String
    public let key: [String?]
    public let reason: Reason
    /// The due time of what ended or, for a start that `reentry` forbade, that it would have had.
    public let dueAt: Int64

    public enum Reason: String, Sendable, Hashable, CaseIterable { case late, condition, reentry, instanceLimit }

    public init(rule: String, person: String, key: [String?], reason: Reason, dueAt: Int64) {
        self.rule = rule
        self.person = person
        self.key = key
        self.reason = reason
        self.dueAt = dueAt
    }
}

public struct OracleConversion: Sendable, Hashable {
    public let decision: OracleDecision
    /// Of the goal event: `topic-partition-offset`.
    public let cause: String
    public let eventAt: Int64

    public init(decision: OracleDecision, cause: String, eventAt: Int64) {
        self.decision = decision
        self.cause = cause
        self.eventAt = eventAt
    }
}

public struct OracleDeadLetter: Sendable, Hashable {
    public let topic: String
    public let partition: Int32
    public let offset: Int64
    public let reason: Reason

    public enum Reason: String, Error, Sendable, Hashable, CaseIterable {
        case notJSON, type, key, tooLarge, depth, timestamp, timestampRange, tombstone, name, number, outcome
    }

    public init(topic: String, partition: Int32, offset: Int64, reason: Reason) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.reason = reason
    }
}
