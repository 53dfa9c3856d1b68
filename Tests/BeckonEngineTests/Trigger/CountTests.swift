import BeckonEngine
import Testing

@Suite struct `Count` {
    private func harness(_ count: String, _ more: String = "") -> EngineHarness {
        EngineHarness(rules: "id: r\nwhen: { count: { \(count) } }\n\(more)\nsend: { channels: [push], template: t }\n")
    }

    @Test func `fires at the event with which the count goes from below the number to it`() {
        let harness = harness("event: a, where: 'properties.x == 1', atLeast: 3, within: 1h")
        for minute in 0..<5 { harness.at(Double(minute), "a", #"{"x":1}"#) }
        harness.at(6, "a", #"{"x":2}"#)
        #expect(harness.dueMinutes == [2])
    }

    @Test func `fires again once the count has been below`() {
        let harness = harness("event: a, atLeast: 2, within: 1h")
        harness.at(0, "a")
        harness.at(1, "a")
        harness.at(2, "a")
        harness.at(70, "a")
        harness.at(71, "a")
        #expect(harness.dueMinutes == [1, 71])
    }

    @Test(arguments: [(59.999, 1), (60, 0)])
    func `the window begins after t minus within`(second: Double, decisions: Int) {
        let harness = harness("event: a, atLeast: 2, within: 1h")
        harness.at(0, "a")
        harness.at(second, "a")
        #expect(harness.decisions.count == decisions)
    }

    @Test func `not empties the window`() {
        let harness = harness("event: a, atLeast: 3, within: 1h, not: n")
        harness.at(0, "a")
        harness.at(1, "a")
        harness.at(2, "n")
        harness.at(3, "a")
        harness.at(4, "a")
        #expect(harness.lines == [])
        harness.at(5, "a")
        #expect(harness.dueMinutes == [5])
    }

    @Test func `an event that is both empties first, then counts nothing`() {
        let harness = harness("event: a, atLeast: 1, within: 1h, not: { event: a, where: 'properties.n == true' }")
        harness.at(0, "a", #"{"n":true}"#)
        #expect(harness.lines == [])
    }

    @Test func `distinct session counts sessions at their first event`() {
        let harness = harness("event: a, distinct: session, atLeast: 3, within: 1h")
        for (minute, session) in ["s1", "s1", "s2", "s1", "s2"].enumerated() {
            harness.at(Double(minute), "a", context: #"{"session":"\#(session)"}"#)
        }
        #expect(harness.lines == [])
        harness.at(10, "a", context: #"{"session":3}"#)
        #expect(harness.dueMinutes == [10])
        harness.at(11, "a", context: #"{"session":4}"#)
        #expect(harness.dueMinutes == [10])
        // The first events of s1 and s2 have left the window; their later ones are in it and do not count.
        harness.at(62.5, "a", context: #"{"session":5}"#)
        harness.at(63, "a", context: #"{"session":6}"#)
        #expect(harness.dueMinutes == [10, 62.5])
    }

    @Test(arguments: [(29.999, 0), (30, 1)])
    func `without a session id a gap of 30 minutes ends a session`(gap: Double, decisions: Int) {
        let harness = harness("event: a, distinct: session, atLeast: 2, within: 7d")
        harness.at(0, "a")
        harness.at(20, "a")
        harness.at(20 + gap, "a")
        #expect(harness.decisions.count == decisions)
    }

    @Test func `a late event that closes a gap makes one session of two`() {
        let harness = harness("event: a, distinct: session, atLeast: 3, within: 7d", "late: { allow: 2h }")
        harness.at(0, "a")
        harness.at(40, "a")
        harness.late(20, "a")
        harness.at(100, "a")
        #expect(harness.lines == [])
        harness.at(200, "a")
        #expect(harness.dueMinutes == [200])
    }

    @Test func `a session that went on after a late not counts from its last event`() {
        let harness = harness("event: a, distinct: session, atLeast: 2, within: 1h, not: n")
        harness.at(0, "a", context: #"{"session":"s1"}"#)
        harness.at(6, "a", context: #"{"session":"s1"}"#)
        harness.late(3, "n")
        harness.at(62, "a", context: #"{"session":"s2"}"#)
        #expect(harness.dueMinutes == [62])
    }

    @Test func `distinct values count by the newest event of each`() {
        let harness = harness("event: a, distinct: properties.p, atLeast: 3, within: 1h")
        harness.at(0, "a", #"{"p":"x"}"#)
        harness.at(50, "a", #"{"p":"x"}"#)
        harness.at(55, "a", #"{"p":"y"}"#)
        harness.at(56, "a", #"{"p":null}"#)
        harness.at(57, "a")
        harness.at(58, "a", #"{"p":["z"]}"#)
        #expect(harness.lines == [] && harness.foldSkips == 1)
        harness.at(70, "a", #"{"p":1}"#)
        #expect(harness.dueMinutes == [70], "x of minute 50 is still in the window")
    }

    @Test func `numbers are the same when they are worth the same, texts are not numbers`() {
        let harness = harness("event: a, distinct: properties.p, atLeast: 2, within: 1h")
        harness.at(0, "a", #"{"p":1}"#)
        harness.at(1, "a", #"{"p":1.0}"#)
        harness.at(2, "a", #"{"p":1e0}"#)
        #expect(harness.lines == [])
        harness.at(3, "a", #"{"p":"1"}"#)
        #expect(harness.dueMinutes == [3])
    }

    @Test func `a late event counts in the window of the newest`() {
        let harness = harness("event: a, atLeast: 3, within: 5m", "late: { allow: 1h }")
        harness.at(0, "a")
        harness.at(10, "a")
        harness.at(11, "a")
        harness.late(6, "a")
        #expect(harness.lines == [], "6 is not in (6, 11]")
        harness.late(9, "a")
        #expect(harness.dueMinutes == [9])
    }

    @Test func `a late not recalls what should not have fired`() {
        let harness = harness("event: a, atLeast: 2, within: 1h, not: n")
        harness.at(0, "a")
        harness.at(4, "a")
        harness.at(5, "x")
        harness.late(2, "n")
        #expect(harness.cancels.count == 1)
        harness.at(6, "a")
        #expect(harness.dueMinutes == [4, 6], "what came after it still counts")
    }

    @Test func `a count is kept per key, and reentry and goal too`() {
        let harness = harness(
            "event: a, atLeast: 2, within: 1d",
            "key: [user, properties.k]\nreentry: { after: 10m }\ngoal: { event: g, within: 1h }")
        harness.at(0, "a", #"{"k":"1"}"#)
        harness.at(1, "a", #"{"k":"2"}"#)
        harness.at(2, "a")
        #expect(harness.lines == [])
        harness.at(3, "a", #"{"k":"1"}"#)
        #expect(harness.dueMinutes == [3])
        harness.at(4, "g")
        #expect(harness.lines(with: #""type":"converted""#).count == 1)
        #expect(harness.cancels.count == 1, "the goal is an exit")
    }

    @Test func `keeps no more entries than the number, and a record of 256 of them`() {
        let harness = harness("event: a, atLeast: 256, within: 30d", "maxLateness: none")
        for minute in 0..<255 { harness.at(Double(minute), "a") }
        #expect(harness.lines == [])
        for minute in 255..<600 { harness.at(Double(minute), "a") }
        #expect(harness.dueMinutes == [255])
        #expect(StateBound.allCases.map(harness.dropped) == StateBound.allCases.map { _ in 0 }, "nothing is lost")
    }

    @Test func `of so many sessions the oldest is forgotten, and counted`() {
        let harness = harness("event: a, distinct: session, atLeast: 1, within: 30d")
        for session in 0..<26 { harness.at(Double(session), "a", context: #"{"session":\#(session)}"#) }
        #expect(harness.dropped(.sessions) == 0)
        harness.at(26, "a", context: #"{"session":26}"#)
        #expect(harness.dropped(.sessions) == 1)
        #expect(harness.dueMinutes == [0])
    }
}
