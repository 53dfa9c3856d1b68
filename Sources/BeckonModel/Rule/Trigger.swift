/// What makes a rule fire.
public enum Trigger: Sendable {
    case event(EventReference)
    case absence(EventAbsence)
    /// `events` nil: every event that the person made herself.
    case inactivity(forMs: Milliseconds, events: EventReference?)
    case sequence(EventSequence)
    case count(EventCount)
    case total(EventTotal)
}

/// A start that something does not follow.
public struct EventAbsence: Sendable {
    public let start: EventReference
    /// One for `event`; for `all` each of those that must all come.
    public let absent: [EventReference]
    /// From the start to the due time.
    public let withinMs: Milliseconds
    public let reset: AbsenceReset
    /// What was done after the last of these counts too.
    public let since: EventReference?

    /// Of `all`.
    public static let absentMax = 8

    public var needsAll: Bool { absent.count > 1 }
}

public enum AbsenceReset: Sendable { case never, onEach }

/// Events in order, others may lie between.
public struct EventSequence: Sendable {
    /// Two to `stagesMax`.
    public let stages: [EventReference]
    /// From the first event to the last, both included.
    public let withinMs: Milliseconds
    /// Empties.
    public let not: EventReference?

    public static let stagesMax = 8
}

/// So many events in a window.
public struct EventCount: Sendable {
    public let event: EventReference
    /// nil: every event counts.
    public let distinct: Distinct?
    /// 1 to `numberMax`.
    public let atLeast: Int
    public let window: Window
    /// Empties the window.
    public let not: EventReference?

    public enum Distinct: Sendable, Equatable {
        /// Sessions, each at its first event.
        case session
        /// Values of a property.
        case values(PropertyPath)
    }

    public static let numberMax = 256
    /// Where an event says to which session it belongs.
    public static let sessionPath = PropertyPath(root: .context, names: ["session"])

    /// What is read of each event.
    public var path: PropertyPath? {
        switch distinct {
        case nil: nil
        case .session: Self.sessionPath
        case .values(let path): path
        }
    }
}

/// A running total that comes to a number.
public struct EventTotal: Sendable {
    public let path: PropertyPath
    public let of: EventReference
    /// Millionths, above 0.
    public let reaches: Int64
    /// Empties the total.
    public let since: EventReference?
}

extension Trigger {
    /// Every reference to events in it.
    public var references: [EventReference] {
        switch self {
        case .event(let event): [event]
        case .absence(let absence): [absence.start] + absence.absent + [absence.since].compactMap { $0 }
        case .inactivity(_, let events): [events].compactMap { $0 }
        case .sequence(let sequence): sequence.stages + [sequence.not].compactMap { $0 }
        case .count(let count): [count.event, count.not].compactMap { $0 }
        case .total(let total): [total.of, total.since].compactMap { $0 }
        }
    }

    /// It keeps its own count of events, and fires at one of them.
    public var countsByItself: Bool {
        switch self {
        case .sequence, .count, .total: true
        case .event, .absence, .inactivity: false
        }
    }

    /// The events that are exits unless the rule says otherwise: those whose absence fires it. With `all` none is, for each
    /// alone takes nothing back.
    var absent: EventReference? {
        guard case .absence(let absence) = self, !absence.needsAll else { return nil }
        return absence.absent[0]
    }
}
