import BeckonModel
import Testing

@testable import BeckonSender

private let atMostOnce: [String: ChannelRoutes.Way] = ["push": .deliver(ChannelRoute(["one", "two"], .atMostOnce))]

@Suite struct `A delivery` {
    @Test func `is committed as an attempt before its call, and as a result after it`() {
        let bench = WindowBench()
        bench.read(DecisionTexts.decision("d1"))
        #expect(bench.turn() == [.init(id: "d1", provider: "one", number: 1)])
        #expect(bench.texts(.ledger).count == 1)
        #expect(bench.texts(.ledger)[0].contains(#""type":"attempt","id":"d1","number":1,"provider":"one""#))
        #expect(bench.committed[0]! == (0, 0, 0))
        bench.answer("d1", .delivered)
        #expect(bench.outcomes == ["d1 delivered"])
        #expect(bench.texts(.ledger)[1].contains(#""result":"delivered","closes":true"#))
        #expect(bench.committed[0]! == (1, 0, 2))
        #expect(bench.turn() == [])
    }

    @Test func `waits for the one before of its person and channel, and for no other`() {
        let bench = WindowBench(["push": .deliver(ChannelRoute(["one"]))])
        bench.read(
            DecisionTexts.decision("d1"), DecisionTexts.decision("d2"), DecisionTexts.decision("d3", person: "bob"))
        #expect(bench.turn().map(\.id) == ["d1", "d3"])
        bench.answer("d3", .delivered)
        // Its offset is behind one that is open.
        #expect(bench.committed[0]!.decisions == 0)
        #expect(bench.answer("d1", DeliveryResult(.unknown, code: "500")) == [])
        bench.pass(1_000)
        #expect(bench.turn() == [.init(id: "d1", provider: "one", number: 2)])
        #expect(bench.answer("d1", .delivered).map(\.id) == ["d2"])
        #expect(bench.committed[0]!.decisions == 1)
    }

    @Test func `that expired, is a shadow or has no channel is not attempted`() {
        let bench = WindowBench(["push": .deliver(ChannelRoute(["one"])), "mail": .elsewhere])
        bench.read(
            DecisionTexts.decision("d1", expiresAt: DecisionTexts.dueAt), DecisionTexts.decision("d2", mode: "shadow"),
            DecisionTexts.decision("d3", channel: "fax"), DecisionTexts.decision("d4", channel: "mail"))
        #expect(bench.turn() == [])
        #expect(bench.outcomes == ["d1 expired", "d2 skipped shadow", "d3 skipped channel"])
        #expect(bench.committed[0]!.decisions == 4)
    }

    @Test func `expires while it waits, at the very instant`() {
        var limits = ProviderLimits()
        limits.callsMax = 1
        let bench = WindowBench(["push": .deliver(ChannelRoute(["one"]))], providerLimits: limits)
        bench.read(DecisionTexts.decision("d1"), DecisionTexts.decision("d2", person: "bob"))
        bench.turn()
        bench.pass(86_400_000)
        bench.answer("d1", .delivered)
        #expect(bench.outcomes == ["d1 delivered", "d2 expired"])
    }

    @Test func `that is refused is given up, with a dead letter`() {
        let bench = WindowBench()
        bench.read(DecisionTexts.decision("d1"))
        bench.turn()
        bench.answer("d1", DeliveryResult(.refused, code: "404"))
        #expect(bench.outcomes == ["d1 failed refused 404"])
        #expect(bench.deadLetters == ["deliveryFailed"])
        #expect(bench.texts(.deadLetters) == [DecisionTexts.decision("d1")])
    }

    @Test func `that has no message is no attempt`() {
        let bench = WindowBench()
        bench.read(DecisionTexts.decision("d1", rule: "unspeakable"))
        #expect(bench.turn() == [])
        #expect(bench.outcomes == ["d1 failed message tooLarge"])
        #expect(bench.texts(.outcomes)[0].contains(#""attempts":0,"#))
        #expect(bench.deadLetters == ["messageFailed"])
        #expect(!bench.texts(.ledger).contains { $0.contains("attempt") })
    }

