/// What a partition has consumed, and the steps in which it did.
public struct OracleInput: Sendable {
    /// In the order that `OracleRange.topic` counts.
    public var topics: [OracleTopic]
    public var steps: [OracleStep]
    /// The decisions' ids, by which outcomes name them: the oracle cannot work them out.
    public var ids: [String: OracleDecision] = [:]

    public init(topics: [OracleTopic], steps: [OracleStep]) {
        self.topics = topics
        self.steps = steps
    }
}

/// One partition of a topic; offsets may have gaps.
public struct OracleTopic: Sendable {
    public let name: String
    public let partition: Int32
    /// Ascending by offset.
    public var records: [OracleRecord]
    /// It has what became of decisions, and no events.
    public let isOutcomes: Bool

    public init(name: String, partition: Int32, records: [OracleRecord], isOutcomes: Bool = false) {
        self.name = name
        self.partition = partition
        self.records = records
        self.isOutcomes = isOutcomes
    }

    /// Those of the range, found without looking at the others.
    public func records(in range: OracleRange) -> ArraySlice<OracleRecord> {
        records[place(of: range.from)..<place(of: max(range.from, range.to))]
    }

    /// The first record at that offset or behind it.
    private func place(of offset: Int64) -> Int {
        var (low, high) = (0, records.count)
        while low < high {
            let middle = (low + high) / 2
            if records[middle].offset < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

public struct OracleRecord: Sendable {
    public let offset: Int64
    /// The record's own, in milliseconds since 1970.
    public let timestamp: Int64
    public let key: [UInt8]?
    /// nil is a tombstone.
    public let value: [UInt8]?

    public init(offset: Int64, timestamp: Int64, key: [UInt8]?, value: [UInt8]?) {
        self.offset = offset
        self.timestamp = timestamp
        self.key = key
        self.value = value
    }

    public init(_ offset: Int64, at timestamp: Int64, _ key: String?, _ value: String?) {
        self.init(
            offset: offset, timestamp: timestamp, key: key.map { Array($0.utf8) }, value: value.map { Array($0.utf8) })
    }
}

/// What a journal says about a step.
public struct OracleStep: Sendable, Hashable {
    public var seq: Int64
    /// The clock after the step's records.
    public var now: Int64
    public var wall: Int64
    /// Their order settles ties between topics.
    public var ranges: [OracleRange]
    public var cutOff: OracleCutOff
    /// Kept for whoever hands them on; none of them changes what the oracle does.
    public var commands: [String]

    public init(
        seq: Int64, now: Int64, wall: Int64, ranges: [OracleRange] = [], cutOff: OracleCutOff = .none,
        commands: [String] = []
    ) {
        self.seq = seq
        self.now = now
        self.wall = wall
        self.ranges = ranges
        self.cutOff = cutOff
        self.commands = commands
    }
}

/// Offsets `from` up to, not including, `to`.
public struct OracleRange: Sendable, Hashable {
    public let topic: Int
    public let from: Int64
    public let to: Int64

    public init(topic: Int, from: Int64, to: Int64) {
        self.topic = topic
        self.from = from
        self.to = to
    }
}

/// How far the timers of others went after a step's records, in the order (due, person, rule id, key).
public enum OracleCutOff: Sendable, Hashable {
    /// All that were due.
    case none
    /// Up to and including that due time and person. Of her several timers at that time the first
    /// `timersFired`, by rule id and then key, in bytes; nil is all.
    case through(due: Int64, person: [UInt8], timersFired: Int?)
    /// Of a step not yet taken: at most so many. The result tells where that cut.
    case budget(Int)
}
