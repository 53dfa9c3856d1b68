import BeckonEngine
import Testing

@Suite struct `Absence with all and since` {
    private func harness(_ absent: String, _ more: String = "") -> EngineHarness {
        EngineHarness(
            rules:
                "id: r\nwhen: { event: start, absent: { \(absent) } }\n\(more)\nsend: { channels: [push], template: t }\n"
        )
    }

    @Test(arguments: [([], 1), (["a"], 1), (["b", "b"], 1), (["a", "b"], 0), (["b", "x", "a"], 0)])
    func `with all it fires unless all came`(events: [String], decisions: Int) {
        let harness = harness("all: [a, b], within: 10m")
        harness.at(0, "start")
        for (place, event) in events.enumerated() { harness.at(Double(1 + place), event) }
        harness.advance(to: 20)
        #expect(harness.dueMinutes == Array(repeating: 10, count: decisions))
    }

    @Test func `with all what came before the start does not count`() {
        let harness = harness("all: [a, b], within: 10m")
        harness.at(0, "a")
        harness.at(1, "start")
        harness.at(2, "b")
        harness.advance(to: 20)
        #expect(harness.dueMinutes == [11])
    }

    @Test func `with all, an older one than the last start restarts the instance at that start`() {
        let harness = harness(
            "all: [a, b], within: 10m, reset: onEach", "collect: { n: count() }\ndata: { n: instance.n }")
        harness.at(0, "start")
        harness.at(1, "a")
        harness.at(5, "start")
        harness.at(6, "b")
        harness.advance(to: 30)
        #expect(harness.dueMinutes == [15] && harness.data == [#"{"n":1}"#])
        harness.at(40, "start")
        harness.at(41, "b")
        harness.at(45, "start")
        harness.at(46, "b")
        harness.at(47, "a")
        harness.advance(to: 70)
        #expect(harness.dueMinutes == [15], "both have come since the last start")
    }

    @Test func `with all a late one recalls, and alone none is an exit`() {
        let harness = harness("all: [a, b], within: 10m")
        harness.at(0, "start")
        harness.at(2, "a")
        harness.at(11, "b")
        #expect(harness.dueMinutes == [10] && harness.cancels == [])
        harness.late(9, "b")
        #expect(harness.cancels == [], "of each the newest is what counts")
        harness.at(20, "start")
        harness.at(22, "a")
        harness.at(31, "x")
        #expect(harness.dueMinutes == [10, 30])
        harness.late(29, "b")
        #expect(harness.cancels.count == 1)
    }

    @Test func `with all each takes the key that it has`() {
        let harness = harness("all: [a, b], within: 10m", "key: [user, properties.k]")
        harness.at(0, "start", #"{"k":"1"}"#)
        harness.at(0, "start", #"{"k":"2"}"#)
        harness.at(1, "a")
        harness.at(2, "b", #"{"k":"2"}"#)
        harness.advance(to: 20)
        #expect(harness.decisions.count == 1)
        #expect(harness.decisions[0].contains(#""key":{"k":"1"}"#))
    }

    @Test func `since counts absent events after the person's last one of these`() {
        let harness = harness("event: [a, b], within: 10m, since: trial")
        harness.at(0, "trial")
        harness.at(5, "b")
        harness.at(60, "start")
        harness.advance(to: 90)
        #expect(harness.lines == [])
        // A new trial: what came before it counts no more.
        harness.at(100, "trial")
        harness.at(110, "start")
        harness.advance(to: 130)
        #expect(harness.dueMinutes == [120])
        // Within the wait it counts as ever.
        harness.at(140, "start")
        harness.at(141, "a")
        harness.advance(to: 160)
        #expect(harness.dueMinutes == [120])
    }

    @Test func `since never seen counts nothing from before`() {
        let harness = harness("event: a, within: 10m, since: trial")
        harness.at(0, "a")
        harness.at(5, "start")
        harness.advance(to: 30)
        #expect(harness.dueMinutes == [15])
    }

    @Test func `since: what came at the same instant does not come after`() {
        let harness = harness("event: a, within: 10m, since: trial")
        harness.at(0, "a")
        harness.at(0, "trial")
        harness.at(5, "start")
        harness.advance(to: 30)
        #expect(harness.dueMinutes == [15])
    }

    @Test func `since: a late absent event ends what runs, or recalls what has fired`() {
        let harness = harness("event: a, within: 5m, since: trial")
        harness.at(0, "trial")
        harness.at(3, "start")
        harness.late(2, "a")
        harness.advance(to: 20)
        #expect(harness.lines == [])
        harness.at(30, "trial")
        harness.at(33, "start")
        harness.at(38, "x")
        #expect(harness.dueMinutes == [38])
        harness.late(31, "a")
        #expect(harness.cancels.count == 1)
    }

    @Test func `all and since together`() {
        let harness = harness("all: [a, b], within: 10m, since: trial")
        harness.at(0, "trial")
        harness.at(1, "a")
        harness.at(5, "start")
        harness.at(6, "b")
        harness.advance(to: 30)
        #expect(harness.lines == [], "a since the trial, b since the start")
        harness.at(40, "trial")
        harness.at(41, "a")
        harness.at(45, "start")
        harness.advance(to: 60)
        #expect(harness.dueMinutes == [55])
    }

    @Test func `of 26 keys the oldest absent event is forgotten, and counted`() {
        let harness = harness("event: a, within: 10m, since: trial", "key: [user, properties.k]\nmaxLateness: none")
        harness.at(0, "trial")
        for key in 0..<26 { harness.at(Double(1 + key), "a", #"{"k":\#(key)}"#) }
        #expect(harness.dropped(.cancellers) == 1)
        for key in 0..<26 { harness.at(50, "start", #"{"k":\#(key)}"#) }
        harness.advance(to: 80)
        #expect(harness.decisions.count == 1)
        #expect(harness.decisions[0].contains(#""key":{"k":"0"}"#))
    }
}
