import BeckonModel
import Testing

@testable import BeckonSender

private let one: [String: ChannelRoutes.Way] = [
    "push": .deliver(ChannelRoute(["one"])), "email": .deliver(ChannelRoute(["two"])),
]

@Suite struct `The window's bounds` {
    @Test func `calls under way have a bound, of all providers and of each`() {
        var limits = WindowLimits()
        limits.callsMax = 3
        var providerLimits = ProviderLimits()
        providerLimits.callsMax = 2
        let bench = WindowBench(one, limits: limits, providerLimits: providerLimits)
        for person in ["a", "b", "c"] { bench.read(DecisionTexts.decision("p\(person)", person: person)) }
        for person in ["a", "b", "c"] {
            bench.read(DecisionTexts.decision("e\(person)", person: person, channel: "email"))
        }
        let begun = bench.turn()
        #expect(begun.count == 3)
        #expect(begun.filter { $0.provider == "one" }.count <= 2 && begun.filter { $0.provider == "two" }.count <= 2)
    }

    @Test func `a rate is kept`() {
        var limits = ProviderLimits()
        limits.ratePerSecond = 10
        limits.burst = 2
        let bench = WindowBench(one, providerLimits: limits)
        for number in 0..<30 { bench.read(DecisionTexts.decision("d\(number)", person: "p\(number)")) }
        #expect(bench.turn().count == 2)
        var count = 0
        for _ in 0..<100 {
            bench.pass(10)
            count += bench.turn().count
        }
        #expect(count == 10)
    }

    @Test func `a channel that is full and quick is waited for: nothing of it is written anew`() {
        var limits = WindowLimits()
        limits.channelMax = 4
        let bench = WindowBench(one, limits: limits)
        for number in 0..<6 { bench.read(DecisionTexts.decision("d\(number)", person: "p\(number)")) }
        bench.turn()
        #expect(!bench.window.canRead(.decisions) && bench.window.canRead(.retries))
        for number in 0..<3 { bench.answer("d\(number)", .delivered) }
        bench.turn()
        #expect(!bench.window.canRead(.decisions))
        bench.answer("d3", .delivered)
        bench.turn()
        #expect(bench.window.canRead(.decisions))
        #expect(bench.texts(.retries) == [])
    }

    @Test func `what a slow channel has too many of goes through the retries, and the other goes on`() {
        var limits = WindowLimits()
        limits.channelMax = 5
        let bench = slowBench(limits)
        #expect(bench.window.canRead(.decisions))
        for number in 5..<8 { bench.read(DecisionTexts.decision("d\(number)", person: "p\(number)")) }
        bench.read(DecisionTexts.decision("e1", channel: "email"))
        #expect(bench.turn().map(\.id) == ["e1"])
        #expect(bench.texts(.retries).count == 3)
        #expect(bench.outcomes == [])
        // They come back, as there is room, and are not written again.
        for text in bench.texts(.retries) { bench.read(text, from: .retries) }
        bench.pass(limits.overflowDelayMs)
        bench.turn()
        #expect(bench.window.openCount == 6 && bench.window.sleepingCount == 3)
        for number in 0..<8 {
            bench.answer("d\(number)", .delivered)
            bench.pass(limits.fullPauseMs)
            bench.turn()
        }
        #expect(bench.outcomes.count == 8)
        #expect(bench.texts(.retries).count == 3)
    }

    @Test(arguments: [true, false])
    func `slow channels leave a share to the others, in count and in bytes`(_ byCount: Bool) {
        var limits = WindowLimits()
        if byCount {
            limits.openMax = 9
        } else {
            limits.openBytesMax = 9 * DecisionTexts.decision("d0", person: "p0").utf8.count
        }
        let bench = WindowBench(one, limits: limits)
        for number in 0..<6 { bench.read(DecisionTexts.decision("d\(number)", person: "p\(number)")) }
        bench.turn()
        #expect(!bench.window.canRead(.decisions))
        bench.pass(limits.slowMs + 1)
        bench.turn()
        #expect(bench.window.canRead(.decisions))
    }

    @Test func `retries of a channel that is full sleep on until there is room`() {
        var limits = WindowLimits()
        limits.channelMax = 5
        let bench = slowBench(limits)
        let late = DecisionTexts.decision("r", person: "r")
        bench.read(retry(late, dueAtMs: bench.wallMs), from: .retries)
        #expect(bench.window.sleepingCount == 1)
        bench.answer("d0", .delivered)
        bench.turn()
        #expect(bench.window.sleepingCount == 0)
    }

    /// Five of a channel whose provider takes one at a time, for so long that it is slow.
    private func slowBench(_ limits: WindowLimits) -> WindowBench {
        var providerLimits = ProviderLimits()
        providerLimits.callsMax = 1
        let bench = WindowBench(one, limits: limits, providerLimits: providerLimits)
        for number in 0..<5 { bench.read(DecisionTexts.decision("d\(number)", person: "p\(number)")) }
        bench.turn()
        bench.pass(limits.slowMs + 1)
        bench.turn()
        return bench
    }

    @Test func `a decision that waits too long for a provider gives its place up`() {
        var providerLimits = ProviderLimits()
        providerLimits.callsMax = 1
        let limits = WindowLimits()
        let bench = WindowBench(one, providerLimits: providerLimits)
        bench.read(DecisionTexts.decision("d1"), DecisionTexts.decision("d2", person: "bob"))
        bench.turn()
        bench.pass(limits.waitMsMax + 1)
        bench.turn()
        // The first is in a call: its offset waits for it.
        #expect(bench.texts(.retries) == [])
        bench.answer("d1", DeliveryResult(.throttled, code: "429", retryAfterMs: 5_000))
        bench.turn()
        #expect(bench.texts(.retries).count == 2)
        #expect(bench.committed[0]!.decisions == 2)
    }

