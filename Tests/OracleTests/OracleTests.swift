import Oracle
import Testing

private let minute: Int64 = 60_000

private func abandonment(movesDue: Bool = false) -> OracleRule {
    var rule = OracleRule(
        id: "cart",
        trigger: .absence(
            start: OracleReference(["add_to_cart"]), absent: OracleReference(["order_completed"]), within: 15 * minute,
            movesDue: movesDue))
    rule.latenessMax = .none
    return rule
}

@Suite struct `Absence` {
    @Test func `fires at start and within when nothing came`() {
        var scene = Scene(abandonment())
        scene.event("add_to_cart", at: 0)
        scene.event("add_to_cart", at: 5)
        scene.advance(to: 14.99)
        scene.advance(to: 15, wall: 16)
        let decision = scene.run().decisions[0]
        #expect(scene.run().dueMinutes == [15])
        #expect(decision.cause == "timer" && decision.decidedAt == Scene.at(16) && decision.eventAt == Scene.at(5))
    }

    @Test func `each start moves the due time with onEach`() {
        var scene = Scene(abandonment(movesDue: true))
        scene.event("add_to_cart", at: 0)
        scene.event("add_to_cart", at: 5)
        scene.advance(to: 30)
        #expect(scene.run().dueMinutes == [20])
    }

    @Test(arguments: [(14.99, 0), (15, 1)])
    func `the timer wins at the due time itself`(canceller: Double, decisions: Int) {
        var scene = Scene(abandonment())
        scene.event("add_to_cart", at: 0)
        scene.event("order_completed", at: canceller)
        scene.advance(to: 30)
        #expect(scene.run().decisions.count == decisions)
    }

