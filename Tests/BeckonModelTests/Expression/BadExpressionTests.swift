import BeckonModel
import Testing

/// What no honest author writes.
@Suite struct `Bad expressions` {
    private func answer(
        _ expression: String, bindings: String = "{}", limits: EvaluationLimits = .trial
    ) -> String {
        var writer = JSONWriter()
        writer.append(raw: "{\"expression\":")
        writer.append(string: expression)
        writer.append(raw: ",\"bindings\":")
        writer.append(raw: bindings.utf8)
        writer.append(raw: "}")
        var trial = ExpressionTrial(limits: limits)
        return String(decoding: writer.bytes.withUnsafeBytes { trial.answer($0) }, as: UTF8.self)
    }

    private func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    @Test(arguments: [
        ("(", ")"), ("[", "]"), ("!", ""), ("-", ""), ("{1:", "}"), ("size(", ")"), ("[1].map(x,", ")"),
        ("true?1:", ""),
        ("a[", "]"), ("x.f(", ")"), ("has(", ")"), ("(true && ", ")"), ("b.c[0].d(", ")"),
    ])
    func `are refused when they are nested 10,000 deep`(opening: String, closing: String) {
        let found = answer(repeated(opening, 10_000) + "1" + repeated(closing, 10_000))
        #expect(found.contains("nested deeper than 64 levels"), "\(found.prefix(200))")
    }

    @Test(arguments: ["1 + ", "true && ", "1 < ", "'a' + ", "[1] + "])
    func `are refused as chains of 10,000 operators`(link: String) {
        #expect(answer(repeated(link, 10_000) + "1").contains("a chain of more than 256 operators"))
    }

    @Test(arguments: [".a", "[0]", ".f()"])
    func `are refused as paths of 10,000 steps`(step: String) {
        #expect(answer("x" + repeated(step, 10_000)).contains("a chain of more than"))
    }

    @Test func `do not blow up a pattern`() {
        let text = "'" + repeated("a", 5_000) + "b'"
        #expect(answer("\(text).matches('^(a+)+$')") == #"{"value":{"bool":false}}"#)
        #expect(answer("\(text).matches('(a|aa)+$')") == #"{"value":{"bool":false}}"#)
        #expect(answer("\(text).matches('^(a?){50}a{50}')") == #"{"value":{"bool":true}}"#)
        #expect(answer("'a'.matches('((((a{100}){100}){100}){100})')").contains("regular expression"))
        #expect(answer("'a'.matches('(' + '((((a{100}){100}){100}){100})' + ')')").contains("regular expression"))
        #expect(answer("'a'.matches('\(repeated("(", 4_000))')").contains("regular expression"))
        #expect(answer("'a'.matches('\(repeated("a", 5_000))')").contains("regular expression"))
        #expect(answer("'a'.matches(x)", bindings: #"{"x":{"string":"\#(repeated("a", 100_000))"}}"#).contains("RE2"))
    }

    @Test func `have loops that end`() {
        let list = "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]"
        var body = "1"
        for depth in 0..<12 { body = "\(list).map(x\(depth), \(body))" }
        #expect(answer(body, limits: .rules).contains("was stopped at its bound"))
        var condition = "x0 + x1 < 0"
        for depth in (0..<12).reversed() { condition = "\(list).exists(x\(depth), \(condition))" }
        #expect(answer(condition, limits: .rules).contains("too many steps"))
        // Deciding the error away does not go on for ever.
        #expect(answer("\(condition) || true", limits: .rules).contains("too many steps"))
    }

