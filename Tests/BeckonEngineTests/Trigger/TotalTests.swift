import BeckonEngine
import Testing

@Suite struct `Total` {
    private func harness(_ total: String, _ more: String = "") -> EngineHarness {
        EngineHarness(rules: "id: r\nwhen: { total: { \(total) } }\n\(more)\nsend: { channels: [push], template: t }\n")
    }

    @Test func `fires at the event with which the running total crosses the number`() {
        let harness = harness("sum: properties.total, of: purchase, reaches: 100")
        for (minute, amount) in ["40", "59.999999", "0.000001", "500"].enumerated() {
            harness.at(Double(minute), "Order Completed", #"{"total":\#(amount)}"#)
        }
        #expect(harness.dueMinutes == [2])
    }

    @Test func `sums are exact decimals`() {
        let harness = harness("sum: properties.x, of: a, reaches: 1")
        for minute in 0..<10 { harness.at(Double(minute), "a", #"{"x":0.1}"#) }
        #expect(harness.dueMinutes == [9])
    }

    @Test func `fires again when it has been below`() {
        let harness = harness("sum: properties.x, of: a, reaches: 10")
        for (minute, amount) in [10, -1, 1, 5].enumerated() { harness.at(Double(minute), "a", #"{"x":\#(amount)}"#) }
        #expect(harness.dueMinutes == [0, 2])
    }

    @Test func `since empties it, and what is not after it does not count`() {
        let harness = harness("sum: properties.x, of: a, reaches: 10, since: s")
        harness.at(0, "a", #"{"x":9}"#)
        harness.at(5, "s")
        harness.late(5, "a", #"{"x":9}"#)
        harness.late(4, "a", #"{"x":9}"#)
        harness.at(6, "a", #"{"x":9}"#)
        #expect(harness.lines == [])
        harness.late(3, "s")
        harness.at(7, "a", #"{"x":1}"#)
        #expect(harness.dueMinutes == [7], "an older since changes nothing")
    }

    @Test func `what is no number adds nothing, and is counted`() {
        let harness = harness("sum: properties.x, of: a, reaches: 1")
        for amount in [#""5""#, "true", "[5]", "null"] { harness.at(0, "a", #"{"x":\#(amount)}"#) }
        harness.at(0, "a")
        #expect(harness.lines == [] && harness.foldSkips == 3)
    }

    @Test func `a total is kept per key`() {
        let harness = harness("sum: properties.x, of: a, reaches: 10, since: s", "key: [user, properties.k]")
        harness.at(0, "a", #"{"x":6,"k":"1"}"#)
        harness.at(1, "a", #"{"x":6,"k":"2"}"#)
        harness.at(2, "a", #"{"x":6}"#)
        #expect(harness.lines == [])
        harness.at(3, "s", #"{"k":"2"}"#)
        harness.at(4, "a", #"{"x":6,"k":"2"}"#)
        harness.at(5, "a", #"{"x":6,"k":"1"}"#)
        #expect(harness.dueMinutes == [5])
    }
}
