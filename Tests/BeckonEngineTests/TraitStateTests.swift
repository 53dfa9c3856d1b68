import BeckonEngine
import BeckonModel
import Testing

/// What is remembered of traits, for how long, and how much of them.
@Suite struct `Remembered traits` {
    private static let plain = "id: r\nwhen: { event: a }\nsend: { channels: [push], template: t }\n"

    private static func reading(_ expression: String, id: String = "r") -> String {
        "id: \(id)\nwhen: { event: a }\ndata: { v: '\(expression)' }\nsend: { channels: [push], template: t }\n"
    }

    private func data(_ harness: EngineHarness) -> String? {
        harness.event("ann", #"{"event":"a"}"#)
        harness.flush()
        return harness.data.last
    }

    @Test func `a trait is remembered from when a rule reads it`() {
        let harness = EngineHarness(rules: Self.plain)
        harness.identify(#"{"plan":"pro"}"#)
        harness.use(Self.reading("person.plan"))
        #expect(data(harness) == #"{"v":null}"#)
        harness.identify(#"{"plan":"pro"}"#)
        #expect(data(harness) == #"{"v":"pro"}"#)
        // What is remembered of one trait says nothing of the others, and all of them are remembered apart.
        harness.use(Self.reading("[person.plan, person]"))
        #expect(data(harness) == #"{"v":["pro",{}]}"#)
    }

    @Test func `it outlives the rule that read it first, and goes with the last`() {
        let harness = EngineHarness(rules: Self.reading("person.plan", id: "one"))
        harness.identify(#"{"plan":"pro"}"#)
        harness.use(Self.reading("person.plan", id: "other"))
        #expect(data(harness) == #"{"v":"pro"}"#)
        harness.use(Self.plain)
        harness.use(Self.reading("person.plan"))
        #expect(data(harness) == #"{"v":null}"#)
    }

    @Test func `a running instance of an older version keeps what it reads`() {
        let waiting = "id: r\nwhen: { event: b, absent: { event: c, within: 15m } }\n"
        let send = "send: { channels: [push], template: t }\n"
        let harness = EngineHarness(rules: waiting + "data: { v: person.plan }\n" + send)
        harness.at(0, "b")
        harness.use(waiting + send)
        harness.identify(#"{"plan":"pro"}"#)
        harness.advance(to: 16)
        #expect(harness.data == [#"{"v":"pro"}"#])
    }

    @Test func `rules that read no trait remember nobody for it`() {
        let harness = EngineHarness(rules: Self.plain)
        harness.identify(#"{"plan":"pro"}"#)
        #expect(harness.engine.peopleCount == 0)
        let reader = EngineHarness(rules: Self.reading("person.plan"))
        reader.identify(#"{"seats":5}"#)
        #expect(reader.engine.peopleCount == 0)
        reader.identify(#"{"plan":"pro"}"#)
        #expect(reader.engine.peopleCount == 1)
    }

    @Test func `a trait costs as much as a fold`() {
        func bytes(_ rules: String, _ event: String) -> Int {
            let harness = EngineHarness(rules: rules)
            for number in 0..<1_000 { harness.event("person-\(number)", event) }
            harness.flush()
            return harness.engine.stateBytes
        }
        let fold = "folds: { plan: { last: properties.plan, of: plan_changed } }\n---\n" + Self.reading("plan")
        #expect(
            bytes(Self.reading("person.plan"), #"{"type":"identify","traits":{"plan":"pro"}}"#)
                == bytes(fold, #"{"event":"plan_changed","properties":{"plan":"pro"}}"#))
    }

    @Test(arguments: ["person.note", "person.filter(k, k == \"note\").map(k, person[k])[0]"])
    func `texts, lists and objects are kept up to 512 bytes`(read: String) {
        let harness = EngineHarness(rules: Self.reading(read))
        func text(_ count: Int) -> String { String(repeating: "n", count: count) }
        for (kept, lost) in [
            (#""\#(text(512))""#, #""\#(text(513))""#), (#"["\#(text(508))"]"#, #"["\#(text(509))"]"#),
            (#"{"n":"\#(text(504))"}"#, #"{"n":"\#(text(505))"}"#),
            (#""\#(text(511))\n""#, #""\#(text(512))\n""#),
        ] {
            let skips = harness.foldSkips
            harness.identify(#"{"note":\#(kept)}"#)
            #expect(harness.foldSkips == skips)
            harness.identify(#"{"note":\#(lost)}"#)
            #expect(harness.foldSkips == skips + 1)
            #expect(data(harness) == #"{"v":\#(kept)}"#)
        }
    }

    @Test func `all of person is 64 traits, of which the one told longest ago goes`() {
        let harness = EngineHarness(rules: Self.reading("[size(person), has(person.a0)]"))
        let whole = EngineHarness(rules: Self.reading("[size(person), size(person.filter(k, k in [\"a0\", \"b\"]))]"))
        for harness in [harness, whole] {
            for number in 0..<63 { harness.identify(#"{"a\#(number)":1}"#, atMinute: Double(number)) }
            harness.identify(#"{"gone":null}"#, atMinute: 63)
            #expect(harness.dropped(.traits) == 0)
            harness.identify(#"{"b":1}"#, atMinute: 64)
            #expect(harness.dropped(.traits) == 1)
        }
        #expect(data(whole) == #"{"v":[63,1]}"#)
        // A trait that is read by its name is remembered by itself.
        #expect(data(harness) == #"{"v":[63,true]}"#)
    }

    @Test func `of several told at once the one whose name comes first goes`() {
        let harness = EngineHarness(rules: Self.reading("[\"a\", \"b\", \"z0\", \"new\"].filter(k, k in person)"))
        let others = (0..<62).map { #""z\#($0)":1"# }.joined(separator: ",")
        harness.identify(#"{\#(others),"b":1,"a":1}"#)
        harness.identify(#"{"new":1}"#, atMinute: 1)
        #expect(data(harness) == #"{"v":["b","z0","new"]}"#)
        #expect(harness.dropped(.traits) == 1)
    }

    @Test func `all of person is at most 16 KiB`() {
        let harness = EngineHarness(rules: Self.reading("size(person)"))
        let text = String(repeating: "n", count: 500)
        // Each takes 500 bytes, two quotes, a name of two and ten more: 31 fit.
        for number in 10..<41 { harness.identify(#"{"\#(number)":"\#(text)"}"#, atMinute: Double(number)) }
        #expect(harness.dropped(.traits) == 0 && data(harness) == #"{"v":31}"#)
        harness.identify(#"{"50":"\#(text)"}"#, atMinute: 50)
        #expect(harness.dropped(.traits) == 1 && data(harness) == #"{"v":31}"#)
    }

    @Test func `a name of more than 128 bytes is not kept in person`() {
        let harness = EngineHarness(rules: Self.reading("size(person)"))
        let name = String(repeating: "n", count: 128)
        harness.identify(#"{"\#(name)":1,"\#(name)n":1}"#)
        #expect(harness.foldSkips == 1 && data(harness) == #"{"v":1}"#)
    }

    @Test func `a number that no double holds is a dead letter only where a rule reads it`() {
        for (read, letters) in [("person.plan", 0), ("person.seats", 1), ("person.plan.seats", 0), ("person", 1)] {
            let harness = EngineHarness(rules: Self.reading(read))
            harness.identify(#"{"plan":"pro","seats":1e999}"#)
            #expect(harness.deadLetters(.number) == letters, "\(read)")
        }
    }
}
