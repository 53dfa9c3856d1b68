import Testing

@testable import BeckonModel

/// Sequences, counts, totals, long absences and collections of items: how they are read, and what is refused.
@Suite struct `Rules that count` {
    static let examples = """
        folds:
          cart:
            key: properties.cart_id
            items: { put: add_to_cart, remove: [remove_from_cart], by: properties.product_id, keep: [name, price, quantity] }
            value: sum(price * quantity)
            clear: { event: order_completed, where: 'properties.total > 1.0' }
          dearest: { max: properties.price, of: add_to_cart, within: 7d }
          kinds: { distinct: properties.kind, of: add_to_cart, since: order_completed }
        ---
        id: compared
        when: { sequence: [product_viewed, { event: page_viewed, where: 'properties.x == 1' }], within: 2h, not: add_to_cart }
        if: cart.value > 50.0 && kinds >= 2
        data: { items: cart.items, dearest: dearest }
        send: { channels: [push], template: t }
        ---
        id: thrice
        when: { count: { event: page_viewed, distinct: session, atLeast: 3, within: 7d, not: order_completed } }
        send: { channels: [push], template: t }
        ---
        id: spent
        when: { total: { sum: properties.total, of: order_completed, reaches: 99.95, since: refunded } }
        send: { channels: [push], template: t }
        ---
        id: waiting
        when: { event: a, absent: { all: [b, { event: c, where: 'properties.y == 2' }], within: 48h, since: d, reset: onEach } }
        collect: { most: max(properties.price), first: first(properties.name), kinds: distinct(properties.kind) }
        send: { channels: [push], template: t }

        """

