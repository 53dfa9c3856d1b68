import BeckonEngine
import Testing

/// Every kind of fold, alone, in a window, and since an event.
@Suite struct `Folds` {
    private func harness(_ fold: String) -> EngineHarness {
        EngineHarness(
            rules: """
                folds:
                  f: { \(fold) }
                ---
                id: ask
                when: { event: ask }
                data: { f: f }
                maxLateness: none
                send: { channels: [push], template: ask }
                """)
    }

    /// What the fold is worth at that minute.
    private func value(_ harness: EngineHarness, _ minutes: Double) -> String {
        harness.at(minutes, "ask")
        let data = harness.data.last ?? ""
        return String(data.dropFirst(#"{"f":"#.count).dropLast())
    }

    private static let values = [#""é""#, "10.10", "-3", "1e1", "true", #""b""#, "10.1"]

    @Test(arguments: [
        ("count: a", "7"), ("sum: properties.x, of: a", "27.2"), ("min: properties.x, of: a", "-3"),
        ("max: properties.x, of: a", "10.1"), ("avg: properties.x, of: a", "6.8"),
        ("first: properties.x, of: a", #""é""#), ("last: properties.x, of: a", "10.1"),
        ("distinct: properties.x, of: a", "6"),
    ])
    func `takes what an event brings`(fold: String, value: String) {
        let harness = harness(fold)
        for (minute, value) in Self.values.enumerated() { harness.at(Double(minute), "a", #"{"x":\#(value)}"#) }
        #expect(self.value(harness, 10) == value)
    }

    @Test(arguments: [
        ("count: a", "0"), ("sum: properties.x, of: a", "0"), ("min: properties.x, of: a", "null"),
        ("max: properties.x, of: a", "null"), ("avg: properties.x, of: a", "null"),
        ("first: properties.x, of: a", "null"), ("last: properties.x, of: a", "null"),
        ("distinct: properties.x, of: a", "0"),
    ])
    func `that has seen nothing is zero or missing`(fold: String, value: String) {
        #expect(self.value(harness(fold), 1) == value)
        let emptied = harness(fold + ", since: s")
        emptied.at(0, "a", #"{"x":5}"#)
        emptied.at(1, "s")
        #expect(self.value(emptied, 2) == value)
        let window = harness(fold + ", within: 5m")
        window.at(0, "a", #"{"x":5}"#)
        #expect(self.value(window, 10) == value)
    }

    @Test(arguments: [
        ("count: a", "2"), ("sum: properties.x, of: a", "12"), ("min: properties.x, of: a", "4"),
        ("max: properties.x, of: a", "8"), ("avg: properties.x, of: a", "6"), ("first: properties.x, of: a", "8"),
        ("last: properties.x, of: a", "4"), ("distinct: properties.x, of: a", "2"),
    ])
    func `within counts what lies in the window that ends now`(fold: String, value: String) {
        let harness = harness(fold + ", within: 5m")
        harness.at(0, "a", #"{"x":1}"#)
        harness.at(1, "a", #"{"x":90}"#)
        harness.at(5, "a", #"{"x":8}"#)
        harness.at(6, "a", #"{"x":4}"#)
        #expect(self.value(harness, 6) == value)
    }

    @Test(arguments: [
        ("count: a", "2"), ("sum: properties.x, of: a", "12"), ("min: properties.x, of: a", "4"),
        ("max: properties.x, of: a", "8"), ("avg: properties.x, of: a", "6"), ("first: properties.x, of: a", "8"),
        ("last: properties.x, of: a", "4"), ("distinct: properties.x, of: a", "2"),
    ])
    func `since begins anew with each of these events`(fold: String, value: String) {
        let harness = harness(fold + ", since: s")
        harness.at(0, "a", #"{"x":1}"#)
        harness.at(3, "s")
        harness.late(2, "a", #"{"x":90}"#)
        harness.late(3, "a", #"{"x":90}"#)
        harness.at(5, "a", #"{"x":8}"#)
        harness.late(1, "s")
        harness.at(6, "a", #"{"x":4}"#)
        #expect(self.value(harness, 6) == value)
    }

    @Test func `an event that both feeds and empties empties, then counts nothing`() {
        let harness = harness("count: a, since: { event: a, where: 'properties.s == true' }")
        harness.at(0, "a")
        harness.at(1, "a", #"{"s":true}"#)
        #expect(self.value(harness, 2) == "0")
    }

    @Test func `first is the oldest by time, and of two at once the first to come`() {
        let harness = harness("first: properties.x, of: a")
        harness.at(5, "a", #"{"x":"late"}"#)
        harness.late(3, "a", #"{"x":"early"}"#)
        harness.late(3, "a", #"{"x":"too late"}"#)
        harness.at(6, "a", #"{"x":"last"}"#)
        #expect(self.value(harness, 7) == #""early""#)
    }

    @Test func `last is the newest by time, and of two at once the last to come`() {
        let harness = harness("last: properties.x, of: a")
        harness.at(5, "a", #"{"x":"one"}"#)
        harness.late(5, "a", #"{"x":"two"}"#)
        harness.late(3, "a", #"{"x":"early"}"#)
        #expect(self.value(harness, 7) == #""two""#)
    }

    @Test func `sums and averages are exact to six places, half-even`() {
        let sum = harness("sum: properties.x, of: a")
        for minute in 0..<3 { sum.at(Double(minute), "a", #"{"x":0.1}"#) }
        sum.at(4, "a", #"{"x":0.0000005}"#)
        sum.at(5, "a", #"{"x":0.0000015}"#)
        #expect(self.value(sum, 9) == "0.300002")
        let average = harness("avg: properties.x, of: a")
        for minute in 0..<3 { average.at(Double(minute), "a", #"{"x":0.1}"#) }
        #expect(self.value(average, 9) == "0.1")
    }

    @Test func `distinct is exact up to 32, and says 33 beyond`() {
        for window in ["", ", within: 1d"] {
            let harness = harness("distinct: properties.x, of: a" + window)
            for value in 0..<32 { harness.at(Double(value), "a", #"{"x":\#(value)}"#) }
            harness.at(32, "a", #"{"x":31.0}"#)
            #expect(self.value(harness, 33) == "32" && harness.dropped(.distinct) == 0)
            harness.at(34, "a", #"{"x":"33rd"}"#)
            #expect(self.value(harness, 35) == "33" && harness.dropped(.distinct) == 0)
            harness.at(36, "a", #"{"x":"34th"}"#)
            #expect(self.value(harness, 37) == "33" && harness.dropped(.distinct) == 1, "and it is counted")
        }
    }

    @Test(arguments: [
        ("count: a", "65", "63"), ("sum: properties.x, of: a", "2080", "2079"), ("min: properties.x, of: a", "0", "2"),
        ("max: properties.x, of: a", "64", "64"), ("avg: properties.x, of: a", "32", "33"),
        ("first: properties.x, of: a", "0", "2"),
    ])
    func `the 65th entry of a window makes the two oldest one, at the later time`(
        fold: String, whole: String, rest: String
    ) {
        let harness = harness(fold + ", within: 2h")
        for minute in 0...64 { harness.at(Double(minute), "a", #"{"x":\#(minute)}"#) }
        #expect(harness.dropped(.window) == 1)
        #expect(self.value(harness, 120) == whole, "the first would have left; it stays with the second")
        #expect(self.value(harness, 121) == rest)
    }

    @Test func `collect knows every kind`() {
        let harness = EngineHarness(
            rules: """
                id: wait
                when: { event: a, absent: { event: b, within: 10m } }
                collect:
                  n: count()
                  sum: sum(properties.x)
                  least: min(properties.x)
                  most: max(properties.x)
                  mean: avg(properties.x)
                  first: first(properties.p)
                  last: last(properties.p)
                  kinds: distinct(properties.p)
                  none: min(properties.nothing)
                data: { n: instance.n, sum: instance.sum, least: instance.least, most: instance.most, mean: instance.mean,
                        first: instance.first, last: instance.last, kinds: instance.kinds, none: instance.none }
                send: { channels: [push], template: t }
                """)
        harness.at(0, "a", #"{"x":4,"p":"one"}"#)
        harness.at(2, "a", #"{"x":"?","p":"two"}"#)
        harness.at(3, "a", #"{"x":-1,"p":"one"}"#)
        harness.late(1, "a", #"{"x":0.5,"p":{}}"#)
        harness.advance(to: 20)
        #expect(
            harness.data == [
                #"{"n":4,"sum":3.5,"least":-1,"most":4,"mean":1.166667,"first":"one","last":"one","kinds":2,"none":null}"#
            ])
        #expect(harness.foldSkips == 7, "each fold counts what it could not keep")
    }
}
