import BeckonEngine
import BeckonModel
import Testing

@Suite struct `Absence` {
    let rules = """
        id: cart-abandonment
        key: [user, properties.cart_id]
        when:
          event: add_to_cart
          absent: { event: [checkout_initiated, order_completed], within: 15m, reset: onEach }
        collect: { value: sum(properties.value), product: last(properties.product_id) }
        if: instance.value > 50.0
        data: { value: instance.value, product: instance.product }
        send: { channels: [push, email], template: cart-reminder }
        """

    @Test func `fires at the last start and within`() {
        let harness = EngineHarness(rules: rules)
        harness.event(
            "ann", #"{"event":"add_to_cart","properties":{"cart_id":"c1","product_id":"p1","price":60,"quantity":1}}"#)
        harness.advance(600_000)
        harness.event(
            "ann",
            #"{"type":"track","event":"Product Added","properties":{"cart_id":"c1","product_id":"p2","price":"x","value":10.5}}"#
        )
        harness.advance(899_999)
        #expect(harness.lines == [])
        harness.advance(1)
        #expect(harness.lines.count == 1)
        #expect(harness.lines[0].contains(#""data":{"value":70.5,"product":"p2"}"#))
        #expect(harness.lines[0].contains(#""key":{"cart_id":"c1"},"cause":"timer""#))
    }

    @Test func `is cancelled by an order without a cart`() {
        let harness = EngineHarness(rules: rules)
        harness.event(
            "ann", #"{"event":"add_to_cart","properties":{"cart_id":"c1","product_id":"p1","price":60,"quantity":1}}"#)
        harness.advance(600_000)
        harness.event("ann", #"{"event":"purchase","properties":{}}"#)
        harness.advance(3_600_000)
        #expect(harness.lines == [])
    }

    @Test func `is suppressed when its condition is false`() {
        let harness = EngineHarness(rules: rules)
        harness.event(
            "ann", #"{"event":"add_to_cart","properties":{"cart_id":"c1","product_id":"p1","price":6,"quantity":2}}"#)
        harness.advance(900_000)
        #expect(harness.lines.count == 1)
        #expect(harness.lines.first?.contains(#""reason":"condition""#) == true)
    }
}
