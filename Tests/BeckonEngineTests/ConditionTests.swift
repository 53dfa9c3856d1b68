import BeckonEngine
import BeckonModel
import Testing

/// The language of conditions, over events as they come.
@Suite struct `Conditions of the engine` {
    private func decisions(where condition: String, data: String = "{}", _ event: String) -> [String] {
        let rules = """
            id: r
            when:
              event: ordered
              where: >-
                \(condition)
            data: \(data)
            send: { channels: [push], template: t }
            """
        let harness = EngineHarness(rules: rules)
        harness.event("ann", event)
        harness.flush()
        return harness.lines
    }

    private let order = #"""
        {"event":"ordered","properties":{"items":[{"sku":"a-1","price":5,"tags":["x"]}, {"sku":"b\"2","price":60.5}],
        "ship":{"city":"K\u00f6ln","express":true},"email":"ann@shop.example"}}
        """#

    @Test(arguments: [
        ("properties.items.exists(i, i.price > 50.0)", true),
        ("properties.items.all(i, i.price > 50.0)", false),
        ("properties.items.exists_one(i, has(i.tags) && 'x' in i.tags)", true),
        ("properties.items.map(i, i.sku) == ['a-1', 'b\"2']", true),
        ("properties.items.filter(i, i.sku.matches('^[a-z]-[0-9]+$')).size() == 1", true),
        ("properties.items[1].price == 60.5 && properties.items.size() == 2", true),
        ("properties.items[2].price > 1.0", false),
        ("properties.items[0].nothing > 1.0", false),
        ("properties.nothing.exists(i, i.price > 1.0)", false),
        ("has(properties.items) && !has(properties.items[0].nothing)", true),
        ("properties.ship == {'express': true, 'city': 'Köln'}", true),
        ("properties.ship.exists(k, k == 'city')", true),
        ("properties.ship['city'] == 'K\\u00f6ln'", true),
        ("properties.email.matches('^[^@]+@shop[.]example$')", true),
        ("properties.email.matches(properties.ship.city)", false),
        // The harness begins at 2023-11-14T22:13:20Z.
        ("now.getHours() == 22 && now.getHours('Europe/Berlin') == 23 && now.getDate('Asia/Tokyo') == 15", true),
        ("event.time.getDayOfWeek() == 2", true),
        ("type(properties.items) == list && type(properties.items[0].price) == double", true),
        ("properties.items.all(i, properties.items.exists(j, j.price >= i.price))", true),
    ])
    func `judge`(condition: String, isTrue: Bool) {
        #expect(decisions(where: condition, order).count == (isTrue ? 1 : 0), "\(condition)")
    }

    @Test func `give data`() {
        let data = #"""
            { dear: 'properties.items.filter(i, i.price > 50.0)', skus: 'properties.items.map(i, i.sku + "!")',
              parts: '{"city": properties.ship.city, "n": properties.items.size()}' }
            """#.replacing("\n", with: "")
        let lines = decisions(where: "true", data: data, order)
        #expect(
            lines.first?.contains(
                #""data":{"dear":[{"sku":"b\"2","price":60.5}],"skus":["a-1!","b\"2!"],"parts":{"city":"Köln","n":2}}"#)
                == true, "\(lines)")
    }

    @Test func `end also where an event is made to cost`() {
        let many = (0..<3_000).map { "{\"p\":\($0)}" }.joined(separator: ",")
        let event = #"{"event":"ordered","properties":{"items":[\#(many)]}}"#
        let condition = "properties.items.all(i, properties.items.all(j, i.p + j.p >= 0.0))"
        #expect(decisions(where: condition, event).isEmpty)
        #expect(decisions(where: "properties.items.all(i, i.p >= 0.0)", event).count == 1)
    }
}