    @Test func `the examples are right`() { #expect(problems(Self.examples) == []) }

    private func trigger(_ when: String) throws -> Trigger { try rule(ruleText(when: when)).trigger }

    private func names(_ reference: EventReference?) -> [String]? { reference?.alternatives.map(\.name) }

    @Test func `sequence is read with within and not`() throws {
        let when =
            "{ sequence: [page_viewed, { event: [a, b], where: 'properties.x == 1' }], within: 1h, not: purchase }"
        guard case .sequence(let sequence) = try trigger(when) else { throw Unreadable(diagnostics: []) }
        #expect(sequence.stages.map(names) == [["page_viewed"], ["a", "b"]])
        #expect(sequence.withinMs == 3_600_000)
        #expect(names(sequence.not) == ["order_completed"])
    }

    @Test func `count is read with what it tells apart`() throws {
        let text =
            "{ event: page_viewed, where: 'properties.path == \"/pricing\"', distinct: session, atLeast: 3, within: 7d, not: x }"
        guard case .count(let count) = try trigger("{ count: \(text) }") else { throw Unreadable(diagnostics: []) }
        #expect(count.distinct == .session && count.atLeast == 3 && count.window == .sliding(604_800_000))
        #expect(names(count.not) == ["x"])
        let values = "{ count: { event: a, distinct: properties.path, atLeast: 2, within: 1d } }"
        guard case .count(let other) = try trigger(values) else { throw Unreadable(diagnostics: []) }
        #expect(other.distinct == .values(PropertyPath(root: .properties, names: ["path"])))
    }

    @Test func `total is read exactly`() throws {
        let when = "{ total: { sum: properties.total, of: purchase, reaches: 99.95, since: refunded } }"
        guard case .total(let total) = try trigger(when) else { throw Unreadable(diagnostics: []) }
        #expect(total.reaches == 99_950_000)
        #expect(names(total.of) == ["order_completed"] && names(total.since) == ["refunded"])
    }

    @Test func `absent is read with all and since, and with all the goal alone is the exit`() throws {
        let when = "{ event: a, absent: { all: [b, { event: c, where: 'properties.x == 1' }], within: 1h, since: d } }"
        let rule = try rule(ruleText(when: when, "goal: { event: g, within: 1d }"))
        guard case .absence(let absence) = rule.trigger else { throw Unreadable(diagnostics: []) }
        #expect(absence.absent.map(names) == [["b"], ["c"]] && names(absence.since) == ["d"])
        #expect(names(rule.exit) == ["g"])
    }

    @Test(arguments: [
        ("{ sequence: [a, b], within: 1h }", "a, then b within 1h"),
        ("{ count: { event: a, atLeast: 3, within: 7d } }", "a 3 times within 7d"),
        ("{ count: { event: a, atLeast: 3, per: week } }", "a 3 times in a week"),
        ("{ count: { event: a, distinct: session, atLeast: 3, within: 7d } }", "a in 3 sessions within 7d"),
        (
            "{ count: { event: a, distinct: properties.path, atLeast: 3, within: 7d } }",
            "a with 3 different path within 7d"
        ),
        ("{ total: { sum: properties.total, of: purchase, reaches: 99.50 } }", "total of order_completed reaches 99.5"),
        ("{ event: a, absent: { all: [b, c], within: 1h } }", "a, then not all of b and c within 1h"),
    ])
    func `reason says in words what happened`(when: String, reason: String) throws {
        #expect(try rule(ruleText(when: when)).reason == reason)
    }

    private static let neither =
        "`count` needs `within`, how far back it looks, or `per`: day, week or month"

    @Test(arguments: [
        (
            "{ sequence: [a, b] }",
            ["2:9: `sequence` needs `within` beside it: from the first event to the last"]
        ),
        ("{ sequence: [a], within: 1h }", ["2:19: `sequence` is a list of 2 to 8 events, not of 1"]),
        ("{ sequence: a, within: 1h }", ["2:19: `sequence` is a list of 2 to 8 events, not `a`"]),
        ("{ event: a, within: 1h }", ["2:19: `within` in `when` goes with `sequence`"]),
        ("{ event: a, not: b }", ["2:19: `not` in `when` goes with `sequence`"]),
        (
            "{ count: { event: a, atLeast: 0, within: 1h } }",
            ["2:37: `atLeast` is a whole number from 1 to 256, not `0`"]
        ),
        ("{ count: { event: a, within: 1h } }", ["2:16: `count` needs `atLeast`"]),
        ("{ count: { event: a, atLeast: 3 } }", ["2:16: \(neither)"]),
        ("{ count: { event: a, atLeast: 3, within: 1h, per: day } }", ["2:52: `count` has either `within` or `per`"]),
        (
            "{ count: { event: a, atLeast: 3, per: dai } }",
            ["2:45: `per` is `day`, `week` or `month`, not `dai`; did you mean `day`?"]
        ),
        (
            "{ total: { sum: properties.x, of: a, reaches: 1, per: day } }",
            ["2:56: `total` has no field `per`; it has `sum`, `of`, `reaches` and `since`"]
        ),
        (
            "{ count: { event: a, atLeast: 3 }, within: 1h }",
            ["2:16: \(neither)", "2:42: `within` does not go with `count`; put it inside `count`"]
        ),
        (
            "{ count: { event: a, atLeast: 3, within: 1h, distinct: sesion } }",
            [
                "2:62: `distinct`, unless it is session, is the path of a property, such as properties.price or "
                    + "event.context.channel"
            ]
        ),
        (
            "{ total: { sum: properties.x, of: a, reaches: -1 } }",
            ["2:53: `reaches` is a number above 0, such as 500 or 99.95, not `-1`"]
        ),
        ("{ total: { of: a, reaches: 1 } }", ["2:16: `total` needs `sum`"]),
        (
            "{ total: { sum: properties.x, of: a, reaches: 1 }, event: b }",
            ["2:58: `total` stands alone: `when` has exactly one trigger"]
        ),
        ("{ event: a, absent: { all: [b], within: 1h } }", ["2:34: `all` is a list of 2 to 8 events, not of 1"]),
        (
            "{ event: a, absent: { event: c, all: [b, d], within: 1h } }",
            ["2:29: `absent` has either `event` or `all`"]
        ),
    ])
    func `what a trigger needs is said`(when: String, expected: [String]) {
        #expect(problems(ruleText(when: when)) == expected)
    }

    @Test func `collect goes with triggers that wait`() {
        let text = ruleText(when: "{ sequence: [a, b], within: 1h }", "collect: { n: count() }")
        #expect(
            problems(text) == [
                "4:10: `collect` gathers over the starts of an instance that waits: absent or inactive; for other triggers, "
                    + "define folds"
            ])
    }

    @Test func `what fires with an event may read it`() throws {
        let line = "if: 'properties.price > 5.0'"
        _ = try rule(ruleText(when: "{ sequence: [a, b], within: 1h }", line))
        _ = try rule(ruleText(when: "{ count: { event: a, atLeast: 1, within: 1h } }", line))
        _ = try rule(ruleText(when: "{ total: { sum: properties.x, of: a, reaches: 1 } }", line))
    }

    // MARK: versions

