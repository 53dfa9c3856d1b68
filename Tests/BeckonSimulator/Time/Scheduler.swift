import Oracle

/// Virtual time, and who may run in it: of all threads of all simulated processes exactly one at a time.
///
/// Threads are the system's own, so that production code blocks as it always does; but every call that would block comes here,
/// and hands the baton on. Who gets it next is a matter of virtual time and, among equals, of the seed: the same seed gives
/// the same run. Whatever a run shares needs no lock for that reason: hence the unchecked Sendable of all that belongs to it.
final class Scheduler: @unchecked Sendable {
    private struct Entry {
        let atUs: Int64
        /// Drawn: the order of what is due at once.
        let tie: UInt64
        let action: Action
    }

    private enum Action {
        /// Valid only while the thread still waits for that turn.
        case thread(SimulatedThread, turn: Int)
        case event(() -> Void)
    }

    /// Microseconds since the run began.
    private(set) var nowUs: Int64 = 0
    var random: SplitMix64
    private var queue = Heap<Entry> { ($0.atUs, $0.tie) < ($1.atUs, $1.tie) }
    private(set) var current: SimulatedThread?
    private let baton = Baton()
    /// What has happened, folded: two runs of one seed must agree.
    private(set) var digest: UInt64 = 0

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    var nowMs: Int64 { nowUs / 1_000 }

    // MARK: for the world

    /// Calls the body so much later, on nobody's thread: it must not block.
    func after(us delay: Int64, _ body: @escaping () -> Void) {
        queue.push(Entry(atUs: nowUs + max(0, delay), tie: random.next(), action: .event(body)))
    }

    /// Runs everybody until the condition holds, which is asked after each turn, or the time has come.
    ///
    /// - Returns: whether it held.
    func run(untilUs limit: Int64, _ isDone: () -> Bool = { false }) -> Bool {
        while !isDone() {
            guard let next = queue.first, next.atUs <= limit else {
                nowUs = max(nowUs, limit)
                return isDone()
            }
            _ = queue.pop()
            take(next)
        }
        return true
    }

    private func take(_ entry: Entry) {
        nowUs = max(nowUs, entry.atUs)
        switch entry.action {
        case .event(let body): body()
        case .thread(let thread, let turn):
            guard thread.turn == turn, !thread.isFinished else { return }
            if let until = thread.process.standsStillUntilUs, until > nowUs, !thread.process.isDead {
                queue.push(Entry(atUs: until, tie: random.next(), action: entry.action))
                return
            }
            digest = (digest ^ UInt64(bitPattern: nowUs) &+ UInt64(thread.number)) &* 0x100_0000_01b3
            current = thread
            thread.baton.pass()
            baton.await()
            current = nil
        }
    }

    // MARK: for threads

    /// Makes the thread run at that time, unless it runs before.
    func wake(_ thread: SimulatedThread, us delay: Int64) {
        queue.push(Entry(atUs: nowUs + max(0, delay), tie: random.next(), action: .thread(thread, turn: thread.turn)))
    }

    /// The thread that calls stands still for that long, or until it is woken; nil: until then.
    func block(us delay: Int64?) {
        guard let thread = current else { preconditionFailure("nobody's thread blocks") }
        if let delay {
            // Nobody else has anything to do before: the time passes.
            let until = nowUs + max(0, delay)
            let isPaused = (thread.process.standsStillUntilUs ?? 0) > nowUs
            if !isPaused, !thread.process.isDead, thread.mayBeWoken == false,
                queue.first.map({ $0.atUs > until }) ?? false
            {
                nowUs = until
                return
            }
            wake(thread, us: delay)
        }
        baton.pass()
        thread.baton.await()
        thread.turn += 1
    }

    /// The thread that calls is at its end.
    func finish() { baton.pass() }
}
