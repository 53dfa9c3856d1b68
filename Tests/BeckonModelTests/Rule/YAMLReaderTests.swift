import Testing

@testable import BeckonModel

@Suite struct `YAML` {
    func scalar(_ text: String) -> YAMLScalar.Value? {
        YAMLReader.read(Array(text.utf8)).documents.first?.scalar?.value
    }

    @Test(arguments: [
        ("yes", YAMLScalar.Value.string), ("no", .string), ("on", .string), ("off", .string), ("True", .bool(true)),
        ("false", .bool(false)), ("null", .null), ("~", .null), ("NULL", .null), ("5", .int(5)), ("-0x1", .string),
        ("0x1F", .int(31)), ("0o17", .int(15)), ("017", .int(17)), ("1.5", .double(1.5)), (".5", .double(0.5)),
        ("1e3", .double(1000)), ("'5'", .string), ("\"true\"", .string), ("!!str 5", .string), ("1_000", .string),
        ("12:30", .string), ("2026-01-01", .string), ("99999999999999999999", .double(1e20)),
        ("-.inf", .double(-.infinity)),
        ("nan", .string), ("inf", .string), ("+", .string), ("1.", .double(1)),
    ])
    func `reads plain words by the core schema`(text: String, value: YAMLScalar.Value) {
        #expect(scalar(text) == value)
    }

    @Test(arguments: [
        ("a: 1\nb: 2\na: 3", "3:1: `a` is here twice; first on line 1"),
        ("a: *b", "1:4: no anchor `&b` ends before this alias"),
        ("a: &b [*b]", "1:8: no anchor `&b` ends before this alias"),
        ("a: !!int 5", "1:4: tags such as `tag:yaml.org,2002:int` are not part of rules"),
        ("[a]: 1", "1:1: a key is a word, not a list"),
        ("a: [1", "2:1: not YAML: did not find expected ',' or ']' (while parsing a flow sequence)"),
        ("a: b: c", "1:5: not YAML: mapping values are not allowed in this context"),
        (
            "a:\n\tb: c",
            "2:1: not YAML: found character that cannot start any token (while scanning for the next token)"
        ),
        ("a: \"b", "1:6: not YAML: found unexpected end of stream (while scanning a quoted scalar)"),
        ("a: é\u{0}", "1:5: not YAML: control characters are not allowed"),
    ])
    func `says where a text goes wrong`(text: String, problem: String) {
        let problems = YAMLReader.read(Array(text.utf8)).problems.map {
            "\($0.position.line):\($0.position.column): \($0.message)"
        }
        #expect(problems == [problem])
    }

    @Test(arguments: [[0x61, 0xFF], [0x61, 0xC0, 0x80], [0x61, 0xED, 0xA0, 0x80], [0x61, 0xE2, 0x82]] as [[UInt8]])
    func `finds what is not UTF-8`(bytes: [UInt8]) {
        let problem = YAMLReader.read(Array("ä: 1\n".utf8) + bytes).problems.first
        #expect(problem?.position == YAMLPosition(line: 2, column: 2))
        #expect(problem?.message == "not UTF-8: save the file in that encoding")
    }

    @Test func `refuses an alias bomb`() {
        var text = "a: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            text += "b\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", "))]\n"
        }
        let problems = YAMLReader.read(Array(text.utf8)).problems
        #expect(problems.map(\.message) == ["aliases stand for more than 10000 values in this file"])
    }

    @Test(arguments: ["[", "{a: ", "- ", "? ", "[["])
    func `refuses a bottomless text`(opening: String) {
        let text = Array(String(repeating: opening, count: 10_000).utf8)
        #expect(YAMLReader.read(text).problems.count == 1)
    }

    @Test func `takes 32 levels and not 33`() {
        let nested = { (depth: Int) in String(repeating: "[", count: depth) + "x" + String(repeating: "]", count: depth)
        }
        #expect(YAMLReader.read(Array(nested(32).utf8)).problems.isEmpty)
        #expect(YAMLReader.read(Array(nested(33).utf8)).problems.map(\.message) == ["nested deeper than 32 levels"])
    }

    @Test func `bounds a file`() {
        let comment = [UInt8](repeating: UInt8(ascii: "#"), count: YAMLReader.bytesMax)
        #expect(YAMLReader.read(comment).problems.isEmpty)
        #expect(YAMLReader.read(comment + [0x23]).problems.map(\.message) == ["larger than 4 MiB: split the file"])
        let many = Array(("[" + String(repeating: "a,", count: YAMLReader.nodesMax) + "]").utf8)
        #expect(YAMLReader.read(many).problems.map(\.message) == ["more than 400000 values: split the file"])
    }

    @Test func `keeps what came before a broken document`() {
        let reading = YAMLReader.read(Array("id: a\n---\n[".utf8))
        #expect(reading.documents.count == 1)
        #expect(reading.problems.count == 1)
    }
}

@Suite struct `Durations of rules` {
    @Test(arguments: [
        ("15m", 900_000), ("48h", 172_800_000), ("7d", 604_800_000), ("1.5h", 5_400_000), ("899.999s", 899_999),
        ("250ms", 250), ("0s", 0), ("0", 0), ("PT15M", 900_000), ("P7D", 604_800_000), ("P1W", 604_800_000),
        ("P1DT2H3M4.5S", 93_784_500), ("PT0.001S", 1), ("3660d", 316_224_000_000), ("0.5d", 43_200_000),
    ])
    func `are read`(text: String, milliseconds: Milliseconds) {
        #expect(RuleDuration.read(text) == .milliseconds(milliseconds))
    }

    @Test(arguments: [
        "", "m", "15", "15 m", "15M", "1h30m", "P", "PT", "P1M", "P1Y", "PT1D", "P1H", "PT1M1H", "1e3s", "-1s", "+1s",
        ".5s", "1.s", "1.5.5s", "15min", "999999999999999999999d", "3661d", "1.0001s", "P1D1D", "PT1H ", "٣m",
    ])
    func `are refused`(text: String) {
        guard case .problem = RuleDuration.read(text) else {
            Issue.record("taken: \(text)")
            return
        }
    }

    @Test(
        arguments: [(900_000, "15m"), (172_800_000, "48h"), (604_800_000, "7d"), (1_500, "1500ms"), (90_000, "90s")]
            as [(Int64, String)])
    func `are written`(milliseconds: Milliseconds, text: String) {
        #expect(RuleDuration.text(of: milliseconds) == text)
    }
}

@Suite struct `Nearest words` {
    @Test(
        arguments: [
            ("evnt", "event"), ("channel", "channels"), ("Event", "event"), ("idd", "id"), ("xyz", nil), ("", nil),
            ("mesage", "message"), ("tempalte", "template"),
        ] as [(String, String?)])
    func `are found`(word: String, nearest: String?) {
        let words = ["event", "id", "channels", "template", "message"]
        #expect(NearestWord.nearest(to: word, among: words) == nearest)
    }
}
