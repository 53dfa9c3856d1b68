import BeckonModel

/// What the clock waits for: the broker, the worker, the sender, and whoever shows what they did.
protocol Pipeline: AnyObject {
    /// Writes the events to the broker, in their order.
    func produce(_ events: [PlayedEvent]) throws
    /// Whether everything that was produced, and every timer due by `nowMs`, has been worked off, down to the deliveries.
    /// Waits for a moment when not.
    func isDrained(nowMs: Milliseconds) throws -> Bool
    /// When the next timer is due; nil without timers.
    var earliestDueMs: Milliseconds? { get }
    /// Which of `partitionCount` partitions a person's events go to.
    func partition(of person: [UInt8]) -> Int
    var partitionCount: Int { get }
}

/// Moves the virtual clock from one thing that happens to the next, and only when the one before has been worked off.
///
/// Events and timers that lie close together are taken in one go, at most `granularityMs` apart. A timer that is due
/// before an event always fires before the event is written: otherwise the worker could ask for the end of the log in
/// between, find it reached, and fire what the event was about to cancel.
struct ClockDriver<Source: EventSource> {
    enum Turn: Equatable {
        /// The pipeline still works.
        case draining
        /// The clock has moved, and perhaps events were written.
        case moved
        /// There is nothing to do before the limit, where the clock now stands.
        case idle
    }

    /// Of one go and partition: a fifth of what the embedded broker keeps.
    static var bytesMaxPerPartition: Int { 1 << 20 }
    /// Of one go.
    static var eventsMax: Int { 20_000 }

    let clock: VirtualClock
    let pipeline: any Pipeline
    var source: Source
    /// How far apart things may lie that happen in one go.
    var granularityMs: Milliseconds

    /// One go.
    /// - Parameter limitMs: how far the clock may go by now.
    mutating func turn(limitMs: Milliseconds) throws -> Turn {
        guard try pipeline.isDrained(nowMs: clock.nowMs()) else { return .draining }
        let event = source.nextTimeMs ?? .max
        let due = pipeline.earliestDueMs ?? .max
        guard min(event, due) <= limitMs else {
            clock.advance(toMs: limitMs)
            return .idle
        }
        if due <= event {
            // An event of the very instant may come along: a person's own timer wins over her event.
            let target = min(due + granularityMs, limitMs, event)
            clock.advance(toMs: target)
            if target == event { try pipeline.produce(take(untilMs: target)) }
        } else {
            let events = take(untilMs: min(event + granularityMs, limitMs, due - 1))
            clock.advance(toMs: events[events.count - 1].timeMs)
            try pipeline.produce(events)
        }
        return .moved
    }

    /// The events up to an instant, or fewer where they are too many or too large: at least one.
    private mutating func take(untilMs: Milliseconds) -> [PlayedEvent] {
        var events: [PlayedEvent] = []
        var bytes = [Int](repeating: 0, count: pipeline.partitionCount)
        while let timeMs = source.nextTimeMs, timeMs <= untilMs, events.count < Self.eventsMax,
            let event = source.next()
        {
            events.append(event)
            let partition = pipeline.partition(of: event.person)
            bytes[partition] += event.value.count + event.person.count
            if bytes[partition] >= Self.bytesMaxPerPartition { break }
        }
        return events
    }
}
