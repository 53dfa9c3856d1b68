/// One call of the engine: everything that is not in an input record enters through it.
///
/// *Guarantees*: the same steps over the same records give byte-identical outputs and state, in every process.
public struct Step: Sendable, Equatable {
    /// Numbers the steps of a partition from 1, without a gap.
    public var seq: Int64
    /// The clock after the step's records: proved by the inputs, never beyond `wallMs`, never going back.
    public var nowMs: Milliseconds
    /// The wall clock when the step was cut.
    public var wallMs: Milliseconds
    /// In the order of the partition's inputs; an input without records in this step is absent.
    public var ranges: [InputRange]
    public var timers: TimerLimit
    public var commands: [Command]

    public init(
        seq: Int64, nowMs: Milliseconds, wallMs: Milliseconds, ranges: [InputRange] = [],
        timers: TimerLimit = .budget(.max), commands: [Command] = []
    ) {
        self.seq = seq
        self.nowMs = nowMs
        self.wallMs = wallMs
        self.ranges = ranges
        self.timers = timers
        self.commands = commands
    }
}

/// Consecutive records of one input: offsets `from` ..< `to`, of which `count` were records (control records and
/// compacted ones take offsets too).
public struct InputRange: Sendable, Equatable {
    /// The input's place among the partition's inputs.
    public var input: Int
    public var from: Int64
    public var to: Int64
    public var count: Int
    /// Of offsets, timestamps, keys and lengths: tells a replay that the records are the same ones.
    public var checksum: UInt64

    public init(input: Int, from: Int64, to: Int64, count: Int, checksum: UInt64) {
        self.input = input
        self.from = from
        self.to = to
        self.count = count
        self.checksum = checksum
    }
}

/// How far the timers that are not proved by a person's own event may fire in a step.
public enum TimerLimit: Sendable, Equatable {
    /// Live: all that are due by `nowMs`, in order, until this many timers have fired.
    case budget(Int)
    /// Replay: to where the live step came; nil is all that are due.
    case upTo(TimerCutoff?)
}

/// The last timer that fired. The timers of one person with the same due time fire together, so two parts suffice.
public struct TimerCutoff: Sendable, Equatable {
    public var dueMs: Milliseconds
    public var person: [UInt8]

    public init(dueMs: Milliseconds, person: [UInt8]) {
        self.dueMs = dueMs
        self.person = person
    }
}

/// What changes the environment or the state from outside the inputs.
public enum Command: Sendable, Equatable {
    /// The partition goes over to the rule set of that hash.
    case useRules(ContentHash)
    /// A record of the step that is not applied, because that has ended the process: it goes to the dead letters.
    case skip(input: Int, offset: Int64)
}
