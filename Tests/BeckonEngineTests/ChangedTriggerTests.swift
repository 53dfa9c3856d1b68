import BeckonEngine
import BeckonModel
import Testing

@Suite struct `A rule whose trigger becomes another` {
    private let waiting =
        "id: cart\nwhen: { event: add_to_cart, absent: { event: order_completed, within: 15m } }\nsend: { channels: [log] }\n"
    private let atOnce = "id: cart\nwhen: { event: add_to_cart }\nsend: { channels: [log] }\n"

    /// The older version's instance goes on, and takes no event from the newer.
    @Test func `fires with its event while the older version still waits`() {
        let harness = EngineHarness(rules: waiting)
        harness.event("ann", #"{"event":"add_to_cart","properties":{}}"#)
        harness.advance(60_000)
        harness.use(atOnce)
        harness.event("ann", #"{"event":"add_to_cart","properties":{}}"#)
        harness.advance(60_000)
        #expect(harness.lines.count == 1, "\(harness.lines)")
        harness.advance(3_600_000)
        let timers = harness.lines.filter { $0.contains(#""cause":"timer""#) }
        #expect(harness.lines.count == 2 && timers.count == 1, "\(harness.lines)")
    }

    /// What the older version collects is read of the newer's events too, or it would see what another event has left.
    @Test func `takes its starts to an instance of the older version, which collects them`() {
        let rest = "data: { x: instance.x }\nsend: { channels: [log] }\n"
        let harness = EngineHarness(
            rules: "id: r\nwhen: { event: a, absent: { event: b, within: 15m } }\n"
                + "collect: { x: last(properties.x) }\n" + rest)
        harness.at(0, "a", #"{"x":1}"#)
        harness.use("id: r\nwhen: { event: c, absent: { event: b, within: 30m } }\nsend: { channels: [log] }\n")
        harness.event("ben", #"{"event":"a","properties":{"x":99}}"#)
        harness.flush()
        harness.at(5, "c", #"{"x":2}"#)
        harness.at(10, "c")
        harness.advance(to: 60)
        #expect(harness.dueMinutes == [15] && harness.data == [#"{"x":2}"#], "\(harness.lines)")
    }

    @Test func `an older version's instance takes its own cancellers alone`() {
        func rule(_ absent: String) -> String {
            "id: r\nwhen: { event: a, absent: { event: \(absent), within: 15m } }\nsend: { channels: [log] }\n"
        }
        for (canceller, count) in [("b", 0), ("c", 1)] {
            let harness = EngineHarness(rules: rule("b"))
            harness.at(0, "a")
            harness.use(rule("c"))
            harness.at(5, canceller)
            harness.advance(to: 60)
            #expect(harness.decisions.count == count, "\(canceller): \(harness.lines)")
        }
    }
}
