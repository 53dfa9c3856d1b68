import BeckonEngine
import Testing

@Suite struct `Sequence` {
    private func harness(_ when: String, _ more: String = "") -> EngineHarness {
        EngineHarness(rules: "id: r\nwhen: { \(when) }\n\(more)\nsend: { channels: [push], template: t }\n")
    }

    @Test func `fires at the last one`() {
        let harness = harness("sequence: [a, b, c], within: 1h", "data: { x: properties.x }")
        harness.at(0, "a")
        harness.at(1, "b")
        #expect(harness.lines == [])
        harness.at(2, "c", #"{"x":"of the last"}"#)
        #expect(harness.dueMinutes == [2])
        #expect(harness.data == [#"{"x":"of the last"}"#])
        #expect(harness.decisions[0].contains(#""cause":"events-2-2""#))
    }

    @Test func `in order, and others may lie between`() {
        let harness = harness("sequence: [a, b, c], within: 1h")
        for (minute, name) in ["b", "a", "c", "x", "b", "a", "x"].enumerated() { harness.at(Double(minute), name) }
        #expect(harness.lines == [])
        harness.at(8, "c")
        #expect(harness.dueMinutes == [8])
    }

    @Test(arguments: [(60.0, 1), (60.001, 0)])
    func `last minus first is at most within`(last: Double, decisions: Int) {
        let harness = harness("sequence: [a, b], within: 1h")
        harness.at(0, "a")
        harness.at(last, "b")
        #expect(harness.decisions.count == decisions)
    }

    @Test func `not empties all`() {
        let harness = harness("sequence: [a, b, c], within: 1h, not: n")
        harness.at(0, "a")
        harness.at(1, "b")
        harness.at(2, "a")
        harness.at(3, "n")
        harness.at(4, "b")
        harness.at(5, "c")
        #expect(harness.lines == [])
        for (minute, name) in ["a", "b", "c"].enumerated() { harness.at(Double(10 + minute), name) }
        #expect(harness.dueMinutes == [12])
    }

    @Test func `firing empties all`() {
        let harness = harness("sequence: [a, b, a], within: 1h")
        harness.at(0, "a")
        harness.at(1, "b")
        harness.at(2, "a")
        #expect(harness.dueMinutes == [2])
        // The a that fired begins nothing: only one after it does.
        harness.at(3, "b")
        harness.at(4, "a")
        #expect(harness.dueMinutes == [2])
        harness.at(5, "b")
        harness.at(6, "a")
        #expect(harness.dueMinutes == [2, 6])
    }

    @Test func `firing empties all, whatever comes of it`() {
        let harness = harness("sequence: [a, b], within: 1h", "if: properties.go == true")
        harness.at(0, "a")
        harness.at(1, "b")
        harness.at(2, "b", #"{"go":true}"#)
        #expect(harness.decisions == [])
        #expect(harness.lines(with: "condition").count == 1)
    }

    @Test func `the latest possible start is kept`() {
        let harness = harness("sequence: [a, b, c], within: 1h")
        harness.at(0, "a")
        harness.at(50, "a")
        harness.at(55, "b")
        harness.at(70, "c")
        #expect(harness.dueMinutes == [70], "counted from the second a")
    }

    @Test func `a later start does not undo what an earlier one has come to`() {
        let harness = harness("sequence: [a, b, c], within: 1h")
        harness.at(0, "a")
        harness.at(1, "b")
        harness.at(2, "a")
        harness.at(3, "c")
        #expect(harness.dueMinutes == [3])
    }

    @Test func `an event advances a run by one stage`() {
        let harness = harness("sequence: [a, a, a], within: 1h")
        harness.at(0, "a")
        harness.at(1, "a")
        #expect(harness.lines == [])
        harness.at(2, "a")
        #expect(harness.dueMinutes == [2])
    }

    @Test func `runs are kept per key, and not without the key empties those of all`() {
        let harness = harness("sequence: [a, b], within: 1h, not: n", "key: [user, properties.k]")
        harness.at(0, "a", #"{"k":"1"}"#)
        harness.at(1, "b", #"{"k":"2"}"#)
        harness.at(1, "b")
        #expect(harness.lines == [])
        harness.at(2, "b", #"{"k":"1"}"#)
        #expect(harness.dueMinutes == [2])
        harness.at(3, "a", #"{"k":"1"}"#)
        harness.at(3, "a", #"{"k":"2"}"#)
        harness.at(4, "n", #"{"k":"2"}"#)
        harness.at(5, "b", #"{"k":"2"}"#)
        #expect(harness.dueMinutes == [2])
        harness.at(5, "b", #"{"k":"1"}"#)
        #expect(harness.dueMinutes == [2, 5])
        harness.at(6, "a", #"{"k":"1"}"#)
        harness.at(7, "n")
        harness.at(8, "b", #"{"k":"1"}"#)
        #expect(harness.dueMinutes == [2, 5])
    }

    @Test func `a late event acts at its own time`() {
        let harness = harness("sequence: [a, b], within: 1h, not: n")
        harness.at(0, "a")
        harness.at(5, "x")
        harness.late(3, "b")
        #expect(harness.dueMinutes == [3])
        // Before the firing: it would have been emptied by it.
        harness.late(2, "a")
        harness.at(6, "b")
        #expect(harness.dueMinutes == [3])
        // A late start with a `not` behind it does not start.
        harness.at(10, "n")
        harness.late(9, "a")
        harness.at(11, "b")
        #expect(harness.dueMinutes == [3])
    }

    @Test func `a late not recalls what should not have fired, and frees reentry`() {
        let harness = harness("sequence: [a, b], within: 1h, not: n", "reentry: once")
        harness.at(0, "a")
        harness.at(4, "b")
        harness.at(5, "x")
        harness.late(2, "n")
        #expect(harness.cancels.count == 1)
        harness.at(6, "a")
        harness.at(7, "b")
        #expect(harness.dueMinutes == [4, 7])
        harness.at(8, "a")
        harness.at(9, "b")
        #expect(harness.lines(with: #""reason":"reentry""#).count == 1)
    }

    @Test func `an event older than allow changes nothing`() {
        let harness = harness("sequence: [a, b], within: 1h")
        harness.at(0, "a")
        harness.at(20, "x")
        harness.late(9, "b")
        #expect(harness.lines == [])
        harness.late(10, "b")
        #expect(harness.dueMinutes == [10])
    }

    @Test func `of 26 keys the one that has been quiet for longest is forgotten, and counted`() {
        let harness = harness("sequence: [a, b], within: 10h", "key: [user, properties.k]\nmaxLateness: none")
        for key in 0..<25 { harness.at(Double(key), "a", #"{"k":\#(key)}"#) }
        harness.at(30, "a", #"{"k":0}"#)
        #expect(harness.dropped(.keys) == 0)
        harness.at(31, "a", #"{"k":25}"#)
        #expect(harness.dropped(.keys) == 1)
        for key in 0..<26 { harness.at(40, "b", #"{"k":\#(key)}"#) }
        #expect(harness.decisions.count == 25)
        #expect(harness.lines(with: #""key":{"k":"1"}"#) == [])
    }

    @Test func `what has come so far outlives a change of the message`() {
        let harness = harness("sequence: [a, b], within: 1h")
        harness.at(0, "a")
        harness.use("id: r\nwhen: { sequence: [a, b], within: 1h }\nsend: { channels: [email], template: other }\n")
        harness.at(1, "b")
        #expect(harness.dueMinutes == [1])
        harness.at(2, "a")
        harness.use("id: r\nwhen: { sequence: [a, b], within: 2h }\nsend: { channels: [email], template: other }\n")
        harness.at(3, "b")
        #expect(harness.dueMinutes == [1], "another trigger begins anew")
    }
}
