import Dispatch
import Foundation

/// A point on the monotonic clock after which a call gives up.
struct Deadline {
    private let nanoseconds: UInt64

    init(milliseconds: Int32) {
        nanoseconds = DispatchTime.now().uptimeNanoseconds + UInt64(max(0, milliseconds)) * 1_000_000
    }

    var remainingMs: Int32 {
        let now = DispatchTime.now().uptimeNanoseconds
        return now >= nanoseconds ? 0 : Int32(clamping: (nanoseconds - now + 999_999) / 1_000_000)
    }

    var isPast: Bool { remainingMs == 0 }
}

/// Runs the work on a thread of its own and waits for it, but no longer than told.
///
/// - Returns: false when the time was up; the thread then goes on by itself.
func runBounded(milliseconds: Int32, _ work: @escaping @Sendable () -> Void) -> Bool {
    let finished = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
        work()
        finished.signal()
    }
    return finished.wait(timeout: .now() + .milliseconds(Int(milliseconds))) == .success
}
