import BeckonModel
import BeckonRuleTest
import Testing

@Suite struct `A rule's test` {
    static let cart = """
        id: cart
        key: [user, properties.cart_id]
        when: { event: add_to_cart, absent: { event: order_completed, within: 15m } }
        collect: { value: sum(properties.price) }
        if: instance.value > 50.0
        data: { value: instance.value }
        reentry: { after: 24h }
        send: { channels: [push, email], template: cart }
        tests:

        """

    private func run(_ test: String, of rule: String = cart) throws -> RuleTestResult {
        let reading = RuleSet.read([RuleSource(file: "r.yaml", text: Array((rule + test).utf8))])
        #expect(reading.diagnostics.map(\.description) == [])
        return try #require(reading.tests.first).run(on: try #require(reading.ruleSet))
    }

    /// `expected | came`
    private func differences(_ test: String, of rule: String = cart) throws -> [String] {
        try run(test, of: rule).differences.map { "\($0.expected ?? "-") | \($0.came ?? "-")" }
    }

    private static let left =
        "- { name: n, given: [{ at: 0m, event: add_to_cart, properties: { cart_id: c1, price: 60 } }], expect: "

    @Test(arguments: [
        "[{ at: 15m, data: { value: 60 }, key: { cart_id: c1 }, channel: push, person: person }]", "[{}]",
        "{ at: 900s }", "[{ at: 0.25h, data: { value: 60.0 } }]", "[{ at: 15m, cancelled: false }]",
    ])
    func `passes when what came is what was expected`(expect: String) throws {
        #expect(try differences(Self.left + expect + " }") == [])
    }

    @Test(
        arguments: [
            ("none", "- | a decision at 15m with key {\"cart_id\":\"c1\"} with data {\"value\":60}"),
            ("[{ at: 14m 1s }]", ""), ("[{ at: 899.999s }]", "a decision at 14m 59.999s | a decision at 15m"),
            (
                "[{ at: 15m, data: { value: 50 } }]",
                "a decision at 15m with data {\"value\":50} | a decision at 15m with data {\"value\":60}"
            ),
            ("[{ channel: email }]", "a decision by email | a decision at 15m by push"),
            ("[{ person: ann }]", "a decision for ann | a decision at 15m for person"),
            (
                "[{ key: { cart_id: c2 } }]",
                "a decision with key {\"cart_id\":\"c2\"} | a decision at 15m with key {\"cart_id\":\"c1\"}"
            ),
            ("[{ at: 15m, cancelled: true }]", "a decision at 15m, recalled | a decision at 15m"),
            ("cancelled", "a decision, recalled | a decision at 15m"),
            ("[{ at: 15m }, { at: 20m }]", "a decision at 20m | -"),
        ].filter { !$0.1.isEmpty })
    func `fails with what was expected and what came`(expect: String, difference: String) throws {
        #expect(try differences(Self.left + expect + " }") == [difference])
    }

    @Test func `a decision is matched by the expectation that says most of it`() throws {
        let test = """
            - name: n
              given:
                - { at: 0m, event: add_to_cart, properties: { cart_id: c1, price: 60 } }
                - { at: 0m, event: add_to_cart, properties: { cart_id: c2, price: 70 } }
              expect: [{ at: 15m }, { at: 15m, key: { cart_id: c1 } }]
            """
        #expect(try differences(test) == [])
    }

