import BeckonModel
import Testing

@Suite struct `Refusing rules` {
    @Test func `gives all errors at once, in the order of the lines`() {
        let text = """
            id: Cart
            when: { evnt: add_to_cart, absent: { event: a, within: 15 } }
            iff: orders > 3
            send: { channels: preferred }
            ---
            id: b
            when: { event: x, where: 'propertis.price > 1 && ordrs > 2' }
            send: { channels: [email], template: t }
            data: { total: properties.total * 2, n: orders.count }
            ---
            folds: { orders: { count: order_completed }, now: { count: a } }
            """
        #expect(
            problems(text) == [
                "1:5: an id is 1 to 64 of a-z, 0-9, `.`, `_` and `-`, the first a letter or digit, not `Cart`",
                "2:9: `when` has no field `evnt`; did you mean `event`?",
                "2:28: `absent` needs `event` beside it: what starts the wait",
                "2:56: `15` is not a duration, such as 15m, 48h, 7d, 1.5h or PT15M: its unit is missing",
                "3:1: a rule has no field `iff`; did you mean `if`?",
                "4:19: `preferred` is not yet known to this version: list the channels, as in [push, email]",
                "7:27: `propertis` is no variable and no fold; did you mean `properties`?",
                "7:50: `ordrs` is no variable and no fold; did you mean `orders`?",
                "9:33: `*` cannot take a value from JSON and an int: JSON numbers are doubles, write 2.0",
                "9:48: the fold `orders` is one value and has no `count`",
                "11:46: a fold cannot be called `now`: expressions have that word already",
            ])
    }

    @Test(arguments: [
        "coupon", "experiment", "caps", "tags", "group", "priority", "holdout", "maxHold", "stage",
    ])
    func `names what rules of later versions have`(field: String) {
        #expect(problems(ruleText("\(field): x")) == ["4:1: `\(field)` is not yet known to this version"])
    }

    @Test(arguments: ["declining", "segment", "date", "schedule"])
    func `names the triggers of later versions`(trigger: String) {
        #expect(problems(ruleText(when: "{ \(trigger): x }")) == ["2:9: `\(trigger)` is not yet known to this version"])
    }

    @Test(arguments: ["segments", "coupons"])
    func `names the definitions of later versions`(field: String) {
        #expect(problems("\(field): {}") == ["1:1: `\(field)` is not yet known to this version"])
    }

    @Test(arguments: ["fallback", "quietHours", "at", "to"])
    func `names what send of later versions has`(field: String) {
        let text = "id: r\nwhen: { event: x }\nsend: { channels: [email], \(field): x }"
        #expect(problems(text) == ["3:28: `\(field)` is not yet known to this version"])
    }

    @Test(arguments: ["zone", "caps", "quietHours", "holdout", "groups", "consent", "defaults"])
    func `names what a policy of later versions has`(field: String) {
        #expect(problems("policy: { \(field): x }") == ["1:11: `\(field)` is not yet known to this version"])
    }

    @Test(arguments: [
        (
            "policy: { defaultZone: Europe/Berln }",
            "1:24: `defaultZone` is the name of a time zone, such as Europe/Berlin, not `Europe/Berln`; did you mean "
                + "`Europe/Berlin`?"
        ),
        (
            "policy: { defaultZone: 5 }",
            "1:24: `defaultZone` is the name of a time zone, such as Europe/Berlin, not `5`"
        ),
        ("policy: 5", "1:9: `policy` is a mapping with `defaultZone`, not `5`"),
        ("policy: { defaultZon: UTC }", "1:11: `policy` has no field `defaultZon`; did you mean `defaultZone`?"),
        (
            "policy: { defaultZone: UTC }\n---\npolicy: { defaultZone: UTC }",
            "3:24: a `defaultZone` is already at shop.yaml:1"
        ),
    ])
    func `says what is wrong with a policy`(text: String, problem: String) {
        #expect(problems(text) == [problem])
    }

    @Test(arguments: [
        ("when: {}", "4:7: `when` names one trigger: event, event with absent, sequence, count, total or inactive"),
        (
            "when: x",
            "4:7: `when` is a mapping with `event`, `where`, `absent`, `inactive`, `sequence`, `within`, `not`, "
                + "`count` and `total`, not `x`"
        ),
        ("when: { where: 'true' }", "4:9: `where` needs `event` beside it"),
        ("when: { event: x, inactive: { for: 1d } }", "4:9: `inactive` stands alone: `when` has exactly one trigger"),
        ("when: { inactive: {} }", "4:19: `inactive` needs `for`"),
        ("when: { event: x, absent: { within: 1h } }", "4:27: `absent` needs `event`"),
        ("when: { event: x, absent: { event: y } }", "4:27: `absent` needs `within`"),
        ("when: { event: x, absent: { event: y, within: 0s } }", "4:47: `within` is longer than nothing"),
        (
            "when: { event: x, absent: { event: y, within: 1h, reset: onEch } }",
            "4:58: `reset` is `never` or `onEach`, not `onEch`; did you mean `onEach`?"
        ),
        ("when: { event: [] }", "4:16: `event` lists 1 to 64 events"),
        (
            "when: { event: { event: x } }",
            "4:16: `event` is the name of an event, a list of names, or {event: …, where: …}, not a mapping"
        ),
        (
            "when: { event: 5 }",
            "4:16: `event` is the name of an event, a list of names, or {event: …, where: …}, not `5`"
        ),
    ])
    func `says what a trigger needs`(line: String, problem: String) {
        #expect(problems("id: r\nclass: ui\nsend: { channels: [email] }\n\(line)\n") == [problem])
    }

    @Test(arguments: [
        (
            "key: [properties.a]",
            "4:6: `key` is a list that starts with user, then up to 4 paths, as in [user, properties.cart_id]"
        ),
        (
            "key: [user, cart]",
            "4:13: a part of `key` is the path of a property, such as properties.price or event.context.channel"
        ),
        ("key: [user, properties.a, properties.a]", "4:27: this part of `key` is there twice"),
        (
            "key: [user, properties.a, properties.b, properties.c, properties.d, properties.e]",
            "4:6: `key` is a list that starts with user, then up to 4 paths, as in [user, properties.cart_id]"
        ),
        ("if: orders", "4:5: `orders` is no variable and no fold; a text needs quotes of its own: '\"orders\"'"),
        ("if: '5 + 1'", "4:6: a condition is true or false, and this is an int"),
        ("if:", "4:4: `if` is a CEL expression, not nothing"),
        ("if: [a]", "4:5: `if` is a CEL expression, not a list"),
        ("if: properties.a = 1", "4:18: write == to compare"),
        ("if: \"\\\"a\\\" == b\"", "4:15: `b` is no variable and no fold; a text needs quotes of its own: '\"b\"'"),
        ("if: '''a'' == b'", "4:15: `b` is no variable and no fold; a text needs quotes of its own: '\"b\"'"),
        ("if: |\n  true &&\n  b", "6:3: `b` is no variable and no fold; a text needs quotes of its own: '\"b\"'"),
        ("if: >\n  true &&\n  b", "4:5: `b` is no variable and no fold; a text needs quotes of its own: '\"b\"'"),
        (
            "data: { 'a b': '1' }",
            "4:9: a field of `data` is called by a word of letters, digits and _, at most 64 long, not `a b`"
        ),
        ("data: x", "4:7: `data` is a mapping of at most 64 fields to CEL expressions"),
        (
            "collect: { a: mean(properties.x) }",
            "4:15: a field of `collect` is count(), sum(properties.value), or the same with min, max, avg, first, last, distinct"
        ),
        (
            "collect: { a: smu(properties.x) }",
            "4:15: a field of `collect` is count(), sum(properties.value), or the same with min, max, avg, first, last, distinct; did you mean `sum`?"
        ),
        (
            "collect: { a: sum(x) }",
            "4:19: what `sum` takes is the path of a property, such as properties.price or event.context.channel"
        ),
        (
            "collect: { a: 1 }",
            "4:15: a field of `collect` is count(), sum(properties.value), or the same with min, max, avg, first, last, distinct"
        ),
        ("goal: { event: x }", "4:7: `goal` needs `within`"),
        ("reentry: never", "4:10: `reentry`, unless it is {after: 24h}, is `always` or `once`, not `never`"),
        ("reentry: {}", "4:10: `reentry` needs `after`"),
        ("expires: 0m", "4:10: `expires` is longer than nothing"),
        ("expires: 3661d", "4:10: `3661d` is longer than 3660 days"),
        ("expires: 1.0001s", "4:10: `1.0001s` is finer than a millisecond"),
        ("expires: -5m", "4:10: `-5m` is not a duration, such as 15m, 48h, 7d, 1.5h or PT15M: it cannot be negative"),
        ("expires: 2w", "4:10: `2w` is not a duration, such as 15m, 48h, 7d, 1.5h or PT15M: write weeks as days"),
        ("expires: [1m]", "4:10: `expires` is a duration, such as 15m, 48h, 7d, 1.5h or PT15M, not a list"),
        ("late: { wait: 61s }", "4:15: `wait` is at most 1m"),
        ("late: { alow: 1m }", "4:9: `late` has no field `alow`; did you mean `allow`?"),
        ("maxLateness: nne", "4:14: `nne` is not a duration, such as 15m, 48h, 7d, 1.5h or PT15M"),
        ("class: UI", "4:8: `class` is `marketing`, `transactional` or `ui`, not `UI`; did you mean `ui`?"),
        ("folds: {}", "4:1: `folds` stands in a document of its own, apart from rules (---)"),
        (
            "zzzzzz: 1\nclass: ui",
            "4:1: a rule has no field `zzzzzz`; it has `id`, `key`, `when`, `if`, `data`, `collect`, `exit`, `goal`, `reentry`, `expires`, `late`, `maxLateness`, `class`, `send` and `tests`"
        ),
        (
            "exit: { event: x, where: y }",
            "4:26: `y` is no variable and no fold; a text needs quotes of its own: '\"y\"'"
        ),
    ])
    func `says what a field needs`(line: String, problem: String) {
        #expect(problems(ruleText(line)) == [problem])
    }

    @Test(arguments: [
        ("{ channels: [] }", "`channels` is a list of 1 to 8 channels, as in [push, email], not a list"),
        ("{ channels: email }", "`channels` is a list of 1 to 8 channels, as in [push, email], not `email`"),
        ("{ channels: [email, email] }", "the channel `email` is there twice"),
        ("{ channels: ['a b'] }", "a channel is a name of at most 64 letters, digits, - _ and dots, not `a b`"),
        ("{ channels: [email], template: t, message: {} }", "`send` has either `template` or `message`"),
        ("{ channels: [email], message: hello }", "`message` is a mapping, not `hello`"),
        ("{ channels: [email], message: { a: .nan } }", "JSON has no number `.nan`"),
        ("{ template: t }", "`send` needs `channels`"),
    ])
    func `says what send needs`(send: String, problem: String) {
        let messages = read("id: r\nwhen: { event: x }\nsend: \(send)").diagnostics.map(\.message)
        #expect(messages == [problem])
    }

    @Test(arguments: [
        ("{ count: x, of: y }", "`count` names its events itself; leave `of` away"),
        (
            "{ count: x, sum: properties.a }",
            "a fold is one of: count: EVENT, or sum, min, max, avg, first, last or distinct: PATH with of: EVENT; or items"
        ),
        (
            "{}",
            "a fold is one of: count: EVENT, or sum, min, max, avg, first, last or distinct: PATH with of: EVENT; or items"
        ),
        ("{ sum: properties.a }", "`sum` needs `of`: the events that bring the property"),
        ("{ last: a, of: x }", "`last` is the path of a property, such as properties.price or event.context.channel"),
        ("{ count: x, within: 1h, since: y }", "a fold has one of `within`, `per` and `since`"),
        ("{ count: x, per: day, since: y }", "a fold has one of `within`, `per` and `since`"),
        ("{ count: x, within: 1h, per: day }", "a fold has one of `within`, `per` and `since`"),
        ("{ count: x, per: days }", "`per` is `day`, `week` or `month`, not `days`"),
        ("{ count: x, within: soon }", "`soon` is not a duration, such as 15m, 48h, 7d, 1.5h or PT15M"),
        (
            "5",
            "a fold is a mapping with `count`, `sum`, `min`, `max`, `avg`, `first`, `last`, `distinct`, `of`, `within`, `per`, `since`, "
                + "`items`, `key`, `value` and `clear`, not `5`"
        ),
    ])
    func `says what a fold needs`(fold: String, problem: String) {
        #expect(read("folds: { f: \(fold) }").diagnostics.map(\.message) == [problem])
    }

    @Test(arguments: ["event", "properties", "person", "instance", "now", "user", "context", "true", "in", "while"])
    func `keeps the words of expressions`(name: String) {
        #expect(
            problems("folds: { \(name): { count: x } }") == [
                "1:10: a fold cannot be called `\(name)`: expressions have that word already"
            ])
    }

    @Test func `names the first of two that are called the same`() {
        let reading = RuleSet.read([
            RuleSource(file: "a.yaml", text: Array(ruleText().utf8)),
            RuleSource(
                file: "b.yaml",
                text: Array("---\nfolds: { f: { count: x } }\n---\n\(ruleText())---\nfolds: { f: { count: y } }".utf8)),
        ])
        #expect(
            reading.diagnostics.map(\.description) == [
                "b.yaml:4:1: a rule `r` is already at a.yaml:1",
                "b.yaml:9:10: a fold `f` is already at b.yaml:2",
            ])
    }

    @Test func `refuses a file that is given twice`() {
        let source = RuleSource(file: "a.yaml", text: [])
        #expect(RuleSet.read([source, source]).diagnostics.map(\.message) == ["this file is given twice"])
    }

    @Test func `says what a rule lacks`() {
        #expect(problems("id: r") == ["1:1: a rule needs `send`", "1:1: a rule needs `when`"])
        #expect(
            problems("5") == [
                "1:1: a document is a rule (id, when, send) or definitions (folds, events, policy), not `5`"
            ])
    }

    @Test func `names collect where time fires`() {
        let texts = [
            ruleText(when: "{ inactive: { for: 1d } }", "if: properties.price > 5.0"),
            ruleText(when: "{ event: x, absent: { event: y, within: 1h } }", "data: { a: event.properties.price }"),
        ]
        for text in texts {
            let messages = read(text).diagnostics.map(\.message)
            #expect(messages.count == 1)
            #expect(
                messages.first?.hasSuffix(
                    "when time fires: keep it with `collect: { price: last(properties.price) }` and read `instance.price`"
                ) == true)
        }
    }

    @Test func `bounds what a list holds`() {
        let names = (0...64).map { "e\($0)" }.joined(separator: ", ")
        #expect(problems(ruleText(when: "{ event: [\(names)] }")) == ["2:16: `event` lists 1 to 64 events"])
        let fields = (0...64).map { "f\($0): '1'" }.joined(separator: ", ")
        #expect(
            problems(ruleText("data: { \(fields) }")) == [
                "4:7: `data` is a mapping of at most 64 fields to CEL expressions"
            ])
        let collected = (0...32).map { "f\($0): count()" }.joined(separator: ", ")
        #expect(
            problems(ruleText("collect: { \(collected) }")) == ["4:10: `collect` is a mapping of at most 32 fields"])
        let message = "{ channels: [email], message: { a: \(String(repeating: "x", count: 16_400)) } }"
        #expect(
            read("id: r\nwhen: { event: x }\nsend: \(message)").diagnostics.map(\.message) == [
                "`message` is larger than 16384 bytes as JSON"
            ])
    }

    @Test func `stops counting errors at the bound`() {
        let text = (0..<3_000).map { "x\($0): 1" }.joined(separator: "\n")
        #expect(read("id: r\n" + text).diagnostics.count == RuleReading.diagnosticsMax)
    }
}
