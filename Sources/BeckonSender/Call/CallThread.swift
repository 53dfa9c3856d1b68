import CCurl
import Foundation
import Synchronization

/// Makes HTTP requests, many at a time, on a thread of its own. Connections are kept and used again.
///
/// Sendable: requests come through a mutex; curl's handles belong to the thread, but for `curl_multi_wakeup`, which may be called from any.
final class CallThread: Sendable {
    private struct Inbox {
        var requests: [(request: HTTPRequest, done: @Sendable (HTTPAnswer) -> Void)] = []
        var isStopping = false
    }

    private let inbox = Mutex(Inbox())
    private let ended = DispatchSemaphore(value: 0)
    /// Safe: an address that stays valid until the thread has ended, used here only to wake it.
    private nonisolated(unsafe) let multi: UnsafeMutableRawPointer

    /// - Parameter connectionsMax: kept open while idle.
    init(connectionsMax: Int) {
        Curl.prepare()
        multi = curl_multi_init()
        _ = beckon_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, connectionsMax)
        Thread.detachNewThread { [self] in
            CallLoop(multi: multi, take: { self.take() }).run()
            ended.signal()
        }
    }

    /// `done` is called once, on the thread of the calls; at once when it has stopped.
    func start(_ request: HTTPRequest, _ done: @escaping @Sendable (HTTPAnswer) -> Void) {
        let isStopping = inbox.withLock { inbox in
            if inbox.isStopping { return true }
            inbox.requests.append((request, done))
            // Whoever came before has woken it for all that it will take at once.
            if inbox.requests.count == 1 { wake() }
            return false
        }
        if isStopping { done(HTTPAnswer(failure: .notStarted)) }
    }

    /// Cuts off what is under way, and waits for the end of the thread, at most ten seconds; one that hangs keeps what is its own.
    func stop() {
        let wasStopping = inbox.withLock { inbox in
            defer { inbox.isStopping = true }
            if !inbox.isStopping { wake() }
            return inbox.isStopping
        }
        if !wasStopping, ended.wait(timeout: .now() + Self.stopMax) == .success { curl_multi_cleanup(multi) }
    }

    private static let stopMax = DispatchTimeInterval.seconds(10)

    /// Only within the lock and before the end, for `stop` frees the handle once nobody can be here any more. It writes one byte, and waits for nobody.
    private func wake() { curl_multi_wakeup(multi) }

    /// nil: stop.
    private func take() -> [(request: HTTPRequest, done: @Sendable (HTTPAnswer) -> Void)]? {
        inbox.withLock { inbox in
            if inbox.isStopping, inbox.requests.isEmpty { return nil }
            defer { inbox.requests.removeAll(keepingCapacity: true) }
            return inbox.requests
        }
    }
}

/// The thread's own part.
private final class CallLoop {
    private let multi: UnsafeMutableRawPointer
    private let take: () -> [(request: HTTPRequest, done: @Sendable (HTTPAnswer) -> Void)]?
    private var transfers: [UnsafeMutableRawPointer: Transfer] = [:]
    /// Handles that are used again, with their settings.
    private var idle: [UnsafeMutableRawPointer] = []

    private static let waitMs: Int32 = 1_000

    init(
        multi: UnsafeMutableRawPointer,
        take: @escaping () -> [(request: HTTPRequest, done: @Sendable (HTTPAnswer) -> Void)]?
    ) {
        self.multi = multi
        self.take = take
    }

    func run() {
        while let requests = take() {
            for (request, done) in requests { begin(request, done) }
            var runningCount: Int32 = 0
            curl_multi_perform(multi, &runningCount)
            endFinished()
            curl_multi_poll(multi, nil, 0, Self.waitMs, nil)
        }
        for transfer in transfers.values {
            // It would wait for a name that is being asked for, as long as its servers are silent.
            _ = beckon_curl_set_long(transfer.handle, CURLOPT_QUICK_EXIT, 1)
            curl_multi_remove_handle(multi, transfer.handle)
            transfer.finish(CURLE_ABORTED_BY_CALLBACK)
            curl_easy_cleanup(transfer.handle)
        }
        for handle in idle { curl_easy_cleanup(handle) }
    }

    private func begin(_ request: HTTPRequest, _ done: @escaping @Sendable (HTTPAnswer) -> Void) {
        guard ProcessClock.nowMs <= request.beginsBeforeMs, let handle = idle.popLast() ?? curl_easy_init() else {
            return done(HTTPAnswer(failure: .notStarted))
        }
        let transfer = Transfer(handle, request, done)
        transfers[handle] = transfer
        if curl_multi_add_handle(multi, handle) != CURLM_OK {
            transfers[handle] = nil
            curl_easy_cleanup(handle)
            done(HTTPAnswer(failure: .notStarted))
        }
    }

    private func endFinished() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else { continue }
            let result = beckon_curl_result(message)
            curl_multi_remove_handle(multi, handle)
            guard let transfer = transfers.removeValue(forKey: handle) else { continue }
            transfer.finish(result)
            curl_easy_reset(handle)
            idle.append(handle)
        }
    }
}
