import BeckonModel
import Testing

@Suite struct `Evaluating expressions` {
    /// Lines of `expression | result`, for the bindings below.
    static let table = #"""
        1 + 2 * 3 | 7
        (1 + 2) * 3 | 9
        7 / 2 | 3
        -7 / 2 | -3
        7 % 3 | 1
        -7 % 3 | -1
        7.0 / 2.0 | 3.5
        1 - 2 - 3 | -4
        - (2) | -2
        --2 | 2
        !true | false
        !!true | true
        -9223372036854775808 | -9223372036854775808
        9223372036854775807 + 1 | failed overflow
        -9223372036854775808 - 1 | failed overflow
        -(-9223372036854775808) | failed overflow
        -9223372036854775808 / -1 | failed overflow
        -9223372036854775808 % -1 | failed overflow
        9223372036854775807 * 2 | failed overflow
        1u - 2u | failed overflow
        18446744073709551615u + 1u | failed overflow
        1 / 0 | failed divisionByZero
        1 % 0 | failed divisionByZero
        1u / 0u | failed divisionByZero
        1.0 / 0.0 | null
        0x10 + 0 | 16
        0x10u | 16
        1e3 | 1000
        .5 + 0.25 | 0.75
        1.5e-7 | 1.5e-07
        0.1 + 0.2 | 0.30000000000000004
        1 < 2 && 2 <= 2 && 3 > 2 && 3 >= 3 && 1 != 2 && 1 == 1 | true
        1 == 1.0 | true
        1u == 1 | true
        1 < 1.5 | true
        9007199254740993 == 9007199254740992.0 | true
        9007199254740993 > 9007199254740991.0 | true
        18446744073709551615u > 9223372036854775807 | true
        1e300 > 9223372036854775807 | true
        -1 < 0u && 0u > -1 && -0.5 < 0u && 1u < 1.5 | true
        9223372036854775807 < 9223372036854777856.0 | true
        0.0 / 0.0 == 0.0 / 0.0 | false
        0.0 / 0.0 != 0.0 / 0.0 | true
        0.0 / 0.0 < 1 | false
        int(-9223372036854775808.0) | failed overflow
        int(9223372036854775808.0) | failed overflow
        uint(-0.5) | failed overflow
        "a" < "b" && "a" < "aa" && "Z" < "a" | true
        "\u00e9" == "e\u0301" | false
        false < true | true
        "a" + "b" + 'c' | "abc"
        "tab\t\"q\" \u00e9 \x41 \101 \U0001F600 \\" | "tab\t\"q\" é A A 😀 \\"
        r"\n" | "\\n"
        R'\d' + r"""a"b""" | "\\da\"b"
        '''it's''' | "it's"
        1 in [1, 2] | true
        1.0 in [1, 2] | true
        "c" in ["a", "b"] | false
        1 in [] | false
        [1, 2, 3][1] | 2
        [1, 2][2] | failed indexOutOfRange
        [1, 2][-1] | failed indexOutOfRange
        [1, "a", true, null, 2.5] | [1,"a",true,null,2.5]
        [1, [2, 3]] == [1.0, [2, 3]] | true
        [1, 2,] == [1] | false
        size([1, 2]) | 2
        size("aé😀") | 3
        "aé".size() | 2
        true ? 1 : 2 | 1
        false ? 1 : true ? 2 : 3 | 2
        true ? 1 : 1 / 0 | 1
        1 / 0 > 1 ? 1 : 2 | failed divisionByZero
        1 / 0 > 0 && false | false
        false && 1 / 0 > 0 | false
        1 / 0 > 0 && true | failed divisionByZero
        1 / 0 > 0 || true | true
        true || 1 / 0 > 0 | true
        false || 1 / 0 > 0 | failed divisionByZero
        int(3.9) + int(-3.9) + int("12") + int(5u) | 17
        int(1e19) | failed overflow
        int("x") | failed invalidArgument
        int("+1") | failed invalidArgument
        uint(-1) | failed overflow
        uint("7") | 7
        double(3) + double("0.5") + double(1u) | 4.5
        double("0x10") | failed invalidArgument
        double("nan") | failed invalidArgument
        string(60.0) + string(1.5) + string(7) + string(2u) + string(true) | "601.572true"
        string(duration("90m")) + string(timestamp("2026-03-01T12:00:00+01:00")) | "5400s2026-03-01T11:00:00Z"
        duration("1h30m") == duration("5400s") | true
        duration("1.5s") | "1.5s"
        duration("-1.5s") | "-1.5s"
        duration("1500ms") - duration("2s") | "-0.5s"
        duration("1us") + duration("1ns") | "0.000001001s"
        duration("0") | "0s"
        duration("2562047h") + duration("1h") | failed overflow
        timestamp("2024-02-29T23:59:59.999Z") + duration("1ms") | "2024-03-01T00:00:00.000Z"
        timestamp("1969-12-31T23:59:59.5Z") | "1969-12-31T23:59:59.500Z"
        timestamp("0001-01-01T00:00:00Z") - duration("1s") | failed overflow
        timestamp("2026-01-02T00:00:00Z") - timestamp("2026-01-01T00:00:00Z") | "86400s"
        timestamp("2026-01-02T00:00:00Z") > timestamp("2026-01-01T00:00:00Z") | true
        int(timestamp("1970-01-01T00:01:00Z")) | 60
        timestamp(60) | "1970-01-01T00:01:00.000Z"
        "pricing".contains("ici") && "pricing".startsWith("pri") && "pricing".endsWith("ing") | true
        "a".contains("") && !"a".contains("ab") && "a".startsWith("") | true
        "aaab".contains("aab") | true
        true // the rest is a comment | true
        properties.price > 50 | true
        properties.price == 60 && properties.price >= 60u | true
        properties.price * 2.0 | 120
        -properties.price | -60
        properties.price + properties.price | 120
        properties.title + "!" | "Blue \"shoe\"!"
        properties.title + properties.title | "Blue \"shoe\"Blue \"shoe\""
        properties.title + properties.price | failed noSuchOverload
        properties.title > 5.0 | failed noSuchOverload
        properties.title == 5.0 | false
        properties["price"] > properties.cart.value | true
        event.properties.cart["value"] | 10
        properties.nothing | missing
        properties.nothing > 5.0 | missing
        !properties.nothing | missing
        properties.nothing == null | missing
        properties.nothing > 5.0 || true | true
        properties.nothing > 5.0 || false | missing
        properties.nothing > 5.0 && false | false
        properties.nothing ? 1 : 2 | missing
        [properties.nothing, 1] | missing
        properties.price in [properties.nothing, 60] | missing
        properties.price in [50, properties.price] | true
        has(properties.nothing) | false
        has(properties.price) && has(event.context.channel) | true
        has(properties.nothing) && properties.nothing > 5.0 | false
        properties.`null` == null | true
        properties.price == null | false
        properties["null"] > 1.0 | failed noSuchOverload
        properties.items | [{"id": 1}]
        properties.items == properties.items | true
        properties.items == [{"id": 1}] | true
        properties.items == [{"id": 2}] | false
        properties.items == "x" | false
        size(properties.items) | 1
        properties.items[0].id | 1
        properties.items[0]["id"] > 0.5 | true
        properties.items[1] | failed indexOutOfRange
        properties.items[0].name | failed noSuchKey
        has(properties.items[0].id) && !has(properties.items[0].name) | true
        has(properties.nothing[0].id) | false
        {"id": 1} in properties.items | true
        properties.items.exists(item, item.id == 1) | true
        properties.items.all(item, item.id > 1.0) | false
        properties.items.map(item, item.id * 2.0) | [2]
        properties.items.filter(item, item.id > 1.0) | []
        properties.items + properties.items | [{"id": 1},{"id": 1}]
        properties.nothing.exists(item, item.id == 1) | missing
        properties.price.exists(item, true) | failed noSuchOverload
        properties.nothing.exists(item, true) || true | true
        type(properties.items) == list && type(properties.items[0]) == map | true
        type(properties.price) == double && type(properties.title) == string | true
        {"a": properties.price, "b": [properties.title]} | {"a":60,"b":["Blue \"shoe\""]}
        {1: true, true: b"\xff"} | {"1":true,"true":"/w=="}
        b"abc" | "YWJj"
        [1, 2].map(x, x + orders) | [4,5]
        [orders].map(orders, orders + 1) | [4]
        [10].map(orders, orders + .orders) | [13]
        .properties.price > 50 && has(.properties.price) | true
        [1, 2].filter(properties, properties > 1) | [2]
        properties.title.matches("^Blue") | true
        properties.title.matches(properties.at) | false
        properties.price.matches("6") | failed noSuchOverload
        now.getFullYear() | 2027
        now.getHours("Europe/Berlin") - now.getHours() | 1
        now.getHours(city) | failed unknownZone
        event.time.getDayOfWeek() | 5
        string(b"\xff") | failed invalidUTF8
        properties.flag && true | true
        properties.price && true | failed noSuchOverload
        properties.price || true | true
        properties.flag ? properties.title : "none" | "Blue \"shoe\""
        event.name == "order_completed" && event.context.channel == "mobile" | true
        now - event.time | "90s"
        now > event.time && now - duration("1h") < event.time | true
        idle("Signed In") > duration("72h") | true
        idle("never") > duration("1s") | missing
        orders >= 3 && orders % 2 == 1 | true
        orders * 2 | 6
        double(orders) * properties.price | 180
        spent / 2.0 | 50.125
        city == "Berlin" | true
        instance.value > 50.0 && instance.product == "p1" | true
        orders > 2 ? "loyal10" : "welcome5" | "loyal10"
        timestamp(properties.at) < now | true
        duration(properties.title) < duration("1s") | failed invalidArgument
        """#

    static var cases: [(String, String)] {
        table.split(separator: "\n").map { line in
            let bar = line.range(of: " | ", options: .last)
            return (String(line[..<bar.lowerBound]), String(line[bar.upperBound...]))
        }
    }

    @Test func `follows the table`() {
        withBindings { table in
            for (text, result) in Self.cases {
                #expect(table.result(text) == result, "\(text)")
            }
        }
    }

    /// Texts are borrowed: they live as long as the body runs.
    private func withBindings(_ body: (ExpressionTable) -> Void) {
        let texts = [
            #"Blue "shoe""#, #"[{"id": 1}]"#, "mobile", "order_completed", "Berlin", "p1", "2026-01-01T00:00:00Z",
        ]
        let bytes = texts.map { text in
            let utf8 = Array(text.utf8)
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: utf8.count, alignment: 1)
            copy.copyBytes(from: utf8)
            return copy
        }
        defer { for block in bytes { block.deallocate() } }
        let borrowed = bytes.compactMap { buffer in
            buffer.baseAddress.map { Bytes(start: UnsafeRawPointer($0), count: buffer.count) }
        }
        let path = { (names: [String]) in Variable.property(PropertyPath(root: .properties, names: names)) }
        var table = ExpressionTable()
        table.bindings = [
            path(["price"]): .double(60), path(["cart", "value"]): .double(10), path(["title"]): .string(borrowed[0]),
            path(["null"]): .null, path(["items"]): .json(borrowed[1]), path(["flag"]): .bool(true),
            path(["at"]): .string(borrowed[6]),
            .property(PropertyPath(root: .context, names: ["channel"])): .string(borrowed[2]),
            .eventName: .string(borrowed[3]), .eventTime: .timestamp(seconds: 1_800_000_000, nanoseconds: 0),
            .now: .timestamp(seconds: 1_800_000_090, nanoseconds: 0),
            .idle("login"): .duration(seconds: 300_000, nanoseconds: 0), .fold("orders"): .int(3),
            .fold("spent"): .double(100.25), .fold("city"): .string(borrowed[4]),
            .instance("value"): .double(60), .instance("product"): .string(borrowed[5]),
        ]
        body(table)
    }

    @Test func `names what it reads, each once, in the order of the text`() {
        let text = "has(properties.b) && properties.a > properties.b && orders > 1 && idle(\"x\") > duration(\"1s\")"
        #expect(
            ExpressionTable().read(text).expression?.variables == [
                .property(ExpressionTable.path("b")), .property(ExpressionTable.path("a")), .fold("orders"), .idle("x"),
            ])
    }

    @Test func `tells names apart by their bytes`() {
        let text = #"properties["\u00e9"] == properties["e\u0301"] || idle("\u00e9") == idle("e\u0301")"#
        #expect(ExpressionTable().read(text).expression?.variables.count == 4)
    }

    @Test func `bounds searches and texts`() {
        let bytes = Array(String(repeating: "a", count: 200_000).utf8)
        var table = ExpressionTable()
        bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            table.bindings = [
                .property(ExpressionTable.path("long")): .string(Bytes(start: start, count: bytes.count))
            ]
            #expect(
                table.result("properties.long.contains('\(String(repeating: "a", count: 4_000))b')")
                    == "failed stepsExceeded")
            let sum = Array(repeating: "properties.long", count: 12).joined(separator: " + ")
            #expect(table.result("size(\(sum)) > 1") == "failed memoryExceeded")
        }
    }

    /// A row of slots has one for each property that rules read.
    @Test func `has values of 17 bytes`() {
        #expect(MemoryLayout<Value>.size == 17)
    }

    @Test func `says where it failed first`() {
        let reading = ExpressionTable().read("1 > 2 || [1, 2].exists(x, 1 / (x - x) == 1)")
        guard let expression = reading.expression else { return #expect(Bool(false), "\(reading.problems)") }
        var scratch = EvaluationScratch()
        var none = Value.missing
        let value = expression.compiled({ _ in 0 }).evaluate(&none, scratch: &scratch)
        guard case .failed(let error) = value else { return #expect(Bool(false), "\(value)") }
        #expect(error == EvaluationError(.divisionByZero, offset: 28))
        #expect(expression.described(error) == "at 28: division by zero")
    }
}

extension Substring {
    fileprivate enum SearchOption { case last }

    /// The last place where `part` stands; every line of a table has one.
    fileprivate func range(of part: String, options: SearchOption) -> Range<Index> {
        var found = endIndex..<endIndex
        var rest = self[...]
        while let next = rest.firstRange(of: part) {
            found = next
            rest = rest[next.upperBound...]
        }
        return found
    }
}
