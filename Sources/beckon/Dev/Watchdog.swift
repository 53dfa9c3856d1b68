import BeckonService

/// Says what the clock waits for when it has stood still for long.
struct Watchdog {
    static let patience = Duration.seconds(10)

    private let shutdown: Shutdown
    private var movedAt = ContinuousClock.now

    init(shutdown: Shutdown) {
        self.shutdown = shutdown
    }

    mutating func hasMoved(_ now: ContinuousClock.Instant) { movedAt = now }

    mutating func drain(_ now: ContinuousClock.Instant, _ screen: DevScreen, _ reason: () -> String) {
        guard now - movedAt >= Self.patience, !shutdown.isRequested else { return }
        movedAt = now
        screen.say(screen.paint(.yellow, "The clock has stood still for ten seconds; it waits for \(reason())."))
    }
}