    @Test func `a canceller between starts restarts at the last with what it alone brought`() {
        var rule = abandonment()
        rule.collect = [OracleCollected("value", .sum(["properties", "value"]))]
        rule.data = [OracleNamedOperand("value", .instance("value"))]
        var scene = Scene(rule)
        scene.event("add_to_cart", at: 0, #"{"value":10}"#)
        scene.event("add_to_cart", at: 5, #"{"value":20}"#)
        scene.event("order_completed", at: 6, said: 3)
        scene.advance(to: 30)
        #expect(scene.run().dueMinutes == [20])
        #expect(scene.run().decisions[0].data == ["value": "20"])
    }

    @Test func `a late canceller recalls what fired and restarts at the last start`() {
        var rule = abandonment()
        rule.expires = 60 * minute
        var scene = Scene(rule)
        scene.event("add_to_cart", at: 0)
        scene.event("add_to_cart", at: 10)
        scene.advance(to: 16)
        scene.event("order_completed", at: 17, said: 8)
        scene.advance(to: 40)
        let result = scene.run()
        #expect(result.dueMinutes == [15, 25])
        #expect(result.cancels == [OracleCancel(decision: result.decisions[0], cause: "events-2-2")])
    }

    @Test func `an older canceller than the rule allows changes nothing`() {
        var scene = Scene(abandonment())
        scene.event("add_to_cart", at: 0)
        scene.advance(to: 20)
        scene.event("order_completed", at: 20, said: 9.99)
        #expect(scene.run().cancels.isEmpty)
    }

    @Test func `a late start with a canceller behind it does not start`() {
        var scene = Scene(abandonment())
        scene.event("order_completed", at: 5)
        scene.event("add_to_cart", at: 6, said: 5)
        scene.advance(to: 60)
        #expect(scene.run().decisions.isEmpty)
    }

    @Test func `a missing key part cancels every cart`() {
        var rule = abandonment()
        rule.key = [["properties", "cart_id"]]
        var scene = Scene(rule)
        scene.event("add_to_cart", at: 0, #"{"cart_id":"a"}"#)
        scene.event("add_to_cart", at: 1, #"{"cart_id":1}"#)
        scene.event("order_completed", at: 2, #"{"cart_id":"1"}"#)
        scene.advance(to: 60)
        #expect(scene.run().decisions.map(\.key) == [["a"]])
        scene = Scene(rule)
        scene.event("add_to_cart", at: 0, #"{"cart_id":"a"}"#)
        scene.event("add_to_cart", at: 1, #"{"cart_id":"b"}"#)
        scene.event("purchase", at: 2)
        scene.advance(to: 60)
        #expect(scene.run().decisions.isEmpty)
    }

    @Test func `her own event fires her timer before it applies, inside one step`() {
        var scene = Scene(abandonment())
        scene.event("add_to_cart", at: 0)
        scene.event("login", at: 15)
        scene.event("order_completed", at: 16, said: 14)
        scene.joinSteps()
        #expect(scene.run().dueMinutes == [15])
        #expect(scene.run().cancels.count == 1)
    }

    @Test func `the 26th cart ends the one that started first`() {
        var rule = abandonment()
        rule.key = [["properties", "cart_id"]]
        var scene = Scene(rule)
        for cart in 0..<26 { scene.event("add_to_cart", at: Double(cart) / 10, #"{"cart_id":\#(cart)}"#) }
        let suppression = scene.run().suppressions[0]
        #expect(suppression.reason == .instanceLimit && suppression.key == ["0"])
    }
}

@Suite struct `Event trigger` {
    private var rule: OracleRule {
        var rule = OracleRule(id: "order", trigger: .event(OracleReference(["order_completed"])))
        rule.goal = OracleGoal(OracleReference(["login"]), within: 10 * minute)
        return rule
    }

    @Test func `fires at once and names its cause`() {
        var scene = Scene(rule)
        scene.event("purchase", at: 1)
        let decision = scene.run().decisions[0]
        #expect(decision.cause == "events-2-0" && decision.expiresAt == Scene.at(1 + 24 * 60))
    }

    @Test(arguments: [(OracleReentry.once, 1), (.after(5 * minute), 2), (.always, 3)])
    func `reentry is counted from firing`(reentry: OracleReentry, decisions: Int) {
        var rule = rule
        rule.reentry = reentry
        var scene = Scene(rule)
        scene.event("purchase", at: 0)
        scene.event("purchase", at: 4.99)
        scene.event("purchase", at: 5)
        #expect(scene.run().decisions.count == decisions)
        #expect(scene.run().suppressions.count == 3 - decisions)
    }

    @Test func `the goal recalls and converts, once`() {
        var scene = Scene(rule)
        scene.event("purchase", at: 0)
        scene.event("login", at: 9.99)
        scene.event("login", at: 9.99)
        #expect(scene.run().conversions.count == 1)
        #expect(scene.run().cancels.count == 1)
    }

    @Test func `the goal is too late at its end, and so is the recall of what expired`() {
        var rule = rule
        rule.expires = 10 * minute
        var scene = Scene(rule)
        scene.event("purchase", at: 0)
        scene.event("login", at: 10)
        #expect(scene.run().conversions.isEmpty && scene.run().cancels.isEmpty)
    }

    @Test func `a stale due time is suppressed before the condition is asked`() {
        var rule = rule
        rule.condition = .compare(.property(["properties", "total"]), .greater, .double(50))
        rule.latenessMax = .milliseconds(minute)
        var scene = Scene(rule)
        scene.event("purchase", at: 0, #"{"revenue":60}"#)
        scene.event("purchase", at: 0, #"{"total":"60"}"#)
        scene.event("purchase", at: 9, said: 5, #"{"revenue":60}"#)
        #expect(scene.run().decisions.count == 1)
        #expect(scene.run().suppressions.map(\.reason) == [.condition, .late])
    }
}

@Suite struct `Inactivity` {
    private var rule: OracleRule { OracleRule(id: "gone", trigger: .inactivity(length: 10 * minute, events: nil)) }

    @Test func `fires once a silence, and servers break none`() {
        var scene = Scene(rule)
        scene.event("login", at: 0)
        scene.value(#"{"event":"login","context":{"channel":"server"}}"#, at: 5)
        scene.value(#"{"type":"identify"}"#, at: 6)
        scene.advance(to: 10)
        scene.advance(to: 30)
        scene.event("login", at: 31)
        scene.advance(to: 60)
        #expect(scene.run().dueMinutes == [10, 41])
    }

    @Test func `a late own event recalls it and starts the silence anew`() {
        var scene = Scene(rule)
        scene.event("login", at: 0)
        scene.advance(to: 10)
        scene.event("login", at: 12, said: 7)
        scene.advance(to: 60)
        #expect(scene.run().dueMinutes == [10, 17])
        #expect(scene.run().cancels.count == 1)
    }
}

@Suite struct `Folds` {
    private func decide(_ fold: OracleFold, _ events: (inout Scene) -> Void) -> String? {
        var rule = OracleRule(id: "now", trigger: .event(OracleReference(["login"])))
        rule.data = [OracleNamedOperand("fold", .fold("fold"))]
        var scene = Scene(rule, folds: [fold])
        events(&scene)
        scene.event("login", at: 20)
        return scene.run().decisions[0].data["fold"]
    }

    private let orders = OracleReference(["order_completed"])

    @Test func `a window is open at its far end`() {
        let count = OracleFold("fold", .count, of: orders, within: 10 * minute)
        #expect(
            decide(count) {
                $0.event("purchase", at: 10)
                $0.event("purchase", at: 10.01)
            } == "1")
    }

    @Test func `sums are decimals, rounded half-even`() {
        let sum = OracleFold("fold", .sum(["properties", "total"]), of: orders)
        let totals = ["0.1", "0.2", "0.0000005", "0.0000015", "\"9\"", "9000000000001", "1e-2"]
        let text = decide(sum) { scene in
            for total in totals { scene.event("purchase", at: 1, #"{"total":\#(total)}"#) }
        }
        #expect(text == "0.310002")
    }

    @Test func `since empties, and what is not newer no longer counts`() {
        let count = OracleFold("fold", .count, of: orders, since: OracleReference(["add_to_cart"]))
        let text = decide(count) { scene in
            scene.event("purchase", at: 1)
            scene.event("add_to_cart", at: 5)
            scene.event("purchase", at: 6, said: 5)
            scene.event("purchase", at: 6)
        }
        #expect(text == "1")
    }

    @Test func `last keeps the newest by time`() {
        let last = OracleFold("fold", .last(["properties", "step"]), of: orders)
        let text = decide(last) { scene in
            scene.event("purchase", at: 5, #"{"step":"b"}"#)
            scene.event("purchase", at: 6, said: 4, #"{"step":"a"}"#)
            scene.event("purchase", at: 7, #"{"step":null}"#)
        }
        #expect(text == "\"b\"")
        #expect(decide(last) { _ in } == "null")
    }
}

@Suite struct `Steps` {
    private func twoPeople(_ cutOff: OracleCutOff) -> OracleResult {
        var scene = Scene(abandonment())
        scene.event("add_to_cart", at: 0, person: "ben")
        scene.event("add_to_cart", at: 0, person: "ann")
        scene.advance(to: 15, cutOff: cutOff)
        return scene.run()
    }

    @Test func `a cut-off leaves the rest waiting`() {
        #expect(twoPeople(.none).decisions.map(\.person) == ["ann", "ben"])
        let cutOff = OracleCutOff.through(due: Scene.at(15), person: Array("ann".utf8), timersFired: 1)
        #expect(twoPeople(cutOff).decisions.map(\.person) == ["ann"])
        #expect(twoPeople(.budget(1)).cutOffs == [2: cutOff])
    }

    @Test func `heads merge by time over topics`() {
        var rule = abandonment()
        rule.allow = 0
        let start = Scene.start
        let carts = OracleTopic(
            name: "carts", partition: 0, records: [OracleRecord(0, at: start + 1, "ann", #"{"event":"add_to_cart"}"#)])
        let orders = OracleTopic(
            name: "orders", partition: 0, records: [OracleRecord(0, at: start, "ann", #"{"event":"purchase"}"#)])
        let ranges = [OracleRange(topic: 0, from: 0, to: 1), OracleRange(topic: 1, from: 0, to: 1)]
        let steps = [
            OracleStep(seq: 1, now: start + 1, wall: start + 1, ranges: ranges),
            OracleStep(seq: 2, now: start + 15 * minute + 1, wall: start + 15 * minute + 1),
        ]
        let result = Oracle(rules: [rule], folds: []).run(OracleInput(topics: [carts, orders], steps: steps))
        #expect(result.decisions.count == 1 && result.cancels.isEmpty)
    }
}

@Suite struct `Dead letters` {
    @Test(
        arguments: [
            ("{", .notJSON), (nil, .tombstone), ("[]", .notJSON), ("{}", .name), (#"{"event":"a"}x"#, .notJSON),
            (#"{"event":"a","timestamp":"soon"}"#, .timestamp), (#"{"event":"a","timestamp":5}"#, .timestampRange),
            (#"{"event":"login","properties":{"x":1e999}}"#, .number),
            (
                #"{"event":"a","x":"# + String(repeating: "[", count: 64) + String(repeating: "]", count: 64) + "}",
                .depth
            ),
            (#"{"event":"\#(String(repeating: "a", count: 262_144))"}"#, .tooLarge),
        ] as [(String?, OracleDeadLetter.Reason)])
    func `say why`(value: String?, reason: OracleDeadLetter.Reason) {
        var rule = OracleRule(id: "a", trigger: .event(OracleReference(["login"])))
        rule.condition = .compare(.property(["properties", "x"]), .greater, .double(1))
        var scene = Scene(rule)
        scene.value(value, at: 0)
        #expect(scene.run().deadLetters.map(\.reason) == [reason])
    }

    @Test func `a record needs a person and a plausible time`() {
        var scene = Scene(OracleRule(id: "a", trigger: .event(OracleReference(["login"]))))
        scene.value(#"{"event":"login"}"#, at: 0, person: nil)
        scene.value(#"{"event":"login"}"#, at: -30_000_000, person: "ann")
        #expect(scene.run().deadLetters.map(\.reason) == [.key, .timestampRange])
    }
}
