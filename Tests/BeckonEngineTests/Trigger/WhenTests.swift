import BeckonEngine
import Testing

/// The sentences of "When" that hold for every trigger, and those of the triggers that were there first.
@Suite struct `When` {
    private func harness(_ when: String, _ more: String = "") -> EngineHarness {
        EngineHarness(rules: "id: r\nwhen: { \(when) }\n\(more)\nsend: { channels: [push], template: t }\n")
    }

    private let left = "event: add_to_cart, absent: { event: order_completed, within: 15m }"
    private let leftOnEach = "event: add_to_cart, absent: { event: order_completed, within: 15m, reset: onEach }"

    // MARK: triggers

    @Test func `event fires at once`() {
        let harness = harness("event: [a, b], where: 'properties.x == 1'", "data: { name: event.name }")
        harness.at(0, "a", #"{"x":1}"#)
        harness.at(1, "b", #"{"x":2}"#)
        harness.at(2, "b", #"{"x":1}"#)
        #expect(harness.dueMinutes == [0, 2] && harness.data == [#"{"name":"a"}"#, #"{"name":"b"}"#])
    }

    @Test func `absent fires at start and within, when none of the absent events came`() {
        let harness = harness("event: a, absent: { event: [b, c], within: 15m }")
        harness.at(0, "a")
        harness.at(20, "a")
        harness.at(30, "c")
        harness.advance(to: 60)
        #expect(harness.dueMinutes == [15])
        #expect(harness.decisions[0].contains(#""cause":"timer""#))
    }

    @Test func `reset onEach moves the due time with each start, never keeps the first`() {
        for (when, due) in [(leftOnEach, 25.0), (left, 15.0)] {
            let harness = harness(when)
            harness.at(0, "add_to_cart")
            harness.at(10, "add_to_cart")
            harness.advance(to: 26)
            #expect(harness.dueMinutes == [due])
        }
    }

    @Test func `inactive fires at the newest own event and for, once a silence`() {
        let harness = harness("inactive: { for: 10m }")
        harness.at(0, "a")
        harness.at(5, "b")
        harness.advance(to: 60)
        #expect(harness.dueMinutes == [15])
        harness.at(60, "a")
        harness.advance(to: 100)
        #expect(harness.dueMinutes == [15, 70])
    }

    @Test func `an event of a server is not own, and events replaces own`() {
        let own = harness("inactive: { for: 10m }")
        own.at(0, "a")
        own.at(5, "b", context: #"{"channel":"server"}"#)
        own.advance(to: 60)
        #expect(own.dueMinutes == [10])
        let named = harness("inactive: { for: 10m, events: b }")
        named.at(0, "a")
        named.at(5, "b", context: #"{"channel":"server"}"#)
        named.advance(to: 60)
        #expect(named.dueMinutes == [15])
    }

    @Test func `the due time includes the instant itself`() {
        let harness = harness("inactive: { for: 10m }")
        harness.at(0, "a")
        harness.at(10, "b")
        #expect(harness.dueMinutes == [10])
    }

    // MARK: key

    @Test func `user is the key by default`() {
        let harness = harness(left)
        harness.at(0, "add_to_cart", #"{"cart_id":"1"}"#)
        harness.at(1, "add_to_cart", #"{"cart_id":"2"}"#)
        harness.advance(to: 30)
        #expect(harness.dueMinutes == [15])
        #expect(harness.decisions[0].contains(#""key":{}"#))
    }

    @Test func `a part missing on either side matches anything`() {
        let harness = harness(left, "key: [user, properties.cart_id, properties.shop]")
        harness.at(0, "add_to_cart", #"{"cart_id":"1","shop":"s"}"#)
        harness.at(0, "add_to_cart", #"{"cart_id":"2","shop":"s"}"#)
        harness.at(0, "add_to_cart", #"{"shop":"t"}"#)
        harness.at(1, "order_completed", #"{"cart_id":"2"}"#)
        harness.advance(to: 30)
        #expect(harness.decisions.count == 1)
        #expect(harness.decisions[0].contains(#""key":{"cart_id":"1","shop":"s"}"#))
    }

    @Test func `parts compare as text`() {
        let harness = harness(left, "key: [user, properties.cart_id]")
        harness.at(0, "add_to_cart", #"{"cart_id":1}"#)
        harness.at(0, "add_to_cart", #"{"cart_id":1.0}"#)
        harness.at(0, "add_to_cart", #"{"cart_id":true}"#)
        harness.at(1, "order_completed", #"{"cart_id":"1"}"#)
        harness.at(1, "order_completed", #"{"cart_id":"true"}"#)
        harness.advance(to: 30)
        #expect(harness.decisions.count == 1 && harness.decisions[0].contains(#""cart_id":"1.0""#))
    }

    // MARK: absence, exactly

    @Test(arguments: [(-0.001, 1), (0, 0), (14.999, 0), (15, 1)])
    func `a canceller counts from the start to before the due time, where the timer wins`(
        minute: Double, decisions: Int
    ) {
        let harness = harness(left)
        harness.at(0, "add_to_cart")
        if minute < 0 { harness.late(minute, "order_completed") } else { harness.at(minute, "order_completed") }
        harness.advance(to: 30)
        #expect(harness.decisions.count == decisions)
    }

    @Test func `a canceller older than the last start restarts the instance with what that start brought`() {
        let harness = harness(
            leftOnEach, "collect: { n: count(), x: last(properties.x) }\ndata: { n: instance.n, x: instance.x }")
        harness.at(0, "add_to_cart", #"{"x":"first"}"#)
        harness.at(5, "add_to_cart", #"{"x":"last"}"#)
        harness.late(3, "order_completed")
        harness.advance(to: 30)
        #expect(harness.dueMinutes == [20] && harness.data == [#"{"n":1,"x":"last"}"#])
    }

    @Test func `a late start with a canceller behind it does not start`() {
        let harness = harness(left)
        harness.at(5, "order_completed")
        harness.late(3, "add_to_cart")
        harness.late(5, "add_to_cart")
        harness.advance(to: 30)
        #expect(harness.lines == [])
        harness.late(29, "add_to_cart")
        harness.advance(to: 60)
        #expect(harness.dueMinutes == [44])
    }

    // MARK: within one event

    @Test func `own timers come before folds`() {
        let harness = EngineHarness(
            rules: """
                folds: { orders: { count: order_completed } }
                ---
                id: r
                when: { event: add_to_cart, absent: { event: checkout_initiated, within: 15m } }
                data: { orders: orders }
                send: { channels: [push], template: t }
                """)
        harness.event("ann", #"{"event":"add_to_cart"}"#)
        harness.advance(0)
        harness.event("ann", #"{"event":"order_completed"}"#, at: harness.wallMs + 900_000)
        harness.flushLater(900_000)
        #expect(harness.data == [#"{"orders":0}"#])
    }

    @Test func `folds come before starts, and cancellers before starts`() {
        let harness = EngineHarness(
            rules: """
                folds: { n: { count: a } }
                ---
                id: a-at-once
                when: { event: a }
                if: n == 1
                data: { n: n }
                send: { channels: [push], template: t }
                ---
                id: b-left
                when: { event: a, absent: { event: a, within: 5m } }
                send: { channels: [push], template: t }
                """)
        harness.at(0, "a")
        harness.advance(to: 10)
        #expect(harness.data.first == #"{"n":1}"#)
        #expect(harness.dueMinutes == [0], "what cancels at an instant does not start at it")
    }

    @Test func `rules act in the order of their ids' bytes`() {
        let rules = ["b", "a10", "a2", "B"].map { id in
            "id: \(id.lowercased() == id ? id : "0")\nwhen: { event: x }\nsend: { channels: [push], template: t }\n"
        }
        let harness = EngineHarness(rules: rules.joined(separator: "---\n"))
        harness.at(0, "x")
        let ids = harness.decisions.map { $0.split(separator: #""rule":""#)[1].prefix { $0 != "\"" } }
        #expect(ids == ["0", "a10", "a2", "b"])
    }

    // MARK: instances

    @Test func `collect is gone with the instance`() {
        let harness = harness(left, "collect: { value: sum(properties.value) }\ndata: { value: instance.value }")
        harness.at(0, "add_to_cart", #"{"value":10}"#)
        harness.at(1, "add_to_cart", #"{"value":5}"#)
        harness.advance(to: 20)
        harness.at(20, "add_to_cart", #"{"value":1}"#)
        harness.advance(to: 50)
        #expect(harness.data == [#"{"value":15}"#, #"{"value":1}"#])
    }

    @Test func `an instance ends when it fires, is cancelled, or its if is false`() {
        let harness = harness(left, "collect: { go: last(properties.go) }\nif: instance.go == true")
        for (minute, go) in [(0.0, "true"), (20, "false"), (40, "true")] {
            harness.at(minute, "add_to_cart", #"{"go":\#(go)}"#)
            if minute == 40 { harness.at(41, "order_completed") }
            harness.advance(to: minute + 18)
        }
        #expect(harness.dueMinutes == [15])
        #expect(harness.lines(with: #""reason":"condition""#).count == 1)
        harness.at(60, "add_to_cart", #"{"go":true}"#)
        harness.advance(to: 80)
        #expect(harness.dueMinutes == [15, 75])
    }

    @Test func `exit ends an instance and recalls what is written, by default the absent events and the goal`() {
        let harness = harness(left, "goal: { event: g, within: 1h }")
        harness.at(0, "add_to_cart")
        harness.at(1, "g")
        harness.advance(to: 20)
        #expect(harness.lines == [])
        harness.at(20, "add_to_cart")
        harness.advance(to: 40)
        harness.at(40, "order_completed")
        #expect(harness.cancels.count == 1)
        harness.at(50, "add_to_cart")
        harness.advance(to: 70)
        harness.at(70, "g")
        #expect(harness.cancels.count == 2)
    }

    // MARK: reentry, late, maxLateness, expires

    @Test func `reentry is counted from firing, and only by what was decided`() {
        let harness = harness("event: a", "if: properties.go == true\nreentry: { after: 10m }")
        harness.at(0, "a", #"{"go":false}"#)
        harness.at(1, "a", #"{"go":true}"#)
        harness.at(10.999, "a", #"{"go":true}"#)
        harness.at(11, "a", #"{"go":true}"#)
        #expect(harness.dueMinutes == [1, 11])
        #expect(harness.lines(with: #""reason":"reentry""#).count == 1, "a forbidden start is lost")
    }

    @Test func `reentry once is per key`() {
        let harness = harness("event: a", "key: [user, properties.k]\nreentry: once")
        for key in ["1", "2", "1"] { harness.at(0, "a", #"{"k":\#(key)}"#) }
        #expect(harness.decisions.count == 2)
    }

    @Test func `wait delays the judgement, and the person's own later event ends it`() {
        let waiting = harness(left, "late: { wait: 30s }")
        waiting.at(0, "add_to_cart")
        waiting.advance(to: 15.4)
        #expect(waiting.lines == [])
        waiting.advance(to: 15.5)
        #expect(waiting.dueMinutes == [15])
        let ended = harness(left, "late: { wait: 30s }")
        ended.at(0, "add_to_cart")
        ended.at(15.1, "x")
        #expect(ended.dueMinutes == [15])
    }

    @Test func `an event up to allow behind acts at its own time, an older one changes folds only`() {
        let harness = EngineHarness(
            rules: """
                folds: { orders: { count: order_completed } }
                ---
                id: ask
                when: { event: ask }
                data: { orders: orders }
                send: { channels: [push], template: t }
                ---
                id: left
                when: { event: add_to_cart, absent: { event: order_completed, within: 5m } }
                late: { allow: 10m }
                send: { channels: [push], template: t }
                """)
        harness.at(0, "add_to_cart")
        harness.at(14.001, "x")
        harness.late(4, "order_completed")
        #expect(harness.cancels.isEmpty, "more than ten minutes behind")
        harness.late(4.001, "order_completed")
        #expect(harness.cancels.count == 1)
        harness.at(15, "ask")
        #expect(harness.data.last == #"{"orders":2}"#)
    }

    @Test func `a late start never moves a due time back`() {
        let harness = harness(leftOnEach)
        harness.at(5, "add_to_cart")
        harness.late(2, "add_to_cart")
        harness.advance(to: 30)
        #expect(harness.dueMinutes == [20])
    }

    @Test func `maxLateness suppresses what fires later than that, none does not`() {
        for (more, count) in [("", 0), ("maxLateness: none", 1)] {
            let harness = harness(left, more)
            harness.at(0, "add_to_cart")
            harness.advance(to: 15 + 60.001)
            #expect(harness.decisions.count == count)
            #expect(harness.lines(with: #""reason":"late""#).count == 1 - count)
        }
    }

    @Test func `expires counts from the due time`() {
        let harness = harness(left, "expires: 6h")
        harness.at(0, "add_to_cart")
        harness.advance(to: 20)
        #expect(harness.decisions[0].contains(#""dueAt":"2023-11-14T22:28:20.000Z""#))
        #expect(harness.decisions[0].contains(#""expiresAt":"2023-11-15T04:28:20.000Z""#))
    }
}