    @Test func `nothing more is read when so much is in hand`() {
        var limits = WindowLimits()
        limits.openMax = 4
        limits.callsMax = 1
        let bench = WindowBench(one, limits: limits)
        for number in 0..<4 {
            #expect(bench.window.canRead(.decisions))
            bench.read(DecisionTexts.decision("d\(number)", person: "p\(number)"))
        }
        #expect(!bench.window.canRead(.decisions) && !bench.window.canRead(.retries))
        bench.turn()
        bench.answer("d0", .delivered)
        #expect(bench.window.canRead(.retries) && !bench.window.hasRoomAgain(.retries))
        for number in 1..<3 {
            bench.turn()
            bench.answer("d\(number)", .delivered)
        }
        #expect(bench.window.hasRoomAgain(.decisions) && bench.window.hasRoomAgain(.retries))
    }

    @Test func `bytes in hand count too`() {
        var limits = WindowLimits()
        limits.openBytesMax = 2 * DecisionTexts.decision("d1").utf8.count - 1
        let bench = WindowBench(one, limits: limits)
        bench.read(DecisionTexts.decision("d1"))
        #expect(bench.window.canRead(.decisions))
        bench.read(DecisionTexts.decision("d2"))
        #expect(!bench.window.canRead(.decisions))
    }

    @Test func `closed ones behind an open one have a bound`() {
        var limits = WindowLimits()
        limits.heldMax = 3
        let bench = WindowBench(one, limits: limits)
        for number in 0..<3 { bench.read(DecisionTexts.decision("d\(number)", person: "p\(number)")) }
        bench.turn()
        bench.answer("d1", .delivered)
        bench.answer("d2", .delivered)
        #expect(!bench.window.canRead(.decisions))
        bench.answer("d0", .delivered)
        #expect(bench.window.canRead(.decisions))
    }

    @Test func `so many retries sleep, and no more are read`() {
        var limits = WindowLimits()
        limits.sleepingMax = 2
        let bench = WindowBench(one, limits: limits)
        sleep(bench, 2)
        #expect(bench.window.canRead(.decisions) && !bench.window.canRead(.retries))
        bench.pass(60_000)
        #expect(bench.turn().count == 2)
        #expect(bench.window.canRead(.retries))
    }

    @Test func `a retry that sleeps before many that are closed is written anew, behind them`() {
        var limits = WindowLimits()
        limits.heldBehindSleepingMax = 3
        let bench = WindowBench(one, limits: limits)
        sleep(bench, 1)
        for number in 0..<5 {
            let decision = DecisionTexts.decision("d\(number)", person: "p\(number)")
            bench.read(retry(decision, dueAtMs: bench.wallMs), from: .retries)
        }
        bench.turn()
        for number in 0..<4 {
            #expect(bench.texts(.retries) == [])
            bench.answer("d\(number)", .delivered)
        }
        bench.turn()
        #expect(bench.texts(.retries).count == 1)
        #expect(bench.committed[0]!.retries == 5)
        // It is due as before, and delivered once.
        bench.read(bench.texts(.retries)[0], from: .retries)
        bench.pass(60_000)
        #expect(bench.turn().map(\.id) == ["s0"])
        bench.pass(60_000)
        #expect(bench.turn() == [])
    }

    private func sleep(_ bench: WindowBench, _ count: Int) {
        for number in 0..<count {
            let decision = DecisionTexts.decision("s\(number)", person: "s\(number)")
            bench.read(retry(decision, dueAtMs: bench.wallMs + 60_000), from: .retries)
        }
    }

    private func retry(_ text: String, dueAtMs: Int64) -> String {
        guard case .decision(let decision)? = try? DecisionTexts.read(text) else { return "" }
        let bytes = RetryRecord.retry(
            decision, record: Array(text.utf8), dueAtMs: dueAtMs, number: 3, failures: 2, boundProvider: nil,
            owner: nil)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(arguments: [true, false])
    func `calls whose commit does not happen give their places back`(_ isTaken: Bool) {
        var providerLimits = ProviderLimits()
        providerLimits.callsMax = 1
        let bench = WindowBench(one, providerLimits: providerLimits)
        bench.read(DecisionTexts.decision("d1"))
        bench.window.prepare(bench.time)
        #expect(bench.window.callCount == 1)
        // The group has given the partition away before the commit, or in it.
        if isTaken { bench.window.withdraw(bench.window.takeBatch()) }
        bench.window.dropAll()
        #expect(bench.window.callCount == 0)
        bench.window.open(0, WindowBench.start(decisions: 1))
        bench.read(DecisionTexts.decision("d2"))
        #expect(bench.turn().map(\.id) == ["d2"])
    }

    @Test func `a partition that is lost is forgotten, and its calls report to nobody`() {
        let bench = WindowBench(one)
        bench.read(DecisionTexts.decision("d1"), DecisionTexts.decision("d2", person: "bob"))
        bench.turn()
        bench.window.dropAll()
        bench.window.open(0, WindowBench.start())
        bench.answer("d1", .delivered)
        #expect(bench.outcomes == [])
        #expect(bench.window.openCount == 0 && bench.window.callCount == 1)
    }
}
