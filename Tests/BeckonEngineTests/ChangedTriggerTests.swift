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
}
