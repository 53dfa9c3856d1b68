import BeckonModel
public import CMemory

/// What a step brought about, as data, in the order in which it came about. Reused from step to step.
public struct StepOutput: ~Copyable {
    /// Keys and values of the records, and the originals of dead letters.
    public internal(set) var bytes = ByteBuffer(capacity: 65_536)
    public internal(set) var records: [OutputRecord] = []
    /// Where the other timers stopped; nil when all that were due have fired.
    public var cutoff: TimerCutoff?
    public internal(set) var counts = StepCounts()
    /// When a decision was caused: for latency, the record timestamp of the event, or the due time of the timer.
    /// Negative for timers.
    public internal(set) var causes: [DecisionCause] = []

    /// Where the engine says which record it is applying, for whoever looks after a crash; nil: nowhere.
    public var mark: UnsafeMutablePointer<beckon_mark>?

    /// Replay: nothing is written, everything is counted.
    public var isSuppressed = false

    public init() {}

    public mutating func removeAll() {
        bytes.removeAll()
        records.removeAll(keepingCapacity: true)
        causes.removeAll(keepingCapacity: true)
        counts = StepCounts()
        cutoff = nil
    }
}

/// A record to be written to one of the partition's output topics, its bytes in `StepOutput.bytes`.
public struct OutputRecord: Sendable {
    public enum Topic: UInt8, Sendable { case decisions, suppressions, outcomes, deadLetters }

    public let topic: Topic
    public let keyStart: Int
    public let keyCount: Int
    public let valueStart: Int
    public let valueCount: Int
    /// For dead letters: the reason and where the record came from.
    public let deadLetter: DeadLetterOrigin?
}

public struct DeadLetterOrigin: Sendable {
    public let reason: DeadLetterReason
    /// Place among the partition's inputs.
    public let input: Int
    public let offset: Int64
    public let timestampMs: Milliseconds
    /// Bytes of the original value, −1 for a tombstone; more than `valueCount` where it was cut.
    public let originalCount: Int
}

public struct DecisionCause: Sendable {
    public let isTimer: Bool
    /// The event's record timestamp, or when the timer was due.
    public let atMs: Milliseconds
}

/// What a step did, for metrics.
public struct StepCounts: Sendable {
    public var events = 0
    /// Of an event name that no rule knows.
    public var unnamedEvents = 0
    public var lateEvents = 0
    /// Event times beyond five minutes after the record's.
    public var clampedEvents = 0
    /// Record timestamps beyond the wall clock.
    public var futureRecords = 0
    public var timersFired = 0
    public var recalls = 0
    public var conversions = 0
    /// Values that a fold could not keep.
    public var foldSkips = 0
    /// Conditions that were false because something was missing or failed.
    public var conditionsWithoutValue = 0
    public var deadLetters = [Int](repeating: 0, count: DeadLetterReason.allCases.count)
    /// By the rule's place in `PartitionEngine.ruleIds`.
    public internal(set) var decisions: [Int] = []
    public var suppressions = [Int](repeating: 0, count: SuppressionReason.allCases.count)
    private var bounds: [Int] = []

    /// What was forgotten there.
    public func forgotten(at bound: StateBound) -> Int {
        let place = Int(bound.rawValue)
        return place < bounds.count ? bounds[place] : 0
    }

    mutating func note(_ bound: StateBound, _ count: Int = 1) {
        if bounds.isEmpty { bounds = [Int](repeating: 0, count: StateBound.allCases.count) }
        bounds[Int(bound.rawValue)] += count
    }

    @inline(__always)
    mutating func addDecision(ofRule place: Int) {
        while decisions.count <= place { decisions.append(0) }
        decisions[place] += 1
    }
}
