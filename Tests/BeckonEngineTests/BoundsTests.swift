import BeckonEngine
import BeckonModel
import Testing

/// Every collection of a person's record is bounded; what happens at the bound.
@Suite struct `Bounds of a person` {
    private func lines(_ harness: EngineHarness, _ part: String) -> [String] {
        harness.lines.filter { $0.contains(part) }
    }

    @Test func `the 26th instance ends the one with the oldest start`() {
        let harness = EngineHarness(
            rules: """
                id: cart
                key: [user, properties.cart_id]
                when: { event: add_to_cart, absent: { event: order_completed, within: 1h } }
                send: { channels: [push], template: cart }
                """)
        for cart in 0..<26 {
            harness.event("ann", #"{"event":"add_to_cart","properties":{"cart_id":"c\#(cart)"}}"#)
            harness.advance(1_000)
        }
        #expect(harness.lines.count == 1)
        #expect(harness.lines[0].contains(#""key":{"cart_id":"c0"}"#) && harness.lines[0].contains("instanceLimit"))
        harness.advance(7_200_000)
        #expect(lines(harness, #""type":"decision""#).count + lines(harness, #""reason":"late""#).count == 25)
    }

    @Test func `the 65th entry of a window makes the two oldest one, at the later time`() {
        let harness = EngineHarness(
            rules: """
                folds:
                  views: { count: page_viewed, within: 1h }
                ---
                id: ask
                when: { event: login }
                data: { views: views }
                send: { channels: [push], template: ask }
                """)
        for _ in 0..<65 {
            harness.event("ann", #"{"event":"page_viewed"}"#)
            harness.advance(1_000)
        }
        harness.event("ann", #"{"event":"login"}"#)
        harness.flush()
        #expect(harness.lines.last?.contains(#""data":{"views":65}"#) == true)
        // The first would have left the window here; it leaves together with the second.
        harness.advance(3_600_000 - 65_000)
        harness.event("ann", #"{"event":"login"}"#)
        harness.flush()
        #expect(harness.lines.last?.contains(#""data":{"views":65}"#) == true)
        harness.advance(1_000)
        harness.event("ann", #"{"event":"login"}"#)
        harness.flush()
        #expect(harness.lines.last?.contains(#""data":{"views":63}"#) == true)
    }

    @Test func `the 26th key forgets that the oldest has fired`() {
        let harness = EngineHarness(
            rules: """
                id: once
                key: [user, properties.cart_id]
                when: { event: add_to_cart }
                reentry: once
                send: { channels: [push], template: cart }
                """)
        func add(_ cart: Int) {
            harness.event("ann", #"{"event":"add_to_cart","properties":{"cart_id":"c\#(cart)"}}"#)
            harness.advance(1_000)
        }
        for cart in 0..<25 { add(cart) }
        add(0)
        #expect(lines(harness, #""type":"decision""#).count == 25, "25 are remembered")
        #expect(lines(harness, #""reason":"reentry""#).count == 1)
        add(25)
        add(0)
        #expect(lines(harness, #""type":"decision""#).count == 27, "the first is forgotten")
        add(24)
        #expect(lines(harness, #""type":"decision""#).count == 27, "and nothing else")
    }

    @Test func `a last value of more than 256 bytes is not kept`() {
        let harness = EngineHarness(
            rules: """
                folds:
                  name: { last: properties.name, of: login }
                ---
                id: ask
                when: { event: page_viewed }
                data: { name: name }
                send: { channels: [push], template: ask }
                """)
        let kept = String(repeating: "k", count: 256)
        harness.event("ann", #"{"event":"login","properties":{"name":"\#(kept)"}}"#)
        harness.event("ann", #"{"event":"login","properties":{"name":"\#(kept)x"}}"#)
        harness.event("ann", #"{"event":"page_viewed"}"#)
        harness.flush()
        #expect(harness.lines.count == 1)
        #expect(harness.lines[0].contains(#""data":{"name":"\#(kept)"}"#))
    }

    /// An `inactive` rule reads its key of events that no rule names, whatever came before them in memory.
    @Test func `silence is counted by key for events that no rule names`() {
        let harness = EngineHarness(
            rules: """
                id: quiet
                key: [user, properties.shop]
                when: { inactive: { for: 10m } }
                send: { channels: [push], template: quiet }
                """)
        harness.event("ann", #"{"event":"looked","properties":{"shop":"s1"}}"#)
        harness.event("ann", #"{"event":"waved","properties":{"shop":"s2"}}"#)
        harness.event("ann", #"{"event":"left"}"#)
        harness.advance(600_000)
        #expect(lines(harness, #""key":{"shop":"s1"}"#).count == 1)
        #expect(lines(harness, #""key":{"shop":"s2"}"#).count == 1)
        #expect(lines(harness, #""key":{}"#).count == 1)
    }
}
