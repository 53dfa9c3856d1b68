import BeckonModel
import Testing

@Suite struct `The alias pack` {
    let pack = AliasPack.standard

    @Test(arguments: [
        ("Product Added", "add_to_cart"), ("view_item", "product_viewed"), ("begin_checkout", "checkout_initiated"),
        ("purchase", "order_completed"), ("pageView", "page_viewed"), ("page_view", "page_viewed"),
        ("Signed In", "login"), ("sign_up", "signed_up"), ("Trial Ended", "trial_completed"),
        ("add_to_cart", "add_to_cart"), ("whatever", "whatever"), ("product added", "product added"),
    ])
    func `knows what sources call events`(source: String, canonical: String) {
        #expect(pack.canonicalName(of: source) == canonical)
    }

    @Test func `maps nothing twice`() {
        for alias in pack.aliases { #expect(pack.canonicalName(of: alias.canonical) == alias.canonical) }
    }

    @Test func `prefers what is present`() {
        let total = pack.sources(of: "total", in: "order_completed")
        #expect(total.map(\.path.names) == [["total"], ["revenue"], ["value"]])
        let path = pack.sources(of: "path", in: "page_viewed")
        #expect(path.map(\.path.names) == [["path"], ["page", "path"], ["page_location"]])
        #expect(path.map(\.derivation) == [nil, nil, .urlPath])
        #expect(pack.sources(of: "value", in: "add_to_cart").last?.derivation == .priceTimesQuantity)
        #expect(pack.sources(of: "value", in: "login").count == 1)
    }
}
