import BeckonEngine
import Testing

/// For events in the order of time: what little is kept gives the same as all that happened.
@Suite struct `Sequences and counts against all that happened` {
    private struct Happened {
        let minute: Int
        let name: String
        let session: Int
    }

    private static let minutesWithin = 60

    /// Events of a few names, with gaps about as long as the window.
    private static func story(_ seed: UInt64) -> [Happened] {
        var random = Random(seed)
        var minute = 0
        return (0..<60).map { _ in
            minute += [0, 1, 5, 15, 30, 61][random.below(6)]
            let name = ["a", "b", "c", "a", "b", "n", "x"][random.below(7)]
            return Happened(minute: minute, name: name, session: random.below(4))
        }
    }

    private static func fired(_ when: String, _ story: [Happened]) -> [Double] {
        let harness = EngineHarness(
            rules: "id: r\nwhen: { \(when) }\nmaxLateness: none\nsend: { channels: [push], template: t }\n")
        for event in story {
            harness.at(Double(event.minute), event.name, context: #"{"session":\#(event.session)}"#)
        }
        return harness.dueMinutes
    }

    @Test(
        arguments: 0..<150 as Range<UInt64>, [["a", "b"], ["a", "b", "c"], ["a", "a", "b"], ["b", "a", "a", "c"]])
    func `a sequence fires when there is a way through all that came since it was emptied`(
        seed: UInt64, stages: [String]
    ) {
        let story = Self.story(seed)
        let names = stages.joined(separator: ", ")
        var expected: [Double] = []
        var emptied = -1
        for (place, event) in story.enumerated() {
            if event.name == "n" { emptied = event.minute }
            let since = (0...place).map { story[$0] }.filter { $0.minute > emptied }
            guard event.name == stages.last, Self.hasWay(through: since[...], stages[...], endingAt: event) else {
                continue
            }
            expected.append(Double(event.minute))
            emptied = event.minute
        }
        #expect(Self.fired("sequence: [\(names)], within: 1h, not: n", story) == expected)
    }

    /// Whether these events hold the stages in order, each by an event of its own, the last one being the last of them.
    private static func hasWay(
        through events: ArraySlice<Happened>, _ stages: ArraySlice<String>, endingAt last: Happened
    ) -> Bool {
        guard let event = events.last, stages.last == event.name else { return false }
        if stages.count == 1 { return last.minute - event.minute <= minutesWithin }
        let (before, rest) = (events.dropLast(), stages.dropLast())
        return before.indices.contains { hasWay(through: before[...$0], rest, endingAt: last) }
    }

    @Test(arguments: 0..<150 as Range<UInt64>, 1...4)
    func `a count fires when the events in the window go from below the number to it`(seed: UInt64, number: Int) {
        let story = Self.story(seed)
        var expected: [Double] = []
        var counted: [Int] = []
        var emptied = -1
        for event in story {
            if event.name == "n" {
                counted = []
                emptied = event.minute
            }
            guard event.name == "a", event.minute > emptied else { continue }
            let window = counted.filter { event.minute - $0 < Self.minutesWithin }
            counted.append(event.minute)
            if window.count == number - 1 { expected.append(Double(event.minute)) }
        }
        #expect(Self.fired("count: { event: a, atLeast: \(number), within: 1h, not: n }", story) == expected)
    }

    @Test(arguments: 0..<150 as Range<UInt64>, 1...3)
    func `distinct values fire when those of the window go from below the number to it`(seed: UInt64, number: Int) {
        let story = Self.story(seed)
        var expected: [Double] = []
        var counted: [Happened] = []
        for event in story where event.name == "a" {
            let window = counted.filter { event.minute - $0.minute < Self.minutesWithin }.map(\.session)
            counted.append(event)
            if Set(window).count == number - 1, !window.contains(event.session) {
                expected.append(Double(event.minute))
            }
        }
        let count = "event: a, distinct: event.context.session, atLeast: \(number), within: 1h"
        #expect(Self.fired("count: { \(count) }", story) == expected)
    }
}
