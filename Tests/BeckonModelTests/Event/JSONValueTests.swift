import BeckonModel
import Testing

@Suite struct `A JSON value` {
    @Test(arguments: [
        #"{"a":[1,2.50,-0,1e3],"b":{"c":null,"d":true,"e":false}}"#, "[]", "{}", #""\"\\""#, "12345678901234567890",
    ])
    func `keeps what it read`(text: String) throws {
        #expect(try #require(JSONValue.read(text.utf8)).text == text)
    }

    @Test(arguments: [
        (#" "\u00e4\ud83d\ude00\/\n" "#, "ä😀/\n"), (#""\b\f\r\t""#, "\u{8}\u{c}\r\t"),
        // Halves of a pair, as of texts that were cut: what an event may hold, a decision's reader reads.
        (#""\ud800""#, "\u{FFFD}"), (#""\udc00.""#, "\u{FFFD}."), (#""\ud800\u0041""#, "\u{FFFD}A"),
        (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
    ])
    func `unescapes texts`(json: String, text: String) throws {
        #expect(JSONValue.read(json.utf8)?.string == text)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\"}", "{\"a\":1,}", "01", "1.", "-", "+1", "1e", "tru", "nul", "\"\u{1}\"", "\"a",
        "[1] 2",
        #""\ud800\u004""#, #""\x""#, #""\u+123""#, "{1:2}", "NaN", "'a'",
        String(repeating: "[", count: 100) + String(repeating: "]", count: 100),
    ])
    func `is nothing else`(text: String) {
        #expect(JSONValue.read(text.utf8) == nil)
    }

    @Test func `is no text that is not UTF-8`() {
        #expect(JSONValue.read([0x22, 0xFF, 0x22]) == nil)
    }

    @Test(arguments: [
        (#"{"a":1}"#, #"{"a":1.0,"b":2}"#, true), (#"{"a":1}"#, #"{"b":2}"#, false), ("[1]", "[1,2]", false),
        (#"[{"a":1}]"#, #"[{"a":1,"b":2}]"#, true), ("null", "{}", false), (#"{"a":null}"#, "{}", false),
        (#""1""#, "1", false),
    ])
    func `is contained in one that has more members`(part: String, whole: String, isContained: Bool) throws {
        let (part, whole) = (JSONValue.read(part.utf8), JSONValue.read(whole.utf8))
        #expect(try #require(part).isContained(in: try #require(whole)) == isContained)
    }
}