    @Test func `goes to the next provider on proof that the first did not take it, and only then`() {
        let bench = WindowBench()
        bench.read(DecisionTexts.decision("d1"), DecisionTexts.decision("d2", person: "bob"))
        bench.turn()
        #expect(
            bench.answer("d1", DeliveryResult(.unavailable, code: "connect"))
                == [.init(id: "d1", provider: "two", number: 2)])
        #expect(bench.answer("d2", DeliveryResult(.unknown, code: "timeout")) == [])
        bench.pass(1_000)
        #expect(bench.turn() == [.init(id: "d2", provider: "one", number: 2)])
    }

    @Test func `whose fate is unknown is not tried again where at most once is promised`() {
        let bench = WindowBench(atMostOnce)
        bench.read(DecisionTexts.decision("d1"), DecisionTexts.decision("d2", person: "bob"))
        bench.turn()
        bench.answer("d1", DeliveryResult(.unknown, code: "timeout"))
        #expect(bench.outcomes == ["d1 failed unknown timeout"])
        #expect(bench.deadLetters == ["deliveryUnknown"])
        // Proof that nothing was sent.
        #expect(bench.answer("d2", DeliveryResult(.unavailable, code: "connect")).map(\.provider) == ["two"])
    }

    @Test func `that fails again and again moves to the retries, frees its offset, and ends at last`() {
        let bench = WindowBench(["push": .deliver(ChannelRoute(["one"]))])
        bench.read(DecisionTexts.decision("d1", expiresAt: "2026-12-24T16:15:00.000Z"))
        bench.turn()
        for delay in RetrySchedule.delaysMs.prefix(2) {
            bench.answer("d1", DeliveryResult(.unavailable, code: "connect"))
            #expect(bench.texts(.retries) == [])
            bench.pass(delay)
            #expect(bench.turn().count == 1)
        }
        bench.answer("d1", DeliveryResult(.unavailable, code: "connect"))
        #expect(bench.committed[0]!.decisions == 1)
        var moved = 0
        while bench.outcomes.isEmpty {
            let texts = bench.texts(.retries)
            #expect(texts.count == moved + 1)
            moved = texts.count
            bench.read(texts.last!, from: .retries)
            #expect(bench.turn() == [], "before its time")
            bench.pass(36_000_000)
            #expect(bench.turn().count == 1)
            bench.answer("d1", DeliveryResult(.unavailable, code: "connect"))
        }
        #expect(bench.calls.map(\.number) == Array(1...RetrySchedule.failuresMax))
        #expect(bench.outcomes == ["d1 failed unavailable connect"])
        #expect(bench.committed[0]! == (1, Int64(moved), Int64(bench.texts(.ledger).count)))
    }

    @Test func `waits as long as the provider asks, and not beyond its expiry`() {
        let bench = WindowBench(["push": .deliver(ChannelRoute(["one"]))])
        bench.read(DecisionTexts.decision("d1"), DecisionTexts.decision("d2", person: "bob"))
        bench.turn()
        bench.answer("d1", DeliveryResult(.throttled, code: "429", retryAfterMs: 4_000))
        bench.pass(3_999)
        #expect(bench.turn() == [])
        bench.pass(1)
        #expect(bench.turn().map(\.id) == ["d1"])
        bench.answer("d2", DeliveryResult(.throttled, code: "429", retryAfterMs: 86_400_000))
        #expect(bench.outcomes == ["d2 failed throttled 429"])
    }

    @Test func `an endpoint that is gone takes no more`() {
        let bench = WindowBench(["push": .deliver(ChannelRoute(["one"]))])
        bench.read(DecisionTexts.decision("d1"), DecisionTexts.decision("d2"))
        bench.turn()
        bench.answer("d1", DeliveryResult(.disabled, code: "410"))
        bench.turn()
        #expect(bench.outcomes == ["d1 failed disabled 410", "d2 failed disabled disabled"])
        #expect(bench.calls.count == 1)
    }

    @Test func `what cannot be read stops nothing`() {
        let bench = WindowBench()
        bench.read("nonsense", #"{"type":"new"}"#, DecisionTexts.decision("d1"))
        #expect(bench.turn().map(\.id) == ["d1"])
        #expect(bench.deadLetters == ["decisionUnreadable"])
        // Read again after a crash, it is written once.
        let next = bench.successor()
        #expect(next.window.partitions[0]![.decisions].next == 2)
    }
}

@Suite struct `A recall` {
    @Test func `counts before the attempt and between two, and not during one that succeeds`() {
        let bench = WindowBench(["push": .deliver(ChannelRoute(["one"]))])
        bench.read(
            DecisionTexts.decision("d1"), DecisionTexts.cancel("d1"), DecisionTexts.decision("d2", person: "bob"),
            DecisionTexts.decision("d3", person: "eve"))
        bench.turn()
        bench.answer("d2", DeliveryResult(.unknown, code: "500"))
        bench.read(DecisionTexts.cancel("d2"), DecisionTexts.cancel("d3"))
        bench.turn()
        bench.answer("d3", .delivered)
        bench.pass(60_000)
        #expect(bench.turn() == [])
        #expect(bench.outcomes == ["d1 recalled", "d2 recalled", "d3 delivered"])
        #expect(bench.texts(.retries) == [], "none of them waits among the retries")
    }

