import Dispatch
import Synchronization
import Testing

@testable import BeckonService

@Suite struct `Shutdown request` {
    @Test func `the first reason counts, and actions run once`() {
        let shutdown = Shutdown()
        let runs = Atomic(0)
        shutdown.onRequest { _ in runs.add(1, ordering: .relaxed) }
        #expect(!shutdown.isRequested)
        #expect(shutdown.wait(atMost: .zero) == nil)
        shutdown.request(.request("drained"))
        shutdown.request(.signal(15))
        #expect(shutdown.wait() == .request("drained"))
        #expect(runs.load(ordering: .relaxed) == 1)
    }

    @Test func `an action that comes late runs at once`() {
        let shutdown = Shutdown()
        shutdown.request(.request("drained"))
        let runs = Atomic(0)
        shutdown.onRequest { _ in runs.add(1, ordering: .relaxed) }
        #expect(runs.load(ordering: .relaxed) == 1)
    }

    @Test func `a waiting thread wakes`() {
        let shutdown = Shutdown()
        DispatchQueue.global().async { shutdown.request(.signal(2)) }
        #expect(shutdown.wait(atMost: .seconds(30)) == .signal(2))
    }
}
