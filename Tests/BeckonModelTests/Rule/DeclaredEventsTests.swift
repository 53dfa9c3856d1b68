import Testing

@testable import BeckonModel

@Suite struct `Declared events` {
    private func found(_ rule: String, events: String = Self.events) -> [String] {
        problems("\(events)\n---\n\(rule)").map { String($0.drop { $0 != " " }.dropFirst()) }
    }

    static let events = """
        events:
          Product Added: { properties: { price: number, cart_id: string, address: object, tags: array } }
          login: { properties: {} }
          signed_up: {}
        """

    @Test(arguments: [
        (
            "{ event: add_to_cart, where: properties.pric > 5 }",
            "`events` declares no property `pric` of `add_to_cart`; did you mean `price`?"
        ),
        (
            "{ event: [add_to_cart, login], where: properties.qty > 5 }",
            "`events` declares no property `qty` of `add_to_cart`, `login`"
        ),
        (
            "{ event: add_to_cart, where: properties.price.net > 5 }",
            "`price` of `add_to_cart` is declared as number, and has no members"
        ),
        ("{ event: a, absent: { event: b, where: properties.x == 1, within: 1m } }", ""),
        ("{ event: signed_up, where: properties.anything == 1 }", ""),
        ("{ event: [add_to_cart, other], where: properties.qty > 5 }", ""),
        ("{ event: [add_to_cart, login], where: properties.price > 5 }", ""),
        ("{ event: add_to_cart, where: properties.value > 5 && properties.product_id == \"x\" }", ""),
        ("{ event: add_to_cart, where: properties.address.city == \"x\" }", ""),
        ("{ event: add_to_cart, where: event.context.pric == \"x\" }", ""),
        (
            "{ count: { event: add_to_cart, distinct: properties.cart, atLeast: 2, within: 1d } }",
            "`events` declares no property `cart` of `add_to_cart`"
        ),
        (
            "{ total: { sum: properties.prize, of: add_to_cart, reaches: 5 } }",
            "`events` declares no property `prize` of `add_to_cart`; did you mean `price`?"
        ),
    ])
    func `find properties that their events do not have`(when: String, problem: String) {
        #expect(found(ruleText(when: when)) == (problem.isEmpty ? [] : [problem]))
    }

    @Test func `judge key, collect, if and data by the events that they are of`() {
        let text = """
            id: r
            key: [user, properties.cart]
            when: { sequence: [add_to_cart, login], within: 1h }
            if: properties.price > 5
            data: { p: properties.price }
            send: { channels: [push] }
            """
        #expect(
            problems("\(Self.events)\n---\n\(text)") == [
                "7:24: `events` declares no property `cart` of `add_to_cart`, `login`",
                "9:16: `events` declares no property `price` of `login`",
                "10:23: `events` declares no property `price` of `login`",
            ])
        let collecting = ruleText(
            when: "{ event: add_to_cart, absent: { event: login, within: 1m } }",
            "collect: { v: sum(properties.prise) }")
        #expect(found(collecting) == ["`events` declares no property `prise` of `add_to_cart`; did you mean `price`?"])
    }

    @Test func `judge folds`() {
        let folds =
            "folds: { f: { sum: properties.prise, of: add_to_cart }, g: { count: { event: login, where: properties.x == 1 } } }"
        #expect(
            found(folds) == [
                "`events` declares no property `prise` of `add_to_cart`; did you mean `price`?",
                "`events` declares no property `x` of `login`",
            ])
    }

    @Test(arguments: [
        ("events: [a]", "1:9: `events` is a mapping from events' names to what they have, not a list"),
        ("events: { a: x }", "1:14: a declared event is a mapping with `properties`, not `x`"),
        ("events: { a: { own: false } }", "1:16: `own` is not yet known to this version"),
        (
            "events: { a: { property: {} } }",
            "1:16: a declared event has no field `property`; did you mean `properties`?"
        ),
        (
            "events: { a: { properties: [x] } }",
            "1:28: `properties` is a mapping of at most 1000 names to types, as in { price: number }"
        ),
        (
            "events: { a: { properties: { x: numbr } } }",
            "1:33: the type of a property is `string`, `number`, `boolean`, `array`, `object` or `any`, not `numbr`; did you mean `number`?"
        ),
    ])
    func `what is wrong with them is said`(text: String, problem: String) {
        #expect(problems(text) == [problem])
    }

    @Test func `are no part of a rule's version`() throws {
        let version = try rule(ruleText()).version
        let reading = RuleSet.read([RuleSource(file: "a.yaml", text: Array("\(Self.events)\n---\n\(ruleText())".utf8))])
        #expect(reading.ruleSet?.rules.first?.version == version)
    }
}
