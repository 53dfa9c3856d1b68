import Foundation
import Synchronization
import Testing
import WebhookReceiver

@testable import BeckonSender

@Suite struct `Call thread` {
    final class Tally: Sendable {
        let started = Atomic(0)
        let ended = Atomic(0)
    }

    func request(_ url: String) -> HTTPRequest {
        HTTPRequest(
            url: url, headers: [], body: [1], timeoutMs: 5_000, connectTimeoutMs: 5_000, needsFreshConnection: false,
            allowsPrivateAddresses: true, beginsBeforeMs: ProcessClock.nowMs + 60_000)
    }

    /// Whoever starts a call while it stops must not wake what is gone.
    @Test func `calls that begin while it stops are all done, once each`() throws {
        let receiver = try Receiver { _, _ in .status(200) }
        for _ in 0..<40 {
            let calls = CallThread(connectionsMax: 4)
            let tally = Tally()
            let request = request(receiver.url())
            let callers = DispatchGroup()
            for _ in 0..<4 {
                callers.enter()
                Thread.detachNewThread {
                    for _ in 0..<25 {
                        tally.started.add(1, ordering: .relaxed)
                        calls.start(request) { _ in tally.ended.add(1, ordering: .relaxed) }
                    }
                    callers.leave()
                }
            }
            calls.stop()
            callers.wait()
            calls.stop()
            #expect(tally.started.load(ordering: .relaxed) == 100)
            #expect(tally.ended.load(ordering: .relaxed) == 100)
        }
    }

    @Test func `a call that hangs is cut off by the end`() throws {
        let receiver = try Receiver { _, _ in .slow(milliseconds: 60_000) }
        let calls = CallThread(connectionsMax: 1)
        let answers = Mutex<[HTTPAnswer]>([])
        var slow = request(receiver.url())
        slow = HTTPRequest(
            url: slow.url, headers: [], body: slow.body, timeoutMs: 30_000, connectTimeoutMs: 5_000,
            needsFreshConnection: false, allowsPrivateAddresses: true, beginsBeforeMs: slow.beginsBeforeMs)
        calls.start(slow) { answer in answers.withLock { $0.append(answer) } }
        let deadline = Date().addingTimeInterval(20)
        while receiver.requests.isEmpty, Date() < deadline { usleep(5_000) }
        let since = ContinuousClock.now
        calls.stop()
        #expect(ContinuousClock.now - since < .seconds(10))
        #expect(answers.withLock { $0.map(\.failure) } == [.connection])
        receiver.stop()
    }
}
