import BeckonModel
import BeckonWorker
import Synchronization

/// The clock of `beckon dev`: it stands still unless it is told to move on, and never goes back.
final class VirtualClock: WallClock {
    private let instant: Mutex<Milliseconds>

    init(startMs: Milliseconds) {
        instant = Mutex(startMs)
    }

    func nowMs() -> Milliseconds { instant.withLock { $0 } }

    /// Earlier instants are ignored.
    func advance(toMs target: Milliseconds) {
        instant.withLock { $0 = max($0, target) }
    }
}