    @Test func `ends a call that fails`() {
        let bench = WindowBench()
        bench.read(DecisionTexts.decision("d1"))
        bench.turn()
        bench.read(DecisionTexts.cancel("d1"))
        bench.answer("d1", DeliveryResult(.throttled, code: "503"))
        #expect(bench.outcomes == ["d1 recalled"])
    }

    @Test func `reaches what waits among the retries, also when both are read anew`() {
        let bench = WindowBench(["push": .deliver(ChannelRoute(["one"]))])
        bench.read(DecisionTexts.decision("d1"))
        bench.turn()
        bench.answer("d1", DeliveryResult(.throttled, code: "429", retryAfterMs: 60_000))
        bench.read(DecisionTexts.cancel("d1"))
        bench.turn()
        let retries = bench.texts(.retries)
        #expect(retries.count == 2)
        let next = bench.successor(["push": .deliver(ChannelRoute(["one"]))])
        for text in retries { next.read(text, from: .retries) }
        next.turn()
        #expect(next.outcomes == ["d1 recalled"])
        next.pass(120_000)
        #expect(next.turn() == [])
    }
}

@Suite struct `After a crash` {
    @Test func `an attempt without a result is made again at the same provider, or given up`() {
        let bench = WindowBench()
        bench.read(DecisionTexts.decision("d1"))
        bench.turn()
        bench.answer("d1", DeliveryResult(.unavailable, code: "connect"))
        #expect(bench.calls.last?.provider == "two")
        let again = bench.successor()
        again.read(DecisionTexts.decision("d1"))
        #expect(again.turn() == [.init(id: "d1", provider: "two", number: 3)])
        let never = bench.successor(atMostOnce)
        never.read(DecisionTexts.decision("d1"))
        #expect(never.turn() == [])
        #expect(never.outcomes == ["d1 failed unknown interrupted"])
        #expect(never.deadLetters == ["deliveryUnknown"])
    }

    @Test func `what is settled behind an open one is not sent again`() {
        let bench = WindowBench()
        bench.read(DecisionTexts.decision("d1"), DecisionTexts.decision("d2", person: "bob"))
        bench.turn()
        bench.answer("d2", .delivered)
        let next = bench.successor()
        next.read(DecisionTexts.decision("d1"), DecisionTexts.decision("d2", person: "bob"))
        #expect(next.turn().map(\.id) == ["d1"])
        #expect(next.outcomes == [])
        next.answer("d1", .delivered)
        #expect(next.committed[0]!.decisions == 2)
    }

    /// Three decisions were read and the last of them settled, when the first owner died; the second has read the first alone, and
    /// committed its result.
    private func secondOwner() -> WindowBench {
        let bench = WindowBench()
        bench.read(
            DecisionTexts.decision("d1"), DecisionTexts.decision("d2", person: "bob"),
            DecisionTexts.decision("d3", person: "eve"))
        bench.turn()
        bench.answer("d3", .delivered)
        let second = bench.successor()
        second.read(DecisionTexts.decision("d1"))
        second.turn()
        second.answer("d1", .delivered)
        return second
    }

    @Test func `a second crash finds the ledger of what the first successor had not read yet`() {
        let second = secondOwner()
        #expect(second.committed[0]!.decisions == 1)
        #expect(second.committed[0]!.ledger == 0, "the attempts of d2 and d3 must still be found")
        // Once it has read all, the mark moves.
        second.read(DecisionTexts.decision("d2", person: "bob"), DecisionTexts.decision("d3", person: "eve"))
        second.turn()
        second.answer("d2", .delivered)
        #expect(second.committed[0]!.decisions == 3)
        #expect(second.committed[0]!.ledger > 3)
    }

    @Test func `so does a third, of what neither successor had read`() {
        let second = secondOwner()
        let third = second.successor()
        third.read(DecisionTexts.decision("d2", person: "bob"))
        third.turn()
        third.answer("d2", .delivered)
        #expect(third.committed[0]!.decisions == 2)
        #expect(third.committed[0]!.ledger == 0, "the result of d3 must still be found")
    }

    @Test func `an id that the topic shows twice is delivered once`() {
        let bench = WindowBench()
        bench.read(DecisionTexts.decision("d1"), DecisionTexts.decision("d1"))
        #expect(bench.turn().count == 1)
        bench.answer("d1", .delivered)
        bench.read(DecisionTexts.decision("d1"))
        #expect(bench.turn() == [])
        #expect(bench.outcomes == ["d1 delivered"])
        #expect(bench.committed[0]!.decisions == 3)
    }
}
