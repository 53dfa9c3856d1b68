import BeckonModel

/// Where a delivery was read from; its offset counts there.
enum DeliverySource: Int, CaseIterable, Sendable {
    case decisions, retries
}

/// A decision on its way: what the window knows of it until its offset has been passed.
///
/// A class, because it stands in several queues at once. Stays on the sender's thread.
final class Delivery {
    enum Stage: Equatable {
        /// Among the retries, until its due time.
        case sleeping
        /// In its lane: behind others, or for a free provider, or for the end of a short delay.
        case waiting
        case calling
        /// The turn is over: settled, moved, or forgotten with its partition.
        case closed
    }

    let decision: Decision
    /// The decision's JSON as it stands on the log; empty once closed.
    private(set) var record: [UInt8]
    let partition: Int32
    let source: DeliverySource
    let offset: Int64
    /// By the process's clock.
    let readAtMs: Int64
    /// The number of its last attempt. Only results with higher numbers than it began with are of this turn.
    var number: Int
    /// Failed tries of this decision, through retries; a replay begins anew.
    var failures: Int
    /// Where the next attempt goes first, as a place among the channel's providers.
    var providerPlace = 0
    /// Of the last attempt whose fate is not known: only it may be tried again.
    var boundProvider: String?
    /// Of one that sleeps: when it wakes, by the wall clock.
    var dueAtMs: Milliseconds = 0
    /// The first record of this turn in the ledger; nil without one.
    var ledgerOffset: Int64?
    /// Read its cancel while a call was under way.
    var isRecalled = false
    var stage = Stage.waiting
    /// What the last failed attempt brought.
    var lastFailure: DeliveryResult?

    init(
        _ decision: Decision, record: [UInt8], partition: Int32, source: DeliverySource, offset: Int64, readAtMs: Int64,
        number: Int = 0, failures: Int = 0, boundProvider: String? = nil
    ) {
        self.decision = decision
        self.record = record
        self.partition = partition
        self.source = source
        self.offset = offset
        self.readAtMs = readAtMs
        self.number = number
        self.failures = failures
        self.boundProvider = boundProvider
    }

    var lane: Lane { Lane(person: decision.person, channel: decision.channel) }

    /// Gives the record's memory back: many closed ones may wait for one that is still open.
    func close() {
        stage = .closed
        record = []
    }

    /// What goes one after the other.
    struct Lane: Hashable {
        let person: String
        let channel: String
    }
}
