import BeckonEngine
import BeckonModel
import Testing

@Suite struct `A rule that is removed` {
    private let other = "id: other\nwhen: { event: never_seen }\nsend: { channels: [log] }\n"
    private let cart =
        "id: cart\nwhen: { event: add_to_cart, absent: { event: order_completed, within: 15m } }\nsend: { channels: [log] }\n"
    private let once =
        "id: hello\nwhen: { event: signed_up }\nexit: login\nreentry: once\nexpires: 6h\nsend: { channels: [log] }\n"

    private func rules(_ documents: String...) -> String { documents.joined(separator: "---\n") }

    @Test func `ends its running instances there and then, without a word`() {
        let harness = EngineHarness(rules: rules(other, cart))
        harness.event("ann", #"{"event":"add_to_cart","properties":{}}"#)
        harness.advance(60_000)
        harness.use(other)
        harness.advance(3_600_000)
        #expect(harness.lines == [])
        #expect(harness.engine.earliestDueMs == nil)
    }

    @Test func `recalls no more what it has written`() {
        for isRemoved in [false, true] {
            let harness = EngineHarness(rules: rules(other, once))
            harness.event("ann", #"{"event":"signed_up"}"#)
            harness.advance(60_000)
            #expect(harness.lines.count == 1 && harness.lines[0].contains(#""type":"decision""#))
            if isRemoved { harness.use(other) }
            harness.event("ann", #"{"event":"login"}"#)
            harness.advance(60_000)
            let cancels = harness.lines.filter { $0.contains(#""type":"cancel""#) }
            #expect(cancels.count == (isRemoved ? 0 : 1), "\(harness.lines)")
        }
    }

    @Test func `begins anew when it comes back`() {
        let harness = EngineHarness(rules: rules(other, once))
        for _ in 0..<2 {
            harness.event("ann", #"{"event":"signed_up"}"#)
            harness.advance(60_000)
        }
        #expect(harness.lines.filter { $0.contains(#""type":"decision""#) }.count == 1)
        harness.use(other)
        // Her record is visited, and with it what is left of the rule.
        harness.event("ann", #"{"event":"never_seen"}"#)
        harness.advance(60_000)
        harness.use(rules(other, once))
        harness.event("ann", #"{"event":"signed_up"}"#)
        harness.advance(60_000)
        #expect(
            harness.lines.filter { $0.contains(#""rule":"hello""#) && $0.contains(#""type":"decision""#) }.count == 2)
        // And what it has written since, it recalls.
        harness.event("ann", #"{"event":"login"}"#)
        harness.advance(60_000)
        #expect(harness.lines.filter { $0.contains(#""type":"cancel""#) }.count == 1)
    }
}
