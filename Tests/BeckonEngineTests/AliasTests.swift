import BeckonEngine
import BeckonModel
import Testing

/// What Segment and GA4 call the same.
@Suite struct `Aliases of the engine` {
    private let rules = """
        id: added
        when: { event: add_to_cart }
        data: { product: properties.product_id, name: properties.name, value: properties.value }
        send: { channels: [push], template: t }
        ---
        id: bought
        when: { event: order_completed }
        data: { order: properties.order_id, total: properties.total }
        send: { channels: [push], template: t }
        ---
        id: viewed
        when: { event: page_viewed }
        data: { path: properties.path }
        send: { channels: [push], template: t }
        """

    @Test(arguments: [
        (
            #"{"type":"track","event":"Product Added","properties":{"product_id":"p","name":"n","price":19.9,"quantity":3}}"#,
            #"{"product":"p","name":"n","value":59.7}"#
        ),
        (
            #"{"event":"add_to_cart","properties":{"item_id":"p","item_name":"n","price":19.9}}"#,
            #"{"product":"p","name":"n","value":19.9}"#
        ),
        (
            #"{"event":"add_to_cart","properties":{"item_id":"p","product_id":"q","price":2,"quantity":2,"value":9}}"#,
            #"{"product":"q","name":null,"value":9}"#
        ),
        (
            #"{"event":"add_to_cart","properties":{"price":"2","quantity":2}}"#,
            #"{"product":null,"name":null,"value":null}"#
        ),
        (
            #"{"event":"Order Completed","properties":{"order_id":"o","revenue":20,"value":30}}"#,
            #"{"order":"o","total":20}"#
        ),
        (#"{"event":"purchase","properties":{"transaction_id":"o","value":30}}"#, #"{"order":"o","total":30}"#),
        (#"{"event":"purchase","properties":{"value":30,"revenue":20,"total":10}}"#, #"{"order":null,"total":10}"#),
        (#"{"type":"page","properties":{"path":"/a"},"context":{"page":{"path":"/b"}}}"#, #"{"path":"/a"}"#),
        (#"{"type":"page","context":{"page":{"path":"/b"}}}"#, #"{"path":"/b"}"#),
        (#"{"event":"page_view","properties":{"page_location":"https://shop.example/c?d=e#f"}}"#, #"{"path":"/c"}"#),
        (#"{"event":"pageView","properties":{"page_location":"https://shop.example"}}"#, #"{"path":"/"}"#),
    ]) func `are one event with one set of properties`(event: String, data: String) {
        let harness = EngineHarness(rules: rules)
        harness.event("ann", event)
        harness.flush()
        #expect(harness.lines.count == 1)
        #expect(harness.lines.first?.contains(#""data":\#(data)"#) == true, "\(harness.lines)")
    }
}