    @Test func `suppressions are looked at where one is named`() throws {
        let small = "- { name: n, given: [{ event: add_to_cart, properties: { price: 5 } }], expect: "
        #expect(try differences(small + "none }") == [])
        #expect(try differences(small + "{ suppressed: condition } }") == [])
        #expect(try differences(small + "[{ at: 15m, suppressed: condition }] }") == [])
        #expect(
            try differences(small + "{ suppressed: late } }") == ["a suppression late | a suppression condition at 15m"]
        )
    }

    @Test func `the clock stops at each timer on its way`() throws {
        let result = try run(
            """
            - name: n
              given:
                - { at: 0m, event: add_to_cart, properties: { cart_id: c1, price: 60 } }
                - { at: 1m, event: add_to_cart, properties: { cart_id: c2, price: 60 } }
                - { at: 30m, event: login, person: ben }
              expect: [{ at: 15m }, { at: 16m }]
            """)
        #expect(result.differences == [])
        #expect(result.timeline.map(\.atMs) == [0, 60_000, 900_000, 960_000, 1_800_000, 1_800_000])
        #expect(result.timeline.last?.text == "no part of the rule reads `login`")
        #expect(result.timeline.last?.person == "ben")
    }

    @Test func `an event whose time has passed comes late`() throws {
        let test = """
            - name: n
              given:
                - { at: 0m, event: add_to_cart, properties: { price: 60 } }
                - advance: 20m
                - { at: 14m, event: order_completed }
              expect: [{ at: 15m, cancelled: 20m }]
            """
        let result = try run(test)
        #expect(result.differences == [])
        #expect(
            result.timeline.map(\.text) == [
                "add_to_cart {\"price\":60}", "decision by push with {\"value\":60}",
                "order_completed, late: it was at 14m", "recalls the decision of 15m",
            ])
        #expect(
            try differences(test.replacing("cancelled: 20m", with: "cancelled: 19m"))
                == ["a decision at 15m, recalled at 19m | a decision at 15m, recalled at 20m"])
    }

    @Test func `an event without a time happens where the clock stands`() throws {
        let test = """
            - name: n
              given: [{ advance: 5m }, { event: add_to_cart, properties: { price: 60 } }]
              expect: [{ at: 20m }]
            """
        #expect(try differences(test) == [])
    }

    @Test func `a person's line says whose the following events are`() throws {
        let test = """
            - name: n
              given:
                - person: { id: ann }
                - { event: add_to_cart, properties: { price: 60 } }
                - { event: add_to_cart, properties: { price: 60 }, person: ben }
                - { at: 1m, event: order_completed }
              expect: [{ at: 15m, person: ben }]
            """
        #expect(try differences(test) == [])
    }

    static let traits = """
        id: pro
        when: { event: login }
        if: person.plan == "pro" && person.timezone == "Asia/Tokyo"
        data: { hour: now.getHours(person.timezone) }
        send: { channels: [push], template: t }
        tests:

        """

    @Test func `traits and the zone of a person are an identify call where the clock stands`() throws {
        let test = """
            - name: n
              given:
                - person: { id: ann, traits: { plan: free }, zone: Asia/Tokyo }
                - { at: 1m, event: login }
                - advance: 1m
                - person: { traits: { plan: pro } }
                - event: login
                - { at: 3m, event: login, person: ben }
                - { at: 3m, event: login }
              expect:
                - { at: 2m, person: ann, data: { hour: 18 } }
                - { at: 3m, person: ann }
                - { at: 1m, person: ann, suppressed: condition }
                - { at: 3m, person: ben, suppressed: condition }
            """
        let result = try run(test, of: Self.traits)
        #expect(result.differences.isEmpty)
        #expect(
            result.timeline.contains { $0.text == #"identify {"plan":"free","timezone":"Asia/Tokyo"}"# && $0.atMs == 0 }
        )
        #expect(result.timeline.contains { $0.text == #"identify {"plan":"pro"}"# && $0.atMs == 120_000 })
    }

    @Test func `the zone is the one that calendar windows go by`() throws {
        let rule = """
            id: twice-a-day
            when: { count: { event: login, atLeast: 2, per: day } }
            send: { channels: [push], template: t }
            tests:

            """
        // 14:30 and 15:30 UTC are one day, and in Tokyo two.
        func test(_ person: String, _ expect: String) -> String {
            "- { name: n, start: 2026-01-05T14:30:00Z, given: [\(person){ at: 0m, event: login }, { at: 1h, event: login }], expect: \(expect) }"
        }
        #expect(try differences(test("", "[{ at: 1h }]"), of: rule) == [])
        #expect(try differences(test("{ person: { zone: Asia/Tokyo } }, ", "none"), of: rule) == [])
    }

    @Test func `a rule that reads no trait says so`() throws {
        let result = try run("- { name: n, given: [{ person: { traits: { plan: pro } } }], expect: none }")
        #expect(result.timeline.contains { $0.text == "no part of the rule reads traits" })
    }

    @Test func `late-wait moves the judgement, and the due time is what is compared`() throws {
        let waiting = Self.cart.replacing("reentry:", with: "late: { wait: 30s }\nreentry:")
        #expect(try differences(Self.left + "[{ at: 15m }] }", of: waiting) == [])
    }

    @Test func `what cannot be read is said`() throws {
        let test = "- { name: n, given: [{ event: add_to_cart, person: \"a\\tb\" }], expect: none }"
        let differences = try differences(test)
        #expect(differences.count == 1)
        #expect(differences[0].hasPrefix("an event at 0m that can be read | a dead letter (key): "))
    }

    @Test func `other rules of the set do not speak`() throws {
        let other = "id: a\nwhen: { event: add_to_cart }\nsend: { channels: [push] }\n---\n"
        #expect(try differences(Self.left + "[{ at: 15m }] }", of: other + Self.cart) == [])
    }

    @Test func `the clock begins at start`() throws {
        let rule = """
            id: r
            when: { event: x }
            data: { at: event.time }
            maxLateness: none
            send: { channels: [push] }
            tests:

            """
        let test =
            "- { name: n, start: \"2026-11-24T10:00:00Z\", given: [{ at: 1s, event: x }], expect: [{ at: 1s, data: { at: \"2026-11-24T10:00:01.000Z\" } }] }"
        #expect(try differences(test, of: rule) == [])
        #expect(
            try differences(
                "- { name: n, given: [{ event: x }], expect: [{ data: { at: \"2026-01-05T09:00:00.000Z\" } }] }",
                of: rule)
                == [])
    }
}

@Suite struct `Elapsed time` {
    @Test(
        arguments: [
            (0, "0m"), (900_000, "15m"), (899_999, "14m 59.999s"), (90_000_000, "1d 1h"), (5_400_000, "1h 30m"),
            (-1_500, "-1.5s"), (50, "0.05s"),
        ] as [(Int64, String)])
    func `reads as people write it`(milliseconds: Int64, text: String) {
        #expect(ElapsedText.text(milliseconds) == text)
    }
}
