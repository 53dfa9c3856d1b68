/// The fields of rules' tests.
extension FieldSet {
    static let test = FieldSet(
        owner: "a test", "What happens to a person on a clock of its own, and what the rule is to make of it.",
        later: ["holdout"],
        [
            Field("name", .text, required: true, "What the test shows."),
            Field(
                "start", .instant, default: "\"\(Timestamp.text(RuleTest.startDefaultMs))\"",
                "Where the clock begins; all times of the test are counted from it."),
            Field(
                "given", .list(.set(.given), count: 0...RuleTest.givenMax), required: true,
                "What happens, in the order of arrival."),
            Field(
                "expect",
                .either([
                    .word(["none", "cancelled"]), .set(.expected),
                    .list(.set(.expected), count: 1...RuleTest.expectedMax),
                ]), required: true,
                "Exactly the rule's decisions once no timer waits; suppressions where one is named."),
        ],
        example: """
            when: { event: order_completed }
            tests:
              - name: at once
                start: 2026-03-01T12:00:00Z
                given: [ { at: 1h, event: order_completed } ]
                expect: [ { at: 1h } ]
            """)
    static let given = FieldSet(
        owner: "a line of `given`", "An event, or a change of the clock, or whose the events below are.",
        [
            Field(
                "at", .duration,
                "The event's time, from the start; where the clock is beyond, the event comes late. Without: now."),
            Field("event", .text, "The event's name."),
            Field("properties", .object, "The event's properties."),
            Field("context", .object, "The event's context, such as session and channel."),
            Field(
                "person", .either([.text, .set(.testPerson)]),
                "Whose event it is; alone, whose the events below are, and who that is."),
            Field("advance", .duration, "Alone: the clock goes on by so much."),
        ],
        example: """
            when: { event: add_to_cart, absent: { event: order_completed, within: 15m } }
            tests:
              - name: an order that arrives late
                given:
                  - { at: 0m, event: add_to_cart, properties: { price: 60 }, context: { session: s1 }, person: ann }
                  - advance: 17m
                  - { at: 14m, event: order_completed, person: ann }
                expect: cancelled
            """)
    static let testPerson = FieldSet(
        owner: "`person`", "A person of a test.", later: ["segments", "scores", "consent"],
        [
            Field("id", .text, "The person's id. Without: whose the lines above are."),
            Field("traits", .object, "What an `identify` call says of her, where the clock stands."),
            Field("zone", .text, "Her time zone, such as Europe/Berlin: the trait `timezone`."),
        ],
        example: """
            when: { event: login }
            if: person.plan == "pro" && now.getHours(person.timezone) < 12
            tests:
              - name: whose the events are, and who that is
                start: 2026-03-01T09:00:00Z
                given:
                  - person: { id: ann, traits: { plan: pro }, zone: America/New_York }
                  - { at: 0m, event: login }
                expect: { person: ann }
            """)
    static let expected = FieldSet(
        owner: "what is expected", "A decision or a suppression, with what it has at least.", later: ["arm"],
        [
            Field("at", .duration, "When it is due, from the start, to the millisecond."),
            Field("data", .object, "Members of the decision's data; there may be more."),
            Field("key", .object, "Parts of the decision's key; there may be more."),
            Field("channel", .name, "The decision's channel."),
            Field("person", .text, "Whose it is."),
            Field("suppressed", .word(SuppressionReason.allCases.map(\.label)), "No decision, for this reason."),
            Field("cancelled", .either([.isTrue, .duration]), "The decision is recalled: true, or when."),
        ],
        example: """
            key: [user, properties.cart_id]
            when: { event: add_to_cart, absent: { event: order_completed, within: 15m } }
            collect: { price: last(properties.price) }
            if: instance.price > 10.0
            data: { price: instance.price }
            tests:
              - name: recalled, and suppressed
                given:
                  - { at: 0m, event: add_to_cart, properties: { cart_id: c1, price: 60 }, person: ann }
                  - { at: 1m, event: add_to_cart, properties: { cart_id: c2, price: 5 }, person: ann }
                  - advance: 20m
                  - { at: 14m, event: order_completed, properties: { cart_id: c1 }, person: ann }
                expect:
                  - { at: 15m, person: ann, key: { cart_id: c1 }, data: { price: 60 }, channel: push, cancelled: true }
                  - { at: 16m, person: ann, key: { cart_id: c2 }, suppressed: condition }
            """)
}
