import BeckonEngine
import Testing

/// The sentences of "When" about what happens at firing and behind it, and who goes before whom within one event.
@Suite struct `When it fires, and after` {
    private func harness(_ when: String, _ more: String = "") -> EngineHarness {
        EngineHarness(rules: "id: r\nwhen: { \(when) }\n\(more)\nsend: { channels: [push], template: t }\n")
    }

    private let left = "event: add_to_cart, absent: { event: order_completed, within: 15m }"

    @Test func `exits come before starts`() {
        let harness = harness("event: a, absent: { event: b, within: 5m }", "exit: a")
        harness.at(0, "a")
        harness.at(2, "a")
        harness.advance(to: 20)
        #expect(harness.dueMinutes == [7], "the second ends what the first began, and begins anew")
    }

    @Test func `goals come before starts`() {
        let harness = harness("event: a", "goal: { event: a, within: 1h }\nexit: z")
        harness.at(0, "a")
        #expect(harness.lines(with: #""type":"converted""#) == [], "nothing converts itself")
        harness.at(1, "a")
        #expect(harness.lines(with: #""type":"converted""#).count == 1)
    }

    @Test(arguments: [(24.999, 1), (25, 0)])
    func `recall lives on until expiresAt`(minute: Double, cancels: Int) {
        let harness = harness(left, "expires: 10m")
        harness.at(0, "add_to_cart")
        harness.advance(to: 20)
        harness.at(minute, "order_completed")
        #expect(harness.decisions.count == 1 && harness.cancels.count == cancels)
    }

    @Test(arguments: [(14.0, 0), (74.999, 1), (75, 0)])
    func `the goal is watched from the due time on for as long as it says`(minute: Double, converted: Int) {
        let harness = harness(left, "goal: { event: g, within: 1h }\nexit: z")
        harness.at(0, "add_to_cart")
        harness.at(minute, "g")
        harness.advance(to: minute + 2)
        #expect(harness.decisions.count == 1)
        #expect(harness.lines(with: #""type":"converted""#).count == converted)
    }

    @Test(arguments: [(0.5, "late"), (1, "")])
    func `maxLateness of an event trigger asks for the event's time`(minute: Double, reason: String) {
        let harness = harness("event: a", "late: { allow: 2h }")
        harness.advance(to: 61)
        harness.late(minute, "a")
        #expect(harness.decisions.count == (reason.isEmpty ? 1 : 0))
        #expect(harness.lines(with: #""reason":"late""#).count == (reason.isEmpty ? 0 : 1))
    }

    @Test(arguments: [("", "marketing"), ("class: transactional", "transactional"), ("class: ui", "ui")])
    func `the decision has the rule's class, marketing unless it says otherwise`(line: String, name: String) {
        let harness = harness("event: a", line)
        harness.at(0, "a")
        #expect(harness.decisions.first?.contains(#""class":"\#(name)""#) == true)
    }

    @Test(arguments: ["identify", "group", "alias"])
    func `calls are no event of the person's own`(call: String) {
        let harness = harness("inactive: { for: 10m }")
        harness.at(0, "a")
        harness.advance(to: 5)
        harness.event("ann", #"{"type":"\#(call)"}"#)
        harness.advance(to: 30)
        #expect(harness.dueMinutes == [10])
    }

    @Test func `an event older than allow is counted`() {
        let harness = harness("event: a")
        harness.advance(to: 60)
        harness.late(50, "a")
        #expect(harness.decisions.count == 1 && harness.lateEvents == 0)
        harness.late(49.999, "a")
        #expect(harness.decisions.count == 1 && harness.lateEvents == 1)
    }

    @Test func `a start while it runs acts by reset, and one after it has ended begins anew`() {
        for (reset, due) in [("never", [15.0, 35]), ("onEach", [25, 45])] {
            let harness = harness("event: a, absent: { event: b, within: 15m, reset: \(reset) }")
            for minute in [0.0, 10] { harness.at(minute, "a") }
            let next = due[0] - 5 + 10
            harness.at(next, "a")
            harness.advance(to: next + 16)
            #expect(harness.dueMinutes == [due[0], next + 15])
        }
    }

    @Test func `a new fold starts empty`() {
        func rules(_ fold: String) -> String {
            "folds: { f: { count: \(fold) } }\n---\nid: r\nwhen: { event: ask }\ndata: { f: f }\n"
                + "send: { channels: [push], template: t }\n"
        }
        let harness = EngineHarness(rules: rules("a"))
        for minute in [0.0, 1] { harness.at(minute, "a") }
        harness.use(rules("[a, b]"))
        harness.at(2, "a")
        harness.at(3, "ask")
        #expect(harness.data == [#"{"f":1}"#])
    }
}
