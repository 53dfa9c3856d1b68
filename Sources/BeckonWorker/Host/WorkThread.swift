import Glibc
import Synchronization

/// A thread of the system.
final class WorkThread: HostThread {
    private let cancelled = Atomic(false)
    private let running = Mutex<pthread_t?>(nil)
    private let finished = Atomic(false)

    func start(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Body(thread: self, run: body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                let body = Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue()
                body.run()
                body.thread.finished.store(true, ordering: .releasing)
                return nil
            }, box.toOpaque())
        precondition(code == 0, "the system gives no thread")
        running.withLock { $0 = thread }
    }

    func cancel() { cancelled.store(true, ordering: .releasing) }
    var isCancelled: Bool { cancelled.load(ordering: .acquiring) }
    var isFinished: Bool { finished.load(ordering: .acquiring) }

    func join() {
        let thread = running.withLock { running in
            defer { running = nil }
            return running
        }
        if let thread { pthread_join(thread, nil) }
    }

    private final class Body: Sendable {
        let thread: WorkThread
        let run: @Sendable () -> Void
        init(thread: WorkThread, run: @escaping @Sendable () -> Void) {
            self.thread = thread
            self.run = run
        }
    }
}

/// A semaphore of the system.
final class Semaphore: HostSemaphore {
    private let semaphore: UncheckedBox<UnsafeMutablePointer<sem_t>>

    init() {
        semaphore = UncheckedBox(.allocate(capacity: 1))
        sem_init(semaphore.value, 0, 0)
    }

    deinit {
        sem_destroy(semaphore.value)
        semaphore.value.deallocate()
    }

    func signal() { sem_post(semaphore.value) }
    func wait() { while sem_wait(semaphore.value) != 0, errno == EINTR {} }

    func wait(milliseconds: Int64) -> Bool {
        var deadline = timespec()
        // The system waits by the time of day: a jump of it makes this wait shorter or longer.
        clock_gettime(CLOCK_REALTIME, &deadline)
        let nanoseconds = deadline.tv_nsec + Int(milliseconds % 1_000) * 1_000_000
        deadline.tv_sec += Int(milliseconds / 1_000) + nanoseconds / 1_000_000_000
        deadline.tv_nsec = nanoseconds % 1_000_000_000
        while sem_timedwait(semaphore.value, &deadline) != 0 {
            if errno != EINTR { return false }
        }
        return true
    }
}

/// Handed from thread to thread; whoever holds it is alone with its content.
struct UncheckedBox<Content>: @unchecked Sendable {
    let value: Content
    init(_ value: Content) { self.value = value }
}
