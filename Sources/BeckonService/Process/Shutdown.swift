import Glibc
import Synchronization

/// The end of a run, asked for by a signal or by the program itself.
///
/// The first SIGINT or SIGTERM asks; a second one ends the process at once, with the shell's status for the signal.
public final class Shutdown: Sendable {
    private struct State {
        var reason: Reason?
        var actions: [@Sendable (Reason) -> Void] = []
    }

    /// Why the run ends.
    public enum Reason: Sendable, Hashable {
        /// SIGINT or SIGTERM.
        case signal(Int32)
        /// The program itself, with a word for the log.
        case request(String)
    }

    /// Becomes readable, and stays so, when the end has been asked for: for use with poll.
    public let descriptor: Int32
    private let writeEnd: Int32
    private let state = Mutex(State())

    /// One that no signal reaches: for tests and for parts of a program.
    public init() {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "no file descriptor is left")
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        descriptor = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        close(descriptor)
        close(writeEnd)
    }

    /// One that SIGINT and SIGTERM reach. Call it once, first thing, before any thread is started: threads inherit
    /// that the signals are blocked, so that only the waiting thread takes them. It lives as long as the process.
    public static func onSignals() -> Shutdown {
        let shutdown = Shutdown()
        var signals = terminationSignals()
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        var thread = pthread_t()
        let context = Unmanaged.passRetained(shutdown).toOpaque()
        let code = pthread_create(&thread, nil, waitForSignals, context)
        precondition(code == 0, "no thread for signals: error \(code)")
        pthread_detach(thread)
        return shutdown
    }

    /// nil until the end has been asked for.
    public var reason: Reason? { state.withLock { $0.reason } }

    public var isRequested: Bool { reason != nil }

    /// Asks for the end. Only the first reason counts.
    public func request(_ reason: Reason) {
        let actions = state.withLock { state -> [@Sendable (Reason) -> Void] in
            guard state.reason == nil else { return [] }
            state.reason = reason
            defer { state.actions = [] }
            return state.actions
        }
        for action in actions { action(reason) }
        // Nobody reads it away, so that every poll sees it; a full pipe says the same.
        var byte: UInt8 = 1
        _ = write(writeEnd, &byte, 1)
    }

    /// Runs `action` once, when the end is asked for, on the thread that asks; at once if it already was.
    public func onRequest(_ action: @escaping @Sendable (Reason) -> Void) {
        let reason = state.withLock { state in
            if state.reason == nil { state.actions.append(action) }
            return state.reason
        }
        if let reason { action(reason) }
    }

    /// Waits for the end, at most `timeout`; nil waits without limit.
    /// - Returns: why it was asked for, or nil when the time passed first.
    public func wait(atMost timeout: Duration? = nil) -> Reason? {
        let clock = ContinuousClock()
        let deadline = timeout.map { clock.now.advanced(by: $0) }
        while !isRequested {
            var milliseconds: Int64 = -1
            if let deadline {
                milliseconds = clock.now.duration(to: deadline).wholeMilliseconds + 1
                if milliseconds <= 0 || clock.now >= deadline { return nil }
            }
            var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            poll(&poller, 1, Int32(clamping: milliseconds))
        }
        return reason
    }
}

private func terminationSignals() -> sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    return signals
}

private func waitForSignals(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    let shutdown = Unmanaged<Shutdown>.fromOpaque(context!).takeUnretainedValue()
    var signals = terminationSignals()
    while true {
        var signal: Int32 = 0
        guard sigwait(&signals, &signal) == 0 else { continue }
        if shutdown.isRequested { _exit(128 + signal) }
        shutdown.request(.signal(signal))
    }
}
