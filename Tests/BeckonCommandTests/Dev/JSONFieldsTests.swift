import Testing

@testable import beckon

@Suite struct `JSON fields` {
    func read(_ text: String) -> JSONFields? { JSONFields(Array(text.utf8)) }

    @Test func `are read as they stand`() throws {
        let fields = try #require(
            read(#" { "a" : "x\"y\u00e9\n", "b":{"c":[1,"}"]} , "n":-12, "z":null, "t":true,"a":"last" } "#))
        #expect(fields.string("a") == "last")
        #expect(fields.raw("b") == #"{"c":[1,"}"]}"#)
        #expect(fields.integer("n") == -12)
        #expect(fields.raw("z") == nil)
        #expect(fields.string("n") == nil)
        #expect(fields.raw("none") == nil)
    }

    @Test func `strings lose their escapes`() throws {
        let fields = try #require(read(#"{"a":"q\"\\\/\b\f\n\r\té😀\x"}"#))
        #expect(fields.string("a") == "q\"\\/\u{8}\u{C}\n\r\té😀\u{FFFD}")
    }

    @Test(arguments: ["", "{", "{}}", "[]", "7", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{"a":[1}"#, #"{"a":"open}"#])
    func `of what is no object are none`(text: String) {
        // Brackets of another kind are the decoder's matter; nothing here may run over the end.
        if let fields = read(text) { #expect(fields.raw("a") != nil) }
    }

    @Test func `of every cut text end without a crash`() {
        let whole = Array(#"{"a":"x\"y","b":{"c":[1,"}"]},"n":-12}"#.utf8)
        for count in 0..<whole.count { #expect(JSONFields(Array(whole[..<count])) == nil) }
    }
}
