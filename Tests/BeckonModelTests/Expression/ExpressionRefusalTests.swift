import BeckonModel
import Testing

@Suite struct `Refusing expressions` {
    func problems(_ text: String) -> [String] {
        ExpressionTable().read(text, as: .condition).problems.map { problem in
            "\(problem.offset): \(problem.message)" + (problem.nearest.map { " → \($0)" } ?? "")
        }
    }

    @Test(arguments: [
        ("", "0: no expression here"),
        ("1 +", "3: expected a value, found the end"),
        ("(1", "2: expected `)`, found the end"),
        ("1 2", "2: expected an operator or the end, found a number"),
        ("a.", "2: expected a name after the dot, found the end"),
        ("f(1 2)", "4: expected `,` or `)`, found a number"),
        ("'abc", "0: this text never ends: its closing quote is missing"),
        ("'a\nb'", "0: this text never ends: its closing quote is missing"),
        (#""\q""#, #"1: not an escape: \n \t \\ \" \' \xHH \uHHHH and the like; r"…" takes \ as it is"#),
        (#""\ud800""#, #"1: not an escape: \n \t \\ \" \' \xHH \uHHHH and the like; r"…" takes \ as it is"#),
        ("1 & 2", "2: write && for and"),
        ("1 | 2", "2: write || for or"),
        ("a = 1", "2: write == to compare"),
        ("a # b", "2: `#` means nothing here"),
        ("15m", "0: not a number that fits: whole numbers have 64 bits; durations are duration(\"15m\")"),
        ("9223372036854775808", "0: larger than a whole number can be: 2^63 - 1"),
        (
            "99999999999999999999",
            "0: not a number that fits: whole numbers have 64 bits; durations are duration(\"15m\")"
        ),
        ("1e999", "0: not a number that fits: whole numbers have 64 bits; durations are duration(\"15m\")"),
        ("while == 1", "0: `while` is a reserved word, not a value"),
        ("ordrs > 3", "0: `ordrs` is no variable and no fold → orders"),
        ("prperties.x > 3", "0: `prperties` is no variable and no fold → properties"),
        ("context.x == 'a'", "0: `context` is no variable and no fold; write `event.context`"),
        ("event.nam == 'x'", "6: `event` has no `nam`; it has name, time, properties and context → name"),
        ("event.name.x == 1", "11: `event.name` has no members"),
        ("event == 1", "6: `==` compares a map with an int, which are never equal"),
        ("persn.email == 'x'", "0: `persn` is no variable and no fold → person"),
        ("has(person)", "0: write has(properties.price): it asks for one member"),
        (
            "person.seats * 2 > 5",
            "13: `*` cannot take a value from JSON and an int: JSON numbers are doubles, write 2.0"
        ),
        ("person.a.b.c.d.e.f.g.h.i == 1", "0: a path has at most 8 names"),
        ("segment('s')", "0: the function `segment` is not yet known to this version"),
        ("score('m') > 0.5", "0: the function `score` is not yet known to this version"),
        ("strtsWith('a')", "0: `strtsWith` is no function → startsWith"),
        ("size(1) == 1", "5: `size` does not take an int"),
        ("size() == 1", "0: write size(properties.title)"),
        ("contains('a', 'b')", "0: write properties.path.contains(\"/pricing\")"),
        ("'a'.int() == 1", "4: write int(properties.price)"),
        ("has(orders)", "0: write has(properties.price): it asks for one member"),
        ("idle(properties.x) > duration('1s')", "0: write idle(\"login\"): it takes the name of an event"),
        ("idle('login') > 30", "14: `>` cannot compare a duration with an int"),
        (
            "duration('7d') > duration('1s')",
            "9: not a duration, such as \"72h\", \"15m\" or \"1.5s\" (no days: 7d is \"168h\")"
        ),
        ("timestamp('2026-02-30T00:00:00Z') == now", "10: not a timestamp, such as \"2026-03-01T12:00:00Z\""),
        ("instance.valeu > 1.0", "9: `collect` of this rule has no `valeu` → value"),
        ("instance == 1", "0: `instance` is not a value; name a field of `collect`, as in `instance.value`"),
        ("orders.x > 1", "7: the fold `orders` is one value and has no `x`"),
        ("orders", "0: a condition is true or false, and this is an int"),
        ("orders && true", "0: `&&` needs booleans, and this is an int"),
        ("!orders", "1: `!` needs booleans, and this is an int"),
        ("-'a' == 'b'", "0: `-` needs a number, and this is a text"),
        ("1 ? 2 : 3", "0: `?` needs booleans, and this is an int"),
        ("(true ? 1 : 'a') == 1", "6: both results of `?:` must be of one type, and these are an int and a text"),
        (
            "properties.x * 2 > 1",
            "13: `*` cannot take a value from JSON and an int: JSON numbers are doubles, write 2.0"
        ),
        ("spent + 1 > 1", "6: `+` cannot take a double and an int: arithmetic does not convert, write 1.0"),
        (
            "spent * orders > 1.0",
            "6: `*` cannot take a double and an int: arithmetic does not convert, write double(…) around the int"
        ),
        ("properties.x % 2 == 1", "13: `%` cannot take a value from JSON and an int: write int(…) around the double"),
        ("1.0 % 2.0 == 1.0", "4: `%` cannot take a double and a double"),
        ("'a' + 1 == 'b'", "4: `+` cannot take a text and an int"),
        ("'a' == 1", "4: `==` compares a text with an int, which are never equal"),
        ("properties.x == now", "13: `==` compares a value from JSON with a timestamp, which are never equal"),
        (
            "properties.x < now",
            "13: `<` cannot compare a value from JSON with a timestamp: write timestamp(…) around it"
        ),
        (
            "now - properties.x > duration('1s')",
            "4: `-` cannot take a timestamp and a value from JSON: write timestamp(…) around it"
        ),
        ("null < 1", "5: `<` cannot compare null with an int"),
        ("1 in 2", "2: `in` needs a list or a map on its right, and this is an int"),
        ("1 in ['a']", "2: an int never equals a text of the list"),
        ("[1]['a'] == 1", "4: a position in a list is an int, and this is a text"),
        ("orders[0] == 1", "6: `[…]` needs a list or a map, and this is an int"),
        ("now.x == 1", "4: `now` is a timestamp and has no members"),
        ("b'abc' == 1", "7: `==` compares bytes with an int, which are never equal"),
        ("{'a': 1} == 1", "9: `==` compares a map with an int, which are never equal"),
        ("{1.5: 1} == {}", "1: the keys of a map are ints, uints, booleans and texts, and this is a double"),
        ("{'a': 1}[null] == 1", "9: a key of a map is an int, a uint, a boolean or a text, and this is null"),
        ("{'a' 1}", "5: expected `:`, found a number"),
        ("{'a': 1", "7: expected `,` or `}`, found the end"),
        ("Point{x: 1} == 1", "5: there are no messages here: a map is written {\"name\": value}"),
        ("[1].map(x, y)", "11: `y` is no variable and no fold; a text needs quotes of its own: '\"y\"'"),
        (
            "[1].all(1, true)",
            "4: write properties.items.all(item, item.price > 10.0): the first word names each element"
        ),
        ("[1].map(x)", "4: write properties.items.map(item, item.price): the first word names each element"),
        ("orders.all(x, true)", "0: `all` needs a list or a map, and this is an int"),
        ("[1].all(x, 'a')", "11: the condition of `all` is true or false, and this is a text"),
        ("[1].map(x, x)", "0: a condition is true or false, and this is a list"),
        ("properties.x.matches('(')", "21: not a regular expression of RE2: missing ): ("),
        ("properties.x.matches(1)", "21: `matches` does not take an int"),
        (
            "now.getHours('Europe/Berln') > 1",
            "13: not a time zone: write a name such as \"Europe/Berlin\", or an offset such as \"+01:00\" → Europe/Berlin"
        ),
        ("now.getHours(1) > 1", "13: `getHours` does not take an int"),
        ("getHours(now) > 1", "0: write now.getHours(\"Europe/Berlin\")"),
        ("idle('x').getFullYear() > 1", "0: `getFullYear` does not take a duration"),
        ("int('a', 1) > 1", "0: write int(properties.price)"),
        ("bool(1)", "5: `bool` does not take an int"),
        ("b'\\u00e9' == b''", #"2: not an escape: \n \t \\ \" \' \xHH \uHHHH and the like; r"…" takes \ as it is"#),
        ("properties.`a", "11: a name in backticks has letters, digits, spaces and the signs _ . - / only"),
        ("has([1].x)", "8: a list has no member `x`"),
    ])
    func `says what to write instead`(text: String, problem: String) {
        #expect(problems(text) == [problem])
    }

    @Test func `finds several problems at once`() {
        #expect(problems("ordrs > 1 && 'a' == 1 || spnt > 2.0").count == 3)
    }

    @Test func `knows no event when time fires, and no instance in where`() {
        let time = ExpressionScope(moment: .time, folds: [:], collected: [:])
        let message = Expression.read("event.name == 'x'", in: time, as: .condition).problems.first?.message
        #expect(message?.contains("collect") == true)
        let judging = ExpressionScope(moment: .event)
        let instance = Expression.read("instance.x > 1", in: judging, as: .condition).problems.first?.message
        #expect(instance == "`instance` is known only in `if` and `data`")
    }

    @Test(arguments: ["(", "!", "-", "[", "f(", "a[", "x.f(", "true ? true : "])
    func `refuses a bottomless text`(opening: String) {
        let text = String(repeating: opening, count: 10_000 / opening.utf8.count)
        let problem = ExpressionTable().read(text).problems.first?.message
        #expect(problem?.hasPrefix("nested deeper than 64 levels") == true)
    }

    @Test func `bounds nesting, chains and length`() {
        let nested = { (depth: Int) in String(repeating: "(", count: depth) + "1" + String(repeating: ")", count: depth)
        }
        #expect(ExpressionTable().result(nested(63)) == "1")
        #expect(ExpressionTable().result(nested(64)).contains("64 levels"))
        let chain = { (count: Int) in Array(repeating: "true", count: count).joined(separator: " && ") }
        #expect(ExpressionTable().result(chain(256)) == "true")
        #expect(ExpressionTable().result(chain(257)).contains("a chain of more than 256 operators"))
        let members = "properties" + String(repeating: ".a", count: 5_000)
        #expect(ExpressionTable().result(members).contains("a chain of more than"))
        #expect(ExpressionTable().result(String(repeating: " ", count: 16_385)).contains("longer than 16384 bytes"))
        let path = "event.properties" + String(repeating: ".a", count: 9)
        #expect(ExpressionTable().result(path).contains("a path has at most 8 names"))
    }
}
