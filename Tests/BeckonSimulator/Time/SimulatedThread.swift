import BeckonWorker
import Glibc

/// A thread of a simulated process: one of the system's, which runs only while it has the baton.
final class SimulatedThread: HostThread, @unchecked Sendable {
    let process: SimulatedProcess
    let baton = Baton()
    /// For the digest.
    let number: Int
    /// Counts its waits: an order to wake it is of one of them.
    var turn = 0
    /// Somebody may wake it before its time.
    var mayBeWoken = false
    private(set) var isFinished = false
    private(set) var isCancelled = false
    private var handle: pthread_t?
    private var body: (@Sendable () -> Void)?
    private var scheduler: Scheduler { process.scheduler }

    init(_ process: SimulatedProcess) {
        self.process = process
        number = process.takeThreadNumber()
    }

    func start(_ body: @escaping @Sendable () -> Void) {
        self.body = body
        process.threads.append(self)
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, 2 << 20)
        let code = pthread_create(
            &thread, &attributes,
            { argument in
                Unmanaged<SimulatedThread>.fromOpaque(argument!).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        pthread_attr_destroy(&attributes)
        precondition(code == 0, "the system gives no thread")
        handle = thread
        scheduler.wake(self, us: process.scheduler.random.microseconds(upTo: 200))
    }

    private func run() {
        baton.await()
        turn += 1
        body?()
        body = nil
        isFinished = true
        scheduler.finish()
    }

    func cancel() { isCancelled = true }

    /// Also of a dead process: its threads come to their ends, though nothing that they do has an effect.
    func join() {
        if handle == nil { return }
        while !isFinished { scheduler.block(us: process.isDead ? 50 : 1_000) }
    }

    /// Once it is finished: gives the system's thread back.
    func reap() {
        if let handle { pthread_join(handle, nil) }
        handle = nil
    }
}

/// Counts within one process.
final class SimulatedSemaphore: HostSemaphore, @unchecked Sendable {
    private let process: SimulatedProcess
    private var count = 0
    private var waiting: [SimulatedThread] = []

    init(_ process: SimulatedProcess) { self.process = process }

    func signal() {
        count += 1
        for thread in waiting { process.scheduler.wake(thread, us: process.scheduler.random.microseconds(upTo: 100)) }
        waiting = []
    }

    func wait() { _ = wait(forMs: nil) }

    func wait(milliseconds: Int64) -> Bool { wait(forMs: milliseconds) }

    private func wait(forMs limit: Int64?) -> Bool {
        guard let thread = process.scheduler.current else { preconditionFailure("nobody's thread waits") }
        let untilUs = limit.map { process.scheduler.nowUs + $0 * 1_000 }
        thread.mayBeWoken = true
        defer { thread.mayBeWoken = false }
        while count == 0 {
            if let untilUs, process.scheduler.nowUs >= untilUs { return false }
            waiting.append(thread)
            process.scheduler.block(us: untilUs.map { $0 - process.scheduler.nowUs })
            waiting.removeAll { $0 === thread }
        }
        count -= 1
        return true
    }
}

/// One turn, handed from thread to thread.
final class Baton: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func pass() { sem_post(semaphore) }
    func await() { while sem_wait(semaphore) != 0 {} }
}
