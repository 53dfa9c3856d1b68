import BeckonEngine
import Testing

@Suite struct `Cart` {
    private static let fold = """
        folds:
          cart:
            key: properties.cart_id
            items: { put: add_to_cart, remove: remove_from_cart, by: properties.product_id,
                     keep: [name, price, quantity], max: 20 }
            value: sum(price * quantity)
            clear: order_completed
        ---

        """

    private func harness() -> EngineHarness {
        EngineHarness(
            rules: Self.fold + """
                id: ask
                when: { event: ask }
                data: { items: cart.items, value: cart.value }
                maxLateness: none
                send: { channels: [push], template: ask }
                ---
                id: keyed
                key: [user, properties.cart_id]
                when: { event: keyed }
                if: cart.value > 0.0
                data: { value: cart.value }
                maxLateness: none
                send: { channels: [push], template: ask }
                """)
    }

    private func cart(_ harness: EngineHarness, _ minutes: Double) -> String {
        harness.at(minutes, "ask")
        return harness.data.last ?? ""
    }

    private func value(_ harness: EngineHarness, _ minutes: Double, _ cart: String) -> String {
        let count = harness.decisions.count
        harness.at(minutes, "keyed", #"{"cart_id":"\#(cart)"}"#)
        return harness.decisions.count == count
            ? "0" : String(harness.data.last!.dropFirst(#"{"value":"#.count).dropLast())
    }

    private func add(
        _ harness: EngineHarness, _ minutes: Double, _ product: String, price: String, quantity: Int? = nil,
        cart: String? = "c1"
    ) {
        let quantity = quantity.map { #","quantity":\#($0)"# } ?? ""
        let key = cart.map { #","cart_id":"\#($0)""# } ?? ""
        harness.at(minutes, "add_to_cart", #"{"product_id":"\#(product)","price":\#(price)\#(quantity)\#(key)}"#)
    }

    @Test func `is a list that conditions and data open`() {
        let harness = EngineHarness(
            rules: Self.fold + """
                id: ask
                when: { event: ask }
                if: 'size(cart.items) == 2 && cart.items.exists(item, item.price > 10.0)'
                data: { dear: 'cart.items.filter(item, item.price > 10.0).map(item, item.price)', count: size(cart.items) }
                maxLateness: none
                send: { channels: [push], template: ask }
                """)
        add(harness, 1, "p1", price: "5")
        harness.at(2, "ask")
        #expect(harness.decisions.isEmpty)
        add(harness, 3, "p2", price: "12.5")
        harness.at(4, "ask")
        #expect(harness.data == [#"{"dear":[12.5],"count":2}"#])
    }

    @Test func `holds the items put, and their value`() {
        let harness = harness()
        #expect(cart(harness, 0) == #"{"items":[],"value":0}"#)
        harness.at(
            1, "Product Added",
            #"{"product_id":"p1","name":"Red \"shoe\"","price":59.95,"quantity":2,"cart_id":"c1","color":"red"}"#)
        harness.at(2, "add_to_cart", #"{"item_id":7,"item_name":"Sock","price":"5","quantity":1,"cart_id":"c1"}"#)
        harness.at(3, "add_to_cart", #"{"product_id":"p3","price":0.1,"cart_id":"c1"}"#)
        #expect(
            cart(harness, 4)
                == #"{"items":[{"product_id":"p1","name":"Red \"shoe\"","price":59.95,"quantity":2},"#
                + #"{"product_id":7,"name":"Sock","price":"5","quantity":1},{"product_id":"p3","price":0.1}],"value":120}"#
        )
    }

    @Test func `put replaces by the property`() {
        let harness = harness()
        add(harness, 1, "p1", price: "10", quantity: 1)
        add(harness, 2, "p2", price: "1", quantity: 1)
        add(harness, 3, "p1", price: "10", quantity: 5)
        #expect(
            cart(harness, 4)
                == #"{"items":[{"product_id":"p1","price":10,"quantity":5},{"product_id":"p2","price":1,"quantity":1}],"value":51}"#
        )
    }

    @Test func `an older put does not replace a newer one`() {
        let harness = harness()
        add(harness, 5, "p1", price: "10")
        harness.late(3, "add_to_cart", #"{"product_id":"p1","price":99,"cart_id":"c1"}"#)
        #expect(cart(harness, 6).hasSuffix(#""value":10}"#))
    }

    @Test func `remove takes an item away`() {
        let harness = harness()
        add(harness, 1, "p1", price: "10")
        add(harness, 2, "p2", price: "1")
        harness.at(3, "Product Removed", #"{"product_id":"p1","cart_id":"c1"}"#)
        #expect(cart(harness, 4) == #"{"items":[{"product_id":"p2","price":1}],"value":1}"#)
    }

    @Test func `remove and clear without the key act on all`() {
        let harness = harness()
        add(harness, 1, "p1", price: "10", cart: "c1")
        add(harness, 2, "p1", price: "20", cart: "c2")
        add(harness, 3, "p2", price: "1", cart: "c2")
        harness.at(4, "remove_from_cart", #"{"product_id":"p1"}"#)
        #expect(value(harness, 5, "c1") == "0" && value(harness, 5, "c2") == "1")
        add(harness, 6, "p1", price: "10", cart: "c1")
        harness.at(7, "order_completed", #"{"cart_id":"c2"}"#)
        #expect(value(harness, 8, "c1") == "10" && value(harness, 8, "c2") == "0")
        harness.at(9, "purchase")
        #expect(value(harness, 10, "c1") == "0")
        #expect(cart(harness, 10) == #"{"items":[],"value":0}"#)
    }

    @Test func `what was put before a clear and comes later does not count`() {
        let harness = harness()
        harness.at(5, "order_completed")
        harness.late(4, "add_to_cart", #"{"product_id":"p1","price":10,"cart_id":"c1"}"#)
        #expect(cart(harness, 6).hasSuffix(#""value":0}"#))
        harness.at(7, "order_completed", #"{"cart_id":"c2"}"#)
        harness.late(6.5, "add_to_cart", #"{"product_id":"p1","price":10,"cart_id":"c2"}"#)
        #expect(cart(harness, 8).hasSuffix(#""value":0}"#))
        harness.late(6.5, "add_to_cart", #"{"product_id":"p1","price":10,"cart_id":"c1"}"#)
        #expect(cart(harness, 8).hasSuffix(#""value":10}"#))
        harness.late(6, "order_completed")
        #expect(cart(harness, 9).hasSuffix(#""value":10}"#), "nor does a clear empty what was put after it")
    }

    @Test func `a rule whose key holds the path sees that cart, any other the last updated`() {
        let harness = harness()
        add(harness, 1, "p1", price: "10", cart: "c1")
        add(harness, 2, "p1", price: "20", cart: "c2")
        #expect(cart(harness, 3).hasSuffix(#""value":20}"#))
        #expect(value(harness, 3, "c1") == "10" && value(harness, 3, "c2") == "20" && value(harness, 3, "c3") == "0")
        add(harness, 4, "p2", price: "1", cart: "c1")
        #expect(cart(harness, 5).hasSuffix(#""value":11}"#))
        harness.at(6, "order_completed", #"{"cart_id":"c1"}"#)
        #expect(cart(harness, 7).hasSuffix(#""value":20}"#), "of those that hold something")
    }

    @Test func `when time fires the cart is that of the instance`() {
        let harness = EngineHarness(
            rules: Self.fold + """
                id: cart-abandonment
                key: [user, properties.cart_id]
                when: { event: add_to_cart, absent: { event: [checkout_initiated, order_completed], within: 15m, reset: onEach } }
                if: cart.value > 50.0
                data: { items: cart.items, value: cart.value }
                send: { channels: [push], template: cart }
                """)
        add(harness, 0, "p1", price: "60", quantity: 1, cart: "c1")
        add(harness, 1, "p2", price: "5", quantity: 1, cart: "c2")
        add(harness, 2, "p3", price: "1", quantity: 3, cart: "c1")
        harness.advance(to: 30)
        #expect(harness.dueMinutes == [17])
        #expect(
            harness.data == [
                #"{"items":[{"product_id":"p1","price":60,"quantity":1},{"product_id":"p3","price":1,"quantity":3}],"value":63}"#
            ])
        #expect(harness.lines(with: "condition").count == 1, "c2 is worth 5")
    }

    @Test func `firing does not empty it`() {
        let harness = harness()
        add(harness, 1, "p1", price: "10")
        _ = cart(harness, 2)
        #expect(cart(harness, 3).hasSuffix(#""value":10}"#))
    }

    @Test(arguments: ["items", "products"])
    func `arrays are put and removed once per item`(name: String) {
        let harness = harness()
        let elements =
            #"{"item_id":"p1","price":1,"item_name":"A"}, 5 ,{"product_id":"p2","price":2.5,"quantity":2},{"price":9}"#
        harness.at(1, "add_to_cart", #"{"\#(name)":[\#(elements)],"cart_id":"c1","price":100,"product_id":"p9"}"#)
        #expect(
            cart(harness, 2)
                == #"{"items":[{"product_id":"p1","name":"A","price":1},{"product_id":"p2","price":2.5,"quantity":2}],"value":6}"#
        )
        harness.at(3, "remove_from_cart", #"{"\#(name)":[{"item_id":"p1"},{"item_id":"p2"}],"cart_id":"c1"}"#)
        #expect(cart(harness, 4) == #"{"items":[],"value":0}"#)
    }

    @Test func `an item without what it is known by is not taken`() {
        let harness = harness()
        harness.at(1, "add_to_cart", #"{"price":1,"cart_id":"c1"}"#)
        harness.at(1, "add_to_cart", #"{"product_id":{},"price":1,"cart_id":"c1"}"#)
        #expect(cart(harness, 2) == #"{"items":[],"value":0}"#)
        #expect(harness.foldSkips == 1)
    }

    @Test func `at most 20 items, the oldest dropped and counted`() {
        let harness = harness()
        for product in 0..<20 { add(harness, Double(product), "p\(product)", price: "1") }
        add(harness, 20, "p0", price: "1")
        #expect(harness.dropped(.items) == 0)
        add(harness, 21, "p20", price: "1")
        #expect(harness.dropped(.items) == 1)
        #expect(cart(harness, 22).hasSuffix(#""value":20}"#))
        #expect(!cart(harness, 22).contains(#""p1""#) && cart(harness, 22).contains(#""p0""#))
    }

    @Test func `at most 10 carts, the oldest dropped and counted`() {
        let harness = harness()
        for cart in 0..<10 { add(harness, Double(cart), "p1", price: "1", cart: "c\(cart)") }
        add(harness, 10, "p2", price: "1", cart: "c0")
        #expect(harness.dropped(.items) == 0)
        add(harness, 11, "p1", price: "1", cart: "c10")
        #expect(harness.dropped(.items) == 1)
        #expect(value(harness, 12, "c1") == "0" && value(harness, 12, "c0") == "2" && value(harness, 12, "c2") == "1")
    }

    @Test func `a field of more than 512 bytes is not kept, and all carts together take at most 32 KiB`() {
        let harness = harness()
        let long = String(repeating: "x", count: 513)
        harness.at(0, "add_to_cart", #"{"product_id":"p1","name":"\#(long)","price":1,"cart_id":"c1"}"#)
        #expect(cart(harness, 0) == #"{"items":[{"product_id":"p1","price":1}],"value":1}"#)
        #expect(harness.foldSkips == 1)
        for cart in 0..<10 {
            for product in 0..<20 {
                let name = String(repeating: "y", count: 300)
                harness.at(
                    Double(1 + cart), "add_to_cart",
                    #"{"product_id":"\#(product)","name":"\#(name)","price":1,"cart_id":"d\#(cart)"}"#)
            }
        }
        #expect(harness.dropped(.items) > 1)
        #expect(value(harness, 20, "d9") == "20" && value(harness, 20, "d0") == "0")
    }
}
