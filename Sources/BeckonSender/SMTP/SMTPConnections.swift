import CCurl
import Foundation
import Synchronization

/// One message to be handed over.
struct SMTPCall: Sendable {
    /// Addresses that nothing can end a command in: ``MailAddress/address``.
    let sender: String
    let recipients: [String]
    /// With CR LF at each line's end.
    let message: [UInt8]
    /// By the process's clock: later it does not begin.
    let beginsBeforeMs: Int64
}

/// Connections to one relay, as many as there are calls at a time and each with a thread of its own: libcurl stands still where it waits for
/// the answer to a message, and many on one thread would wait for each other. One that has been idle takes its leave.
///
/// Sendable: all that changes is behind a mutex.
final class SMTPConnections: Sendable {
    private typealias Call = (call: SMTPCall, done: @Sendable (SMTPAnswer) -> Void)

    private struct State {
        var waiting: [Call] = []
        var threadCount = 0
        /// Threads that have no call, those that are about to begin among them.
        var idleCount = 0
        var sockets: Set<Int32> = []
        var isStopping = false
    }

    private let relay: SMTPRelay
    private let max: Int
    private let state = Mutex(State())
    private let arrived = DispatchSemaphore(value: 0)
    private let threads = DispatchGroup()

    /// Shorter than any server's patience with a client that says nothing, so that a connection does not end just as it is used again.
    private static let idle = DispatchTimeInterval.seconds(5)

    init(_ relay: SMTPRelay, max: Int) {
        Curl.prepare()
        self.relay = relay
        self.max = max
    }

    /// `done` is called once, on the thread of the call; at once when it has stopped.
    func start(_ call: SMTPCall, _ done: @escaping @Sendable (SMTPAnswer) -> Void) {
        let isStopping = state.withLock { state in
            if state.isStopping { return true }
            state.waiting.append((call, done))
            if state.waiting.count > state.idleCount, state.threadCount < max {
                state.threadCount += 1
                state.idleCount += 1
                threads.enter()
                Thread.detachNewThread { [self] in
                    run()
                    threads.leave()
                }
            }
            return false
        }
        if isStopping { done(SMTPAnswer(failure: .notStarted)) } else { arrived.signal() }
    }

    /// Cuts off what is under way, and waits for the ends of the threads, at most ten seconds; one that hangs keeps what is its own.
    func stop() {
        let (waiting, threadCount) = state.withLock { state in
            state.isStopping = true
            // Whatever a thread waits for comes to its end with the connection.
            for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
            defer { state.waiting = [] }
            return (state.waiting, state.threadCount)
        }
        for call in waiting { call.done(SMTPAnswer(failure: .notStarted)) }
        for _ in 0..<threadCount { arrived.signal() }
        _ = threads.wait(timeout: .now() + Self.stopMax)
    }

    private static let stopMax = DispatchTimeInterval.seconds(10)

    var isStopping: Bool { state.withLock { $0.isStopping } }

    // MARK: A thread

    private func run() {
        let connection = SMTPConnection(relay, of: self)
        defer { connection.close() }
        while let next = next() {
            let answer = connection.send(next.call)
            state.withLock { $0.idleCount += 1 }
            next.done(answer)
        }
    }

    /// nil: none has come for long enough, or it has stopped.
    private func next() -> Call? {
        let deadline = DispatchTime.now() + Self.idle
        while true {
            let isLate = arrived.wait(timeout: deadline) == .timedOut
            let (call, isOver) = state.withLock { state -> (Call?, Bool) in
                if !state.waiting.isEmpty {
                    state.idleCount -= 1
                    return (state.waiting.removeFirst(), false)
                }
                if isLate || state.isStopping {
                    state.idleCount -= 1
                    state.threadCount -= 1
                    return (nil, true)
                }
                return (nil, false)
            }
            // Woken for nothing: the call was taken by a thread that had given up waiting in the same moment.
            if call != nil || isOver { return call }
        }
    }

    // MARK: Sockets

    /// - Returns: -1: there is none, or it has stopped.
    func open(_ family: Int32, _ type: Int32, _ networkProtocol: Int32) -> Int32 {
        state.withLock { state in
            if state.isStopping { return -1 }
            let descriptor = socket(family, type | Int32(SOCK_CLOEXEC.rawValue), networkProtocol)
            if descriptor >= 0 { state.sockets.insert(descriptor) }
            return descriptor
        }
    }

    /// Under the lock: nobody must end a connection by a number that belongs to another one already.
    func close(_ socket: Int32) {
        state.withLock { state in
            state.sockets.remove(socket)
            Foundation.close(socket)
        }
    }
}
