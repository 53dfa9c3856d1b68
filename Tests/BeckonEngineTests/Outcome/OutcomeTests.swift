import BeckonModel
import Testing

@testable import BeckonEngine

@Suite struct `Outcomes` {
    static let rules = """
        id: cart
        key: [user, properties.cart_id]
        when: { event: add_to_cart, absent: { event: order_completed, within: 15m } }
        goal: { event: order_completed, within: 1h }
        expires: 6h
        send: { channels: [push], template: cart }
        """
    let harness = EngineHarness(rules: rules)

    var converted: [String] { harness.lines(with: #""type":"converted""#) }

    func tell(_ type: String, _ more: String = "", of decision: String? = nil) {
        harness.outcome(#"{"type":"\#(type)","decision":"\#(decision ?? harness.ids.last!)"\#(more)}"#)
        harness.flush()
    }

    /// A cart is left, and a decision written after a quarter of an hour.
    func leaveCart(at minutes: Double = 0) {
        harness.at(minutes, "add_to_cart", #"{"cart_id":"c1"}"#)
        harness.advance(to: minutes + 16)
    }

    func order(at minutes: Double = 30) { harness.at(minutes, "order_completed", #"{"cart_id":"c1"}"#) }

    @Test func `without one, an order recalls the decision and converts it`() {
        leaveCart()
        order()
        #expect(harness.cancels.count == 1 && converted.count == 1)
    }

    @Test(arguments: [("delivered", ""), ("failed", #","class":"unknown","code":"timeout""#)])
    func `of a message that has gone out, or may have: it is not recalled, and converts`(type: String, more: String) {
        leaveCart()
        tell(type, more)
        order()
        #expect(harness.cancels.isEmpty && converted.count == 1)
    }

    @Test(arguments: [
        ("failed", #","class":"refused","code":"410""#), ("failed", ""), ("failed", #","class":["unknown"]"#),
        ("expired", ""), ("recalled", ""), ("skipped", #","reason":"channel""#),
    ])
    func `of a message that has not gone out: it is neither recalled nor converted`(type: String, more: String) {
        leaveCart()
        tell(type, more)
        order()
        #expect(harness.cancels.isEmpty && converted.isEmpty)
    }

    @Test(arguments: [["failed", "delivered"], ["delivered", "failed"], ["skipped", "delivered", "expired"]])
    func `of one decision may be several, as after a replay: what has gone out has gone out`(types: [String]) {
        leaveCart()
        for type in types { tell(type) }
        order()
        #expect(harness.cancels.isEmpty && converted.count == 1)
    }

    @Test func `leave a goal to the newest decision of which a message may have gone out`() {
        leaveCart()
        tell("delivered")
        leaveCart(at: 20)
        #expect(harness.ids.count == 2)
        tell("failed")
        order(at: 40)
        #expect(harness.cancels.isEmpty && converted.count == 1)
        #expect(converted.first?.contains(harness.ids[0]) == true)
    }

    @Test func `do not keep a late canceller from undoing the firing`() {
        harness.at(0, "add_to_cart", #"{"cart_id":"c1"}"#)
        harness.at(12, "add_to_cart", #"{"cart_id":"c1"}"#)
        harness.advance(to: 16)
        tell("delivered")
        // It lies before the second start, at which the instance goes on.
        harness.late(10, "order_completed", #"{"cart_id":"c1"}"#)
        harness.advance(to: 30)
        #expect(harness.dueMinutes == [15, 27])
        #expect(harness.cancels.isEmpty)
    }

    @Test func `come before the events of their step, whatever their time`() {
        leaveCart()
        harness.outcome(#"{"type":"delivered","decision":"\#(harness.ids[0])"}"#, after: 86_400_000)
        harness.outcome(#"{"type":"delivered","decision":"\#(harness.ids[0])"}"#, after: -4_000_000_000_000)
        order(at: 16)
        #expect(harness.cancels.isEmpty && converted.count == 1)
    }

    @Test func `fire no timer, and move no clock`() {
        harness.at(0, "add_to_cart", #"{"cart_id":"c1"}"#)
        harness.outcome(#"{"type":"delivered","decision":"x"}"#, after: 86_400_000)
        harness.flush()
        #expect(harness.decisions.isEmpty)
        #expect(harness.engine.nowMs == harness.wallMs)
    }

    @Test func `of nobody, of no decision and of other types change nothing`() {
        leaveCart()
        let hash = harness.engine.stateHash
        tell("delivered", of: String(repeating: "0", count: 32))
        tell("delivered", of: "no id")
        tell("delivered", of: harness.ids[0].uppercased())
        tell("converted")
        tell("opened")
        harness.outcome(#"{"type":"converted"}"#)
        harness.outcome(#"{"type":"delivered","decision":"\#(harness.ids[0])"}"#, of: "ben")
        harness.flush()
        #expect(harness.engine.stateHash == hash && harness.engine.peopleCount == 1)
        #expect(harness.outcomes[.delivered] == 4 && harness.outcomes[.converted] == 2 && harness.outcomes[.other] == 1)
        order()
        #expect(harness.cancels.count == 1 && converted.count == 1)
    }

    @Test func `that cannot be read are dead letters with a reason, and change nothing`() {
        leaveCart()
        let hash = harness.engine.stateHash
        let id = harness.ids[0]
        let bad: [(String?, DeadLetterReason)] = [
            (nil, .tombstone), ("", .notJSON), ("delivered", .notJSON), ("[]", .notJSON), ("{}", .outcome),
            (#"{"decision":"\#(id)"}"#, .outcome), (#"{"type":7,"decision":"\#(id)"}"#, .outcome),
            (#"{"type":null,"decision":"\#(id)"}"#, .outcome), (#"{"type":"delivered"}"#, .outcome),
            (#"{"type":"failed","decision":null}"#, .outcome), (#"{"type":"skipped","decision":{"id":1}}"#, .outcome),
            (#"{"type":"delivered","decision":"\#(id)"}}"#, .notJSON),
            (#"{"type":"delivered","decision":"\#(id)","x":\#(String(repeating: "[", count: 70))"#, .depth),
            (#"{"type":"delivered","x":"\#(String(repeating: "x", count: 262_144))"}"#, .tooLarge),
        ]
        for (value, reason) in bad {
            let before = harness.deadLetters(reason)
            harness.outcome(value)
            harness.flush()
            #expect(harness.deadLetters(reason) == before + 1, "\(value ?? "none")")
        }
        for key in [nil, "", "a\u{1}"] { harness.outcome(#"{"type":"delivered","decision":"\#(id)"}"#, of: key) }
        harness.flush()
        #expect(harness.deadLetters(.key) == 3)
        #expect(harness.engine.stateHash == hash)
        #expect(harness.lines(with: "deadLetters").count == bad.count + 3)
        #expect(OutcomeType.allCases.allSatisfy { harness.outcomes[$0, default: 0] == 0 })
    }

    @Test func `stand beside the longest key`() {
        let payload = UnsafeMutableRawPointer.allocate(byteCount: 1_024, alignment: 8)
        defer { payload.deallocate() }
        let key = [UInt8](repeating: 107, count: 4 * (InstanceKey.textBytesMax + 1))
        let firing = Firing(firstMs: 1, lastMs: 2, dueMs: 3, ordinal: 15)
        let entry = FiringEntry(record: PersonRecord(payload), entry: 0)
        key.withUnsafeBytes { key in
            firing.write(
                payload + PersonRecord.entryHeaderBytes, key: Bytes(start: key.baseAddress!, count: key.count),
                lastCollect: UnsafeRawBufferPointer(start: nil, count: 0))
        }
        #expect(entry.fate == .open && Array(entry.key.buffer) == key)
        for fate in [DecisionFate.unsent, .sent, .open] {
            entry.fate = fate
            #expect(entry.fate == fate && Array(entry.key.buffer) == key && entry.nextOrdinal == 0)
        }
    }
}