    /// What one turn of a loop costs beside its instructions.
    @Test(arguments: [
        "x < x + 'b'", "x == y", "i in l", "l == l", "x in m", "x.contains('ab')", "size(x) < 1", "l + l == []",
    ])
    func `have loops that end also when a turn is long`(condition: String) {
        let text = repeated("a", 100_000)
        let ints = repeated(#"{"int":"1"},"#, 9_999) + #"{"int":"1"}"#
        let bindings =
            #"{"x":{"string":"\#(text)"},"y":{"string":"\#(text)"},"l":{"list":[\#(ints)]},"#
            + #""m":{"map":[[{"string":"\#(text)"},{"int":"1"}]]}}"#
        let found = answer("l.map(j, l.filter(i, i == 2 || \(condition)))", bindings: bindings, limits: .rules)
        #expect(found.contains("was stopped at its bound"), "\(found.prefix(200))")
    }

    @Test func `have lists and texts that end`() {
        var doubled = "x"
        for _ in 0..<40 { doubled = "[\(doubled)].map(y, y + y)[0]" }
        let text = answer(doubled, bindings: #"{"x":{"string":"ab"}}"#, limits: .rules)
        #expect(text.contains("at its bound"))
        let list = answer(doubled, bindings: #"{"x":{"list":[{"int":"1"}]}}"#, limits: .rules)
        #expect(list.contains("at its bound"))
    }

    @Test func `may hold texts of a megabyte`() {
        let text = repeated("é", 500_000)
        let long = #"{"s":{"string":"\#(text)"}}"#
        let condition = "(s + s).size() == 1000000 && !s.contains('x') && !s.matches('x$') && s < s + 'a'"
        #expect(answer(condition, bindings: long) == #"{"value":{"bool":true}}"#)
        #expect(answer("size('\(text)')") == #"{"value":{"int":"500000"}}"#)
        #expect(answer(repeated("a", 1_000_000)).contains("undeclared reference"))
        #expect(answer(repeated("9", 1_000_000)).contains("not a number that fits"))
        #expect(answer("[" + repeated("1,", 20_000) + "].size()") == #"{"value":{"int":"20000"}}"#)
    }

    @Test(arguments: [
        "int(s)", "uint(s)", "double(s)", "bool(s)", "timestamp(s)", "duration(s)", "timestamp(0).getHours(s)",
    ])
    func `do not read long texts to their end`(conversion: String) {
        let found = answer(conversion, bindings: #"{"s":{"string":"\#(repeated("1", 50_000))"}}"#)
        #expect(found.contains("invalid argument") || found.contains("time zone"), "\(found)")
    }

    @Test func `may come with values nested too deep`() {
        let deep = { (depth: Int) in
            repeated(#"{"list":["#, depth) + #"{"int":"1"}"# + repeated("]}", depth)
        }
        #expect(answer("x == x", bindings: #"{"x":\#(deep(100))}"#) == #"{"value":{"bool":true}}"#)
        #expect(answer("x == x", bindings: #"{"x":\#(deep(10_000))}"#).contains("nested more than 128 deep"))
    }

    /// Every function with a value of every type: an answer, and never a trap.
    @Test func `confuse types without harm`() {
        let values = [
            "null", "true", "-1", "-9223372036854775807 - 1", "18446744073709551615u", "1e308", "0.0 / 0.0", "'é'",
            "b'\\xff'", "[]", "[1, 'a']", "{'a': 1}", "int", "timestamp('0001-01-01T00:00:00Z')",
            "timestamp('9999-12-31T23:59:59.999999999Z')", "duration('-9223372036854775807ns')", "1 / 0", "nobody",
        ]
        let unary = [
            "size(V)", "V.size()", "int(V)", "uint(V)", "double(V)", "string(V)", "bytes(V)", "bool(V)", "dyn(V)",
            "type(V)", "duration(V)", "timestamp(V)", "-V", "!V", "V.a", "has(V.a)", "V.all(x, x)", "V.exists(x, true)",
            "V.exists_one(x, x == x)", "V.map(x, x)", "V.map(x, x, x)", "V.filter(x, x)", "V ? 1 : 2", "[V]", "{V: 1}",
            "V.getFullYear()", "V.getMonth()", "V.getDate()", "V.getDayOfMonth()", "V.getDayOfWeek()",
            "V.getDayOfYear()", "V.getHours()", "V.getMinutes()", "V.getSeconds()", "V.getMilliseconds()",
        ]
        let binary = [
            "V + W", "V - W", "V * W", "V / W", "V % W", "V == W", "V != W", "V < W", "V <= W", "V > W", "V >= W",
            "V && W", "V || W", "V in W", "V[W]", "V.contains(W)", "V.startsWith(W)", "V.endsWith(W)", "V.matches(W)",
            "matches(V, W)", "V.getHours(W)", "V.getFullYear(W)", "V ? W : W", "[V].exists(x, x == W)", "{V: W}.a",
        ]
        var trial = ExpressionTrial()
        func check(_ expression: String) {
            let answer = Array("{}".utf8).withUnsafeBytes { trial.evaluate(expression, container: "", over: $0) }
            if case .value(let json) = answer { #expect(json.first == UInt8(ascii: "{"), "\(expression)") }
        }
        for value in values {
            let first = "(\(value))"
            for form in unary { check(form.replacing("V", with: first)) }
            for form in binary {
                for other in values { check(form.replacing("V", with: first).replacing("W", with: "(\(other))")) }
            }
        }
    }
}
