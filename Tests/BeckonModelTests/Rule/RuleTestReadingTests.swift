import Testing

@testable import BeckonModel

@Suite struct `Tests in rule files` {
    private func reading(_ test: String) -> RuleReading {
        let text = """
            id: r
            key: [user, properties.cart_id]
            when: { event: a, absent: { event: b, within: 15m } }
            data: { orders: 1 }
            send: { channels: [push, email] }
            tests:
            \(test)
            """
        return RuleSet.read([RuleSource(file: "r.yaml", text: Array(text.utf8))])
    }

    private func problems(_ test: String) -> [String] {
        reading(test).diagnostics.map { String($0.description.dropFirst("r.yaml:".count)) }
    }

    @Test func `are read with their places`() throws {
        let tests = reading(
            """
            - { name: one, given: [], expect: none }
            - name: two
              start: "2026-02-01T00:00:00Z"
              given: [{ at: 1.5h, event: Product Added, properties: { n: 007, s: "007", big: 12345678901234567890 } }]
              expect: [{ at: 15m }, { suppressed: late }]
            """
        ).tests
        #expect(tests.map(\.name) == ["one", "two"])
        #expect(tests.map(\.rule) == ["r", "r"])
        #expect(tests.map(\.line) == [7, 8])
        #expect(tests.map(\.column) == [3, 3])
        #expect(tests[0].startMs == RuleTest.startDefaultMs)
        #expect(Timestamp.text(RuleTest.startDefaultMs) == "2026-01-05T09:00:00.000Z")
        #expect(tests[1].startMs == 1_769_904_000_000)
        guard case .event(let event)? = tests[1].given.first else { return #expect(Bool(false)) }
        #expect(event.atMs == 5_400_000)
        #expect(event.properties.text == #"{"n":7,"s":"007","big":12345678901234567890}"#)
        #expect(tests[1].expected.decisions.count == 1)
        #expect(tests[1].expected.suppressions.map(\.reason) == [.late])
    }

    @Test func `do not make another version of the rule`() throws {
        let first = try #require(reading("- { name: one, given: [], expect: none }").ruleSet)
        let second = try #require(reading("- { name: two, given: [], expect: none }").ruleSet)
        #expect(first.rules[0].version == second.rules[0].version)
        #expect(first.hash != second.hash)
    }

    @Test(arguments: [
        ("- { name: n, given: [] }", "7:3: a test needs `expect`"),
        ("- { given: [], expect: none }", "7:3: a test needs `name`"),
        ("- { nam: n, given: [], expect: none }", "7:5: a test has no field `nam`; did you mean `name`?"),
        ("- { name: n, given: [], expect: nome }", "did you mean `none`?"),
        ("- { name: n, given: [], expect: [] }", "a list of decisions, as in [{ at: 15m }], not a list of 0"),
        ("- { name: n, given: [], expect: none, start: noon }", "`start` is an instant from 1980 to 2099"),
        ("- { name: n, given: [{ at: 5, event: a }], expect: none }", "its unit is missing"),
        ("- { name: n, given: [{ at: -5m, event: a }], expect: none }", "it cannot be negative"),
        ("- { name: n, given: [{ at: 5m }], expect: none }", "a line of `given` has `event`, `person` or `advance`"),
        ("- { name: n, given: [{ advance: 5m, event: a }], expect: none }", "7:37: `advance` stands alone"),
        ("- { name: n, given: [{ person: { traits: 5 } }], expect: none }", "7:42: `traits` is a mapping, not `5`"),
        (
            "- { name: n, given: [{ person: { zone: Europe/Berlni } }], expect: none }",
            "`zone` is the name of a time zone, such as Europe/Berlin, not `Europe/Berlni`; did you mean `Europe/Berlin`?"
        ),
        (
            "- { name: n, given: [{ person: { traits: { timezone: UTC }, zone: UTC } }], expect: none }",
            "`zone` is the trait `timezone`: write one of them"
        ),
        (
            "- { name: n, given: [{ person: { trait: {} } }], expect: none }",
            "`person` has no field `trait`; did you mean `traits`?"
        ),
        (
            "- { name: n, given: [{ person: { scores: { x: 1 } } }], expect: none }",
            "`scores` is not yet known to this version"
        ),
        ("- { name: n, given: [], expect: [{ arm: a }] }", "7:36: `arm` is not yet known to this version"),
        (
            "- { name: n, given: [], expect: [{ data: { order: 1 } }] }",
            "7:44: the rule's `data` has no `order`; did you mean `orders`?"
        ),
        ("- { name: n, given: [], expect: [{ key: { cart: 1 } }] }", "the rule's `key` has no part `cart`"),
        ("- { name: n, given: [], expect: [{ channel: sms }] }", "`channel` of this rule is `push` or `email`"),
        ("- { name: n, given: [], expect: { suppressed: cap } }", "`suppressed` is `late`, `condition`"),
        ("- { name: n, given: [], expect: { suppressed: late, data: {} } }", "what is suppressed has no `data`"),
        ("- { name: n, given: [{ event: a, properties: 1 }], expect: none }", "`properties` is a mapping, not `1`"),
        ("- { name: n, given: [{ event: a, properties: { x: .inf } }], expect: none }", "JSON has no number `.inf`"),
        ("- { name: n, given: {}, expect: none }", "`given` is a list of at most 1000 events"),
        (
            "- { name: n, given: [], expect: none }\n- { name: n, given: [], expect: none }",
            "8:3: a test `n` is already at line 7"
        ),
    ])
    func `what is wrong is said with its place`(test: String, problem: String) {
        let problems = problems(test)
        #expect(problems.last?.contains(problem) == true, "\(problems)")
    }
}
