import BeckonEngine
import BeckonModel
import Testing

/// Days, weeks and months of the person's own clocks.
@Suite struct `Calendar windows` {
    /// 2026-03-04, a Wednesday, at midnight in UTC.
    private static let wednesdayMs: Int64 = 1_772_582_400_000

    private func harness(_ when: String, _ more: String = "", startMs: Int64 = wednesdayMs) -> EngineHarness {
        EngineHarness(
            rules: "id: r\nwhen: { \(when) }\nsend: { channels: [push], template: t }\nmaxLateness: none\n\(more)\n",
            startMs: startMs)
    }

    private func zone(_ name: String) -> String { #"{"timezone":"\#(name)"}"# }

    // MARK: count

    @Test(arguments: [
        // Minutes after Wednesday's midnight of two events, and whether they fire together.
        ("day", 1, 1_439, 1), ("day", -1, 0, 0), ("day", 1_439, 1_440, 0), ("week", -2_880, 7_199, 1),
        ("week", -2_880, 7_200, 0), ("week", -2_881, -2_880, 0), ("month", -4_320, 40_319, 1),
        ("month", -4_320, 40_320, 0), ("month", -4_321, -4_320, 0),
    ])
    func `count per day, week and month counts from their beginning`(
        period: String, first: Double, second: Double, decisions: Int
    ) {
        let harness = harness(
            "count: { event: a, atLeast: 2, per: \(period) }", startMs: Self.wednesdayMs - 5 * 86_400_000)
        for minute in [first, second] { harness.at(minute + 5 * 1_440, "a") }
        #expect(harness.decisions.count == decisions)
    }

    @Test func `count per day fires once a day`() {
        let harness = harness("count: { event: a, atLeast: 2, per: day }")
        for hour in stride(from: 0.0, to: 72, by: 8) { harness.at(hour * 60, "a") }
        #expect(harness.dueMinutes == [480, 1_920, 3_360])
    }

    @Test func `not empties the day, and distinct tells its values apart`() {
        let harness = harness("count: { event: a, distinct: properties.x, atLeast: 2, per: day, not: n }")
        for (minute, value) in [(0, 1), (1, 1), (2, 2)] { harness.at(Double(minute), "a", #"{"x":\#(value)}"#) }
        harness.at(3, "n")
        harness.at(4, "a", #"{"x":3}"#)
        harness.at(5, "a", #"{"x":4}"#)
        // Of the day before nothing is left: what comes again counts anew.
        harness.at(1_440, "a", #"{"x":4}"#)
        harness.at(1_441, "a", #"{"x":4}"#)
        harness.at(1_442, "a", #"{"x":5}"#)
        #expect(harness.dueMinutes == [2, 5, 1_442])
    }

    @Test func `a session that began the day before counts anew with its next event`() {
        let harness = harness("count: { event: a, distinct: session, atLeast: 1, per: day }")
        for minute in [1_430.0, 1_439, 1_440, 1_441] { harness.at(minute, "a") }
        #expect(harness.dueMinutes == [1_430, 1_440])
    }

    @Test func `a late event counts in the day of the newest, and not at all where it is of another`() {
        let harness = harness("count: { event: a, atLeast: 3, per: day }", "late: { allow: 2h }")
        harness.at(1_400, "a")
        harness.at(1_460, "a")
        harness.late(1_439, "a")
        harness.late(1_440, "a")
        harness.at(1_470, "a")
        #expect(harness.dueMinutes == [1_470])
    }

    // MARK: whose day it is

    @Test func `the day is that of the person's zone`() {
        let harness = harness("count: { event: a, atLeast: 2, per: day }")
        // Midnight in Berlin is 23:00 in UTC.
        harness.at(1_379, "a", context: zone("Europe/Berlin"))
        harness.at(1_380, "a")
        #expect(harness.decisions == [])
        harness.at(1_439, "a")
        #expect(harness.dueMinutes == [1_439])
    }

    @Test func `the zone is the trait's, then the last event's, then the default, then UTC`() {
        func dueMinutes(_ default: String?, _ context: String?, _ trait: String?) -> [Double] {
            let policy = `default`.map { "---\npolicy: { defaultZone: \($0) }" } ?? ""
            let harness = harness("count: { event: a, atLeast: 2, per: day }", policy)
            if let trait {
                harness.event("ann", #"{"type":"identify","traits":{"timezone":"\#(trait)"}}"#)
                harness.flush()
            }
            for hour in 0..<24 { harness.at(Double(hour * 60 + 30), "a", context: context.map(zone) ?? "{}") }
            return harness.dueMinutes
        }
        // The second event of a day: Tokyo's begins at 15:00, Berlin's at 23:00, New York's at 5:00.
        #expect(dueMinutes(nil, nil, nil) == [90])
        #expect(dueMinutes("Asia/Tokyo", nil, nil) == [90, 990])
        #expect(dueMinutes("Asia/Tokyo", "America/New_York", nil) == [90, 390])
        #expect(dueMinutes("Asia/Tokyo", "America/New_York", "Asia/Kolkata") == [90, 1_170])
        // What is no zone changes nothing.
        #expect(dueMinutes("Asia/Tokyo", "Mars/Olympus", "asia/tokyo") == [90, 990])
    }

    @Test func `a zone holds until another comes, from then or later`() {
        let harness = harness("count: { event: a, atLeast: 2, per: day }", "late: { allow: 24h }")
        harness.at(800, "b")
        harness.at(900, "a", context: zone("Asia/Tokyo"))
        // Older, and in New York: she has left since.
        harness.event(
            "ann",
            #"{"event":"a","timestamp":\#(Self.wednesdayMs + 899 * 60_000),"context":{"timezone":"America/New_York"}}"#)
        harness.flush()
        #expect(harness.decisions == [])
        harness.at(910, "a")
        #expect(harness.dueMinutes == [910])
    }

    @Test func `who goes to another zone takes along what lies in its day, and what has left does not come back`() {
        let harness = harness("count: { event: a, atLeast: 3, per: day }")
        harness.at(880, "a", context: zone("UTC"))
        harness.at(890, "a")
        // In Tokyo it is Thursday since 15:00, minute 900.
        harness.at(910, "a", context: zone("Asia/Tokyo"))
        harness.at(920, "a")
        #expect(harness.decisions == [])
        // Back: of Wednesday only what Thursday held is left.
        harness.at(930, "a", context: zone("UTC"))
        #expect(harness.dueMinutes == [930])
    }

    /// Clocks in Berlin go from 2:00 to 3:00 on 2026-03-29, and from 3:00 to 2:00 on 2026-10-25.
    @Test(arguments: [(1_774_738_800_000, 23.0), (1_792_879_200_000, 25)] as [(Int64, Double)])
    func `a day on which the clocks change has 23 or 25 hours`(midnightMs: Int64, hours: Double) {
        let harness = harness(
            "count: { event: a, atLeast: 2, per: day }", "---\npolicy: { defaultZone: Europe/Berlin }",
            startMs: midnightMs)
        harness.at(0, "a")
        harness.at(hours * 60 - 1, "a")
        harness.at(hours * 60, "a")
        #expect(harness.dueMinutes == [hours * 60 - 1])
    }

    @Test func `events that no rule names bring a zone only where one is about all of the person's own`() {
        func dueMinutes(_ more: String) -> [Double] {
            let harness = harness("count: { event: a, atLeast: 2, per: day }", more)
            harness.at(800, "unheard_of", context: zone("Asia/Tokyo"))
            harness.at(890, "a")
            harness.at(910, "a")
            return harness.dueMinutes
        }
        #expect(dueMinutes("") == [910])
        #expect(
            dueMinutes("---\nid: s\nwhen: { inactive: { for: 90d } }\nsend: { channels: [push], template: t }") == [])
    }

    // MARK: folds

    @Test func `folds per period hold what came since its beginning, of every kind`() {
        let folds = """
            ---
            folds:
              n: { count: a, per: day }
              s: { sum: properties.x, of: a, per: day }
              lo: { min: properties.x, of: a, per: day }
              hi: { max: properties.x, of: a, per: day }
              mean: { avg: properties.x, of: a, per: day }
              f: { first: properties.x, of: a, per: day }
              l: { last: properties.x, of: a, per: day }
              d: { distinct: properties.x, of: a, per: day }
              w: { count: a, per: week }
              m: { count: a, per: month }
            """
        let harness = harness(
            "event: ask", "data: { n: n, s: s, lo: lo, hi: hi, mean: mean, f: f, l: l, d: d, w: w, m: m }\n\(folds)",
            startMs: Self.wednesdayMs - 5 * 86_400_000)
        for (day, value) in [(0.0, 7), (3, 8), (5, 2), (5.25, 4), (5.5, 6)] {
            harness.at(day * 1_440, "a", #"{"x":\#(value)}"#)
        }
        harness.at(5.75 * 1_440, "ask")
        harness.at(6 * 1_440, "ask")
        #expect(
            harness.data == [
                #"{"n":3,"s":12,"lo":2,"hi":6,"mean":4,"f":2,"l":6,"d":3,"w":4,"m":4}"#,
                #"{"n":0,"s":0,"lo":null,"hi":null,"mean":null,"f":null,"l":null,"d":0,"w":4,"m":4}"#,
            ])
    }

    @Test func `a fold's period is that of the due time, by the clocks that the person has then`() {
        let harness = harness(
            "event: start, absent: { event: stop, within: 12h }",
            "data: { n: n }\n---\nfolds: { n: { count: a, per: day } }")
        harness.at(100, "a")
        harness.at(719, "start")
        for minute in [890.0, 910] { harness.at(minute, "a") }
        harness.at(1_430, "a", context: zone("Asia/Tokyo"))
        harness.advance(to: 1_441)
        // Due at 23:59 in UTC, 8:59 of Tokyo's Thursday, which began at 15:00.
        #expect(harness.data == [#"{"n":2}"#])
    }

    @Test func `what a late event asks for is the day that it belongs to`() {
        let harness = harness(
            "event: ask", "late: { allow: 12h }\ndata: { n: n }\n---\nfolds: { n: { count: a, per: day } }")
        for minute in [1_000.0, 1_100, 1_450] { harness.at(minute, "a") }
        harness.late(1_200, "ask")
        harness.at(1_460, "ask")
        #expect(harness.data == [#"{"n":2}"#, #"{"n":1}"#])
    }

    @Test func `beyond 64 entries nothing of another day becomes part of this one`() {
        let harness = harness("event: ask", "data: { n: n }\n---\nfolds: { n: { count: a, per: day } }")
        for minute in 1_400..<1_600 { harness.at(Double(minute), "a") }
        harness.at(1_600, "ask")
        #expect(harness.data == [#"{"n":160}"#])
        #expect(harness.dropped(.window) == 96)
    }

    // MARK: state

    @Test func `a checkpoint holds the zone, and the state hash tells it`() throws {
        let rules = "id: r\nwhen: { count: { event: a, atLeast: 3, per: day } }\nsend: { channels: [push] }\n"
        let (tokyo, berlin) = (whole(rules), whole(rules))
        tokyo.at(890, "a", context: zone("Asia/Tokyo"))
        berlin.at(890, "a", context: zone("Europe/Berlin"))
        #expect(tokyo.engine.stateHash != berlin.engine.stateHash)

        var people = ByteBuffer()
        let begun = tokyo.engine.beginCheckpoint()
        let head = try #require(begun)
        while case .more = tokyo.engine.walkCheckpoint(bytesMax: 1, into: &people) {}
        var restored = PartitionEngine(inputs: ["events"], partition: 2, hashSeed: 3)
        restored.learn(EngineHarness.ruleSet(rules))
        try restored.restore(head)
        try restored.restorePeople(people.buffer)
        restored.finishRestore(exactFromSeq: tokyo.engine.seq)
        let hash = restored.stateHash
        #expect(hash == tokyo.engine.stateHash)
        tokyo.engine = restored
        // Thursday in Tokyo.
        for minute in [901.0, 902, 903] { tokyo.at(minute, "a") }
        #expect(tokyo.dueMinutes == [903])
    }

    private func whole(_ rules: String) -> EngineHarness {
        EngineHarness(rules: rules, startMs: Self.wednesdayMs)
    }
}
