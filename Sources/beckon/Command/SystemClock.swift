import BeckonModel
import BeckonWorker
import Glibc

/// The machine's clock.
struct SystemClock: WallClock {
    func nowMs() -> Milliseconds {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
