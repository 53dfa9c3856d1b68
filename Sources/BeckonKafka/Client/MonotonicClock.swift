import Glibc

/// What a process measures durations with, and how it waits. Not the time of day: that may jump.
public protocol MonotonicClock: Sendable {
    /// From any beginning; never goes back.
    func now() -> Duration
    /// Stands still for that long.
    func sleep(milliseconds: Int)
}

/// The machine's own.
public struct SystemMonotonicClock: MonotonicClock {
    private static let started = ContinuousClock.now

    public init() {}

    public func now() -> Duration { ContinuousClock.now - Self.started }
    public func sleep(milliseconds: Int) { usleep(UInt32(milliseconds) * 1000) }
}
