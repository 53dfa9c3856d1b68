import Foundation
import Testing

@testable import BeckonModel

/// Time is what this thread has computed: what else the machine does is not counted.
@Suite(.serialized) struct `Large rule sets` {
    /// Rules of one event, folds and events of their own, and every tenth of another trigger.
    private static func text(rules count: Int) -> String {
        (0..<count).map { id in
            let when =
                id % 10 == 0
                ? "{ count: { event: own_\(id), where: 'properties.n > 5', atLeast: 3, per: week, not: order_completed } }"
                : "{ event: add_to_cart, absent: { event: [checkout_initiated, own_\(id)], within: 15m, reset: onEach } }"
            return """
                ---
                events: { own_\(id): { properties: { n: number, name: string } } }
                folds: { fold_\(id): { sum: properties.n, of: own_\(id), within: 30d } }
                ---
                id: cart-\(id)
                key: [user, properties.\(id % 10 == 0 ? "name" : "cart_id")]
                when: \(when)
                if: fold_\(id) > 50.0 && idle("login") > duration("72h")
                data: { value: fold_\(id) }
                goal: { event: order_completed, within: 72h }
                send: { channels: [push, email], template: cart-reminder }

                """
        }.joined()
    }

    /// The least of three.
    private static func seconds(rules count: Int) -> Double {
        let text = text(rules: count)
        return (0..<3).map { _ in
            let before = threadSeconds()
            let reading = read(text)
            #expect(reading.ruleSet?.rules.count == count && reading.warnings == [], "\(reading.diagnostics.prefix(3))")
            return threadSeconds() - before
        }.min()!
    }

    private static func threadSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    @Test func `a thousand rules are checked in under two seconds, in ten times the time of a hundred`() {
        let (hundred, thousand) = (Self.seconds(rules: 100), Self.seconds(rules: 1_000))
        #expect(thousand < 2)
        // What grows with the square would take a hundred times as long.
        #expect(thousand < 25 * hundred, "\(hundred) s, \(thousand) s")
    }
}
