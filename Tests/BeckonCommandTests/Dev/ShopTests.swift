import BeckonModel
import Testing

@testable import beckon

@Suite struct `Synthetic shop` {
    static let openMs: Milliseconds = 1_704_099_600_000

    func events(seed: UInt64, _ count: Int) -> [PlayedEvent] {
        var shop = Shop(seed: seed, openMs: Self.openMs)
        return (0..<count).compactMap { _ in shop.next() }
    }

    @Test func `the same seed gives the same events, another seed others`() {
        #expect(events(seed: 7, 3_000) == events(seed: 7, 3_000))
        #expect(events(seed: 7, 300) != events(seed: 8, 300))
    }

    @Test func `events come in the order of their times, from a season before the opening on`() {
        let times = events(seed: 1, 5_000).map(\.timeMs)
        #expect(times == times.sorted())
        #expect(times[0] >= Shop.firstMs(openMs: Self.openMs))
        #expect(times[0] < Self.openMs)
    }

    @Test func `every event is one that the collector's readers take`() {
        let format = CollectedFormat()
        for event in events(seed: 3, 2_000) {
            guard case .event(let read) = format.read(event.value[...], id: "shop:1") else {
                Issue.record("not an event: \(String(decoding: event.value, as: UTF8.self))")
                return
            }
            #expect(read.timeMs == event.timeMs)
            #expect(read.person == event.person)
        }
    }

    @Test func `people browse, buy, leave carts, look at prices, answer, learn, try, and some only log in`() {
        let text = events(seed: 1, 5_000).map { String(decoding: $0.value, as: UTF8.self) }
        for deed in [
            "Product Viewed", "Product Added", "Checkout Started", "Order Completed", "Trial Ended", "slack_connected",
            "Signed In", "/pricing", "Signed Up", "Trial Started", "survey_answered", "tutorial_opened",
            "crm_connected", #""type":"identify","traits":{"first_name":""#,
        ] {
            #expect(text.contains { $0.contains(deed) }, "\(deed)")
        }
        let added = text.count { $0.contains("Product Added") }
        let ordered = text.count { $0.contains("Order Completed") }
        #expect(ordered * 4 > added && ordered < added)
    }
}