    @Test func `version changes with everything that a trigger says`() throws {
        let texts = [
            "{ sequence: [a, b], within: 1h }", "{ sequence: [b, a], within: 1h }", "{ sequence: [a, b], within: 2h }",
            "{ sequence: [a, b], within: 1h, not: c }", "{ count: { event: a, atLeast: 2, within: 1h } }",
            "{ count: { event: a, atLeast: 3, within: 1h } }", "{ count: { event: a, atLeast: 2, within: 2h } }",
            "{ count: { event: a, atLeast: 2, within: 1h, distinct: session } }",
            "{ count: { event: a, atLeast: 2, within: 1h, distinct: properties.x } }",
            "{ count: { event: a, atLeast: 2, within: 1h, not: c } }",
            "{ count: { event: a, atLeast: 2, per: day } }", "{ count: { event: a, atLeast: 2, per: week } }",
            "{ count: { event: a, atLeast: 2, per: month } }",
            "{ total: { sum: properties.x, of: a, reaches: 1 } }",
            "{ total: { sum: properties.x, of: a, reaches: 2 } }",
            "{ total: { sum: properties.y, of: a, reaches: 1 } }",
            "{ total: { sum: properties.x, of: a, reaches: 1, since: c } }",
            "{ event: a, absent: { event: b, within: 1h } }", "{ event: a, absent: { all: [b, c], within: 1h } }",
            "{ event: a, absent: { event: b, within: 1h, since: d } }",
        ]
        let versions = try texts.map { try rule(ruleText(when: $0)).version }
        #expect(Set(versions).count == texts.count)
    }

    @Test func `what was counted outlives a change of the message, not of the trigger`() throws {
        let when = "{ count: { event: a, atLeast: 2, within: 1h } }"
        let one = try rule(ruleText(when: when))
        let two = try rule(ruleText(when: when, "class: transactional"))
        #expect(one.version != two.version && one.triggerVersion == two.triggerVersion)
        let other = try rule(ruleText(when: "{ count: { event: a, atLeast: 3, within: 1h } }"))
        #expect(one.triggerVersion != other.triggerVersion)
    }

    // MARK: items

    private static let cart = """
        folds:
          cart:
            key: properties.cart_id
            items: { put: add_to_cart, remove: remove_from_cart, by: properties.product_id, keep: [name, price, quantity], max: 5 }
            value: sum(price * quantity)
            clear: order_completed
        ---
        id: r
        when: { event: x }
        if: cart.value > 50.0
        data: { items: cart.items }
        send: { channels: [email] }
        """

    @Test func `a cart is read, and each of its members is a variable`() throws {
        let ruleSet = try #require(read(Self.cart).ruleSet)
        guard case .items(let items) = ruleSet.folds[0].kind else { throw Unreadable(diagnostics: []) }
        #expect(items.key == PropertyPath(root: .properties, names: ["cart_id"]))
        #expect(items.by == "product_id" && items.keep == ["name", "price", "quantity"] && items.max == 5)
        #expect(items.factors == ["price", "quantity"])
        #expect(ruleSet.rules[0].condition?.variables == [.fold("cart.value")])
        #expect(ruleSet.rules[0].data[0].expression.variables == [.fold("cart.items")])
    }

    @Test func `the cart's definition is part of the rule's version`() throws {
        let one = try #require(read(Self.cart).ruleSet?.rules[0].version)
        for (old, new) in [
            ("max: 5", "max: 6"), ("price, quantity]", "price, quantity, url]"), ("clear: order", "clear: x"),
        ] {
            let other = read(Self.cart.replacing(old, with: new)).ruleSet?.rules[0].version
            #expect(other != nil && other != one, "\(new)")
        }
    }

    @Test(arguments: [
        ("cart", "`cart` is a collection of items: name `cart.items` or `cart.value`"),
        ("cart.itms", "`cart` is a collection of items: name `cart.items` or `cart.value`; did you mean `items`?"),
    ])
    func `a cart is no value by itself`(expression: String, problem: String) {
        let text = Self.cart.replacing("data: { items: cart.items }", with: "data: { items: \(expression) }")
        #expect(read(text).diagnostics.map { $0.description.split(separator: ": ", maxSplits: 1)[1] } == [problem[...]])
    }

    @Test(arguments: [
        ("{ items: { by: properties.x } }", "`items` needs `put`"),
        ("{ items: { put: a } }", "`items` needs `by`"),
        (
            "{ items: { put: a, by: properties.x.y } }",
            "`by` is a property of the item itself, such as properties.product_id"
        ),
        (
            "{ items: { put: a, by: properties.x, keep: [a, a] } }",
            "`keep` is a list of at most 16 names of properties, as in [name, price]"
        ),
        ("{ items: { put: a, by: properties.x, max: 51 } }", "`max` is a whole number from 1 to 50, not `51`"),
        (
            "{ items: { put: a, by: properties.x, keep: [b] }, value: max(b) }",
            "`value` is a sum over the items, such as sum(price * quantity)"
        ),
        (
            "{ items: { put: a, by: properties.x, keep: [b] }, value: sum(c) }",
            "`value` reads what `keep` keeps, and `c` is not there"
        ),
        ("{ items: { put: a, by: properties.x }, within: 1d }", "`within` does not go with `items`"),
        ("{ count: a, clear: b }", "`clear` of a fold goes with `items`"),
    ])
    func `what a collection needs is said`(fold: String, problem: String) {
        #expect(read("folds: { f: \(fold) }").diagnostics.map(\.message) == [problem])
    }
}
