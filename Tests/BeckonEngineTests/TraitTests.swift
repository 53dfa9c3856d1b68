import BeckonEngine
import BeckonModel
import Testing

/// What `identify` says of a person, as rules read it.
@Suite struct `Traits` {
    private func harness(_ data: String, when: String = "event: a", more: String = "") -> EngineHarness {
        EngineHarness(
            rules: "id: r\nwhen: { \(when) }\ndata: { v: '\(data)' }\n\(more)send: { channels: [push], template: t }\n")
    }

    private func value(_ expression: String, after traits: String...) -> [String] {
        let harness = harness(expression)
        for traits in traits { harness.identify(traits) }
        harness.event("ann", #"{"event":"a"}"#)
        harness.flush()
        return harness.data
    }

    @Test func `a trait is what the newest identify that mentions it says`() {
        #expect(value("person.plan", after: #"{"plan":"free"}"#, #"{"plan":"pro"}"#) == [#"{"v":"pro"}"#])
        let harness = harness("person.plan")
        harness.identify(#"{"plan":"new"}"#, atMinute: 10)
        harness.identify(#"{"plan":"old"}"#, atMinute: 5)
        harness.event("ann", #"{"event":"a"}"#)
        harness.flush()
        #expect(harness.data == [#"{"v":"new"}"#])
    }

    @Test func `of two at the same instant the later to arrive holds`() {
        let harness = harness("[person.plan, person]")
        harness.identify(#"{"plan":"a"}"#, atMinute: 3)
        harness.identify(#"{"plan":"b"}"#, atMinute: 3)
        harness.event("ann", #"{"event":"a"}"#)
        harness.flush()
        #expect(harness.data == [#"{"v":["b",{"plan":"b"}]}"#])
    }

    @Test func `what a call does not mention stays as it was`() {
        for expression in [
            "[person.plan, person.seats]", #"[person["plan"], person["seats"]]"#, "person.map(k, person[k])",
        ] {
            let found = value(expression, after: #"{"plan":"pro","seats":5}"#, #"{"seats":6}"#, "{}", "null")
            #expect(found == [#"{"v":["pro",6]}"#], "\(expression)")
        }
    }

    @Test func `null takes a trait away, also against an older one that comes later`() {
        #expect(value("person.plan", after: #"{"plan":"pro"}"#, #"{"plan":null}"#) == [#"{"v":null}"#])
        let harness = harness("[has(person.plan), has(person.address.city), size(person) == 1]")
        harness.identify(#"{"plan":null,"address":null,"seats":1}"#, atMinute: 10)
        harness.identify(#"{"plan":"pro","address":{"city":"Bonn"}}"#, atMinute: 5)
        harness.event("ann", #"{"event":"a"}"#)
        harness.flush()
        #expect(harness.data == [#"{"v":[false,false,true]}"#])
    }

    @Test(arguments: [
        ("person.address.city", #""Bonn""#), (#"person["address"].city"#, #""Bonn""#),
        ("person.address", #"{"city":"Bonn"}"#),
        ("has(person.address.city)", "true"), ("has(person.address.zip)", "false"), ("has(person.nobody.zip)", "false"),
        (#""new" in person.tags"#, "true"), ("person.tags.exists(tag, tag == \"vip\")", "false"),
        ("size(person)", "3"), ("size(person) == 3", "true"), (#"person.plan == "pro""#, "true"),
        ("person.exists(k, k == \"plan\")", "true"), (#"["plan"].map(k, person[k])"#, #"["pro"]"#),
        ("person", #"{"plan":"pro","address":{"city":"Bonn"},"tags":["new","é"]}"#),
        (#"{"who": person}"#, #"{"who":{"plan":"pro","address":{"city":"Bonn"},"tags":["new","é"]}}"#),
    ])
    func `lists, objects, parts and all of them are read as values`(expression: String, expected: String) {
        let told = #"{"plan":"pro", "address": {"city":"Bonn"},"tags":["new","é"]}"#
        #expect(value(expression, after: told) == [#"{"v":\#(expected)}"#])
    }

    @Test func `a part of a trait goes when the trait comes without it`() {
        for second in [#"{"address":{"zip":1}}"#, #"{"address":"Bonn"}"#, #"{"address":null}"#, #"{"address":[]}"#] {
            #expect(
                value("has(person.address.city)", after: #"{"address":{"city":"Bonn"}}"#, second) == [#"{"v":false}"#])
        }
        let kept = value("person.address.city", after: #"{"address":{"city":"Bonn"}}"#, #"{"plan":"pro"}"#)
        #expect(kept == [#"{"v":"Bonn"}"#])
    }

    @Test func `somebody of whom nothing is known has none`() {
        #expect(value("[size(person) == 0, has(person.plan), person == {}]") == [#"{"v":[true,false,true]}"#])
        #expect(value("person") == [#"{"v":{}}"#])
        let missing = harness("1", more: "if: person.plan != \"pro\"\n")
        missing.event("ann", #"{"event":"a"}"#)
        missing.flush()
        #expect(missing.decisions.isEmpty && missing.lines(with: #""reason":"condition""#).count == 1)
    }

    @Test func `a change is up to date for the event that follows, in the very same step`() {
        let harness = harness("person.plan", when: "event: a, where: person.plan == \"pro\"")
        harness.event("ann", #"{"event":"a"}"#)
        harness.event("ann", #"{"type":"identify","traits":{"plan":"pro"}}"#)
        harness.event("ann", #"{"event":"a"}"#)
        harness.event("ann", #"{"type":"identify","traits":{"plan":"free"}}"#)
        harness.event("ann", #"{"event":"a"}"#)
        harness.flush()
        #expect(harness.data == [#"{"v":"pro"}"#])
    }

    @Test func `a rule that identify starts sees what it says`() {
        let harness = harness("person.plan", when: "event: identify", more: "if: person.plan == \"pro\"\n")
        harness.identify(#"{"plan":"free"}"#)
        harness.identify(#"{"plan":"pro"}"#)
        #expect(harness.data == [#"{"v":"pro"}"#])
    }

    @Test func `when time fires the trait is what it is then`() {
        let harness = harness("person.plan", when: "event: a, absent: { event: b, within: 15m }")
        harness.identify(#"{"plan":"free"}"#)
        harness.at(0, "a")
        harness.identify(#"{"plan":"pro"}"#, atMinute: 10)
        harness.advance(to: 16)
        #expect(harness.data == [#"{"v":"pro"}"#])
    }

    @Test func `conditions of folds see traits as they were before the event, the fold's readers as they are after`() {
        let harness = EngineHarness(
            rules: """
                folds: { upgrades: { count: { event: identify, where: 'person.plan == "free"' } } }
                ---
                id: r
                when: { event: identify }
                data: { v: '[upgrades, person.plan]' }
                send: { channels: [push], template: t }

                """)
        for plan in ["free", "pro", "pro"] { harness.identify(#"{"plan":"\#(plan)"}"#) }
        #expect(harness.data == [#"{"v":[0,"free"]}"#, #"{"v":[1,"pro"]}"#, #"{"v":[1,"pro"]}"#])
    }

    @Test func `neither the context's traits nor a group's are the person's`() {
        let harness = harness("[has(person.plan), size(person) == 0]")
        harness.event("ann", #"{"type":"group","traits":{"plan":"pro"}}"#)
        harness.event("ann", #"{"event":"b","traits":{"plan":"pro"},"context":{"traits":{"plan":"pro"}}}"#)
        harness.event("ann", #"{"event":"a","context":{"traits":{"plan":"pro"}}}"#)
        harness.flush()
        #expect(harness.data == [#"{"v":[false,true]}"#])
    }

    @Test func `each person has her own`() {
        let harness = harness("person.plan")
        harness.event("ben", #"{"type":"identify","traits":{"plan":"pro"}}"#)
        harness.event("ann", #"{"event":"a"}"#)
        harness.event("ben", #"{"event":"a"}"#)
        harness.flush()
        #expect(harness.data == [#"{"v":null}"#, #"{"v":"pro"}"#])
    }

    @Test func `a late identify counts, however late`() {
        let harness = harness("person.plan")
        harness.advance(86_400_000)
        harness.identify(#"{"plan":"pro"}"#, atMinute: 1)
        harness.event("ann", #"{"event":"a"}"#)
        harness.flush()
        #expect(harness.data == [#"{"v":"pro"}"#])
    }

    @Test func `the zone of the person is the trait timezone, which hours go by`() {
        let morning = harness("now.getHours(person.timezone)")
        morning.identify(#"{"timezone":"Asia/Tokyo"}"#)
        morning.event("ann", #"{"event":"a"}"#)
        morning.flush()
        // 2023-11-14T22:13:20Z
        #expect(morning.data == [#"{"v":7}"#])
    }
}

extension EngineHarness {
    /// Tells of ann, now or as of a minute after the start: the clock goes there first; where it is beyond, it comes late.
    func identify(_ traits: String, atMinute minute: Double? = nil) {
        if let minute, 1_700_000_000_000 + Int64(minute * 60_000) > wallMs { advance(to: minute) }
        let time = minute.map { #","timestamp":\#(1_700_000_000_000 + Int64($0 * 60_000))"# } ?? ""
        event("ann", #"{"type":"identify","traits":\#(traits)\#(time)}"#)
        flush()
    }
}
