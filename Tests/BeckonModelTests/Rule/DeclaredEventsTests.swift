import Testing

@testable import BeckonModel

@Suite struct `Declared events` {
    private func found(_ rule: String, events: String = Self.events) -> [String] {
        problems("\(events)\n---\n\(rule)").map { String($0.drop { $0 != " " }.dropFirst()) }
    }

    static let events = """
        events:
          Product Added:
            properties: { price: number, cart_id: string, address: object, tags: array, paid: boolean, odd: any }
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

    /// Each where it stands, and what to write instead.
    @Test(arguments: [
        (
            #"properties.price == "60""#,
            "17: `==` compares a double with a text, which are never equal: write 60; `events` declares `price` of "
                + "`add_to_cart` as number"
        ),
        (
            "properties.cart_id == 5",
            #"19: `==` compares a text with a double, which are never equal: write "5"; `events` declares `cart_id` of "#
                + "`add_to_cart` as string"
        ),
        (
            #"5.5 != properties.cart_id"#,
            #"4: `!=` compares a double with a text, which are never equal: write "5.5"; `events` declares `cart_id` of "#
                + "`add_to_cart` as string"
        ),
        (
            #"properties.price < "cheap""#,
            "17: `<` cannot compare a double with a text; `events` declares `price` of `add_to_cart` as number"
        ),
        (
            "properties.cart_id > properties.price",
            "19: `>` cannot compare a text with a double; `events` declares `cart_id` of `add_to_cart` as string"
        ),
        (
            #"properties.price in ["1", "2"]"#,
            "17: a double never equals a text of the list; `events` declares `price` of `add_to_cart` as number"
        ),
        (
            #""x" in properties.cart_id"#,
            "4: `in` needs a list or a map on its right, and this is a text; `events` declares `cart_id` of "
                + "`add_to_cart` as string"
        ),
        (
            "properties.cart_id * 2.0 > 1.0",
            "19: `*` cannot take a text and a double; `events` declares `cart_id` of `add_to_cart` as string"
        ),
        (
            "-properties.cart_id < 1.0",
            "12: `-` needs a number, and this is a text; `events` declares `cart_id` of `add_to_cart` as string"
        ),
        (
            #"properties.price.startsWith("6")"#,
            "11: `startsWith` does not take a double; `events` declares `price` of `add_to_cart` as number"
        ),
        (
            #"properties.tags.matches("x")"#,
            "11: `matches` does not take a list; `events` declares `tags` of `add_to_cart` as array"
        ),
        (
            "size(properties.price) > 1",
            "16: `size` does not take a double; `events` declares `price` of `add_to_cart` as number"
        ),
        (
            #"properties.price.exists(p, p == "x")"#,
            "11: `exists` needs a list or a map, and this is a double; `events` declares `price` of `add_to_cart` as number"
        ),
        (
            "properties.cart_id[0] == 1.0",
            "11: `[…]` needs a list or a map, and this is a text; `events` declares `cart_id` of `add_to_cart` as string"
        ),
        (
            "properties.paid && properties.price",
            "30: `&&` needs booleans, and this is a double; `events` declares `price` of `add_to_cart` as number"
        ),
        (
            "!properties.price",
            "12: `!` needs booleans, and this is a double; `events` declares `price` of `add_to_cart` as number"
        ),
        (
            "properties.price",
            "11: a condition is true or false, and this is a double; `events` declares `price` of `add_to_cart` as number"
        ),
        (
            "properties.price ? true : false",
            "11: `?` needs booleans, and this is a double; `events` declares `price` of `add_to_cart` as number"
        ),
        (
            #"properties.tags.exists(t, properties.price == "x")"#,
            "43: `==` compares a double with a text, which are never equal; `events` declares `price` of `add_to_cart` as "
                + "number"
        ),
    ])
    func `find what cannot be done with a property of its type`(condition: String, problem: String) {
        let rule = ruleText(when: "{ event: add_to_cart, where: '\(condition)' }")
        let found = problems("\(Self.events)\n---\n\(rule)").map { text in
            let parts = text.split(separator: ":", maxSplits: 2)
            return "\(Int(parts[1])! - 37):\(parts[2])"
        }
        #expect(found == [problem])
    }

    @Test(arguments: [
        "properties.price > 60", "properties.price == 60.5 || properties.price == null", "null != properties.cart_id",
        "properties.price in [1, 2.5]", #"properties.cart_id + "x" == "cx""#, "properties.value == \"x\"",
        "properties.tags.exists(t, t == 5) && properties.address.city == 1", "size(properties.address) > 0",
        "timestamp(properties.cart_id) < now", "properties.paid", "has(properties.price)", "properties.odd == 1",
        #"properties[properties.cart_id] == "x""#, "properties.size() > 1",
    ])
    func `leave what may be right`(condition: String) {
        #expect(found(ruleText(when: "{ event: add_to_cart, where: '\(condition)' }")) == [])
    }

    @Test func `know a type only where all events have the same`() {
        let events = """
            events:
              a: { properties: { x: number, y: number } }
              b: { properties: { x: string, y: number, z: number } }
              c: {}
            """
        func found(_ names: String, _ condition: String) -> Int {
            self.found(ruleText(when: "{ event: \(names), where: '\(condition)' }"), events: events).count
        }
        #expect(found("[a, b]", #"properties.x == "1""#) == 0)
        #expect(found("[a, b]", #"properties.y == "1""#) == 1)
        #expect(found("[a, b]", #"properties.z == "1""#) == 1)
        #expect(found("[a, b, c]", #"properties.y == "1""#) == 0)
    }

    @Test func `judge if and data by the event that fires, and what is added up, kept apart and remembered`() {
        let text = """
            id: r
            key: [user, properties.tags]
            when: { total: { sum: properties.cart_id, of: add_to_cart, reaches: 5 } }
            if: properties.price > "5"
            data: { p: properties.cart_id * 2.0 }
            send: { channels: [push] }
            ---
            folds:
              s: { avg: properties.address, of: add_to_cart }
              l: { last: properties.tags, of: add_to_cart }
            ---
            id: s
            when: { count: { event: add_to_cart, distinct: properties.address, atLeast: 2, per: day } }
            send: { channels: [push] }
            ---
            id: t
            when: { event: add_to_cart, absent: { event: login, within: 1m } }
            collect: { v: sum(properties.cart_id) }
            send: { channels: [push] }
            """
        let whose = "of `add_to_cart` as"
        #expect(
            problems("\(Self.events)\n---\n\(text)") == [
                "8:24: a part of `key` is a text, a number or a boolean; `events` declares `tags` \(whose) array",
                "9:34: `sum` takes numbers; `events` declares `cart_id` \(whose) string",
                "10:22: `>` cannot compare a double with a text: write 5; `events` declares `price` \(whose) number",
                "11:31: `*` cannot take a text and a double; `events` declares `cart_id` \(whose) string",
                "15:24: `avg` takes numbers; `events` declares `address` \(whose) object",
                "16:25: `last` takes texts, numbers and booleans; `events` declares `tags` \(whose) array",
                "19:59: `distinct` takes texts, numbers and booleans; `events` declares `address` \(whose) object",
                "24:30: `sum` takes numbers; `events` declares `cart_id` \(whose) string",
            ])
    }

    @Test func `warn of events that are not declared, and take the rules`() {
        let text = """
            id: r
            when: { sequence: [logn, order_completed, [signed_up, quite_other]], within: 1h, not: identify }
            goal: { event: signed-up, within: 1h }
            send: { channels: [push] }
            """
        let reading = read("\(Self.events)\n---\n\(text)")
        #expect(reading.ruleSet != nil && reading.diagnostics == [])
        #expect(
            reading.warnings.map(\.description) == [
                "shop.yaml:8:20: warning: `events` declares no `logn`; did you mean `login`?",
                "shop.yaml:8:55: warning: `events` declares no `quite_other`; if there are such events, declare them",
                "shop.yaml:9:16: warning: `events` declares no `signed-up`; did you mean `signed_up`?",
            ])
        #expect(read(text).warnings == [], "without declarations nothing is expected")
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
                "8:24: `events` declares no property `cart` of `add_to_cart`, `login`",
                "10:16: `events` declares no property `price` of `login`",
                "11:23: `events` declares no property `price` of `login`",
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
        ("events: { a: x }", "1:14: a declared event is a mapping with `properties` and `traits`, not `x`"),
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
