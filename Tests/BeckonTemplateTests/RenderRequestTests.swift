import BeckonTemplate
import Testing

@Suite struct `Requests to render` {
    private func answer(_ line: String) -> String {
        String(decoding: RenderRequest.answer(Array(line.utf8), moment: .test), as: UTF8.self)
    }

    @Test func `are answered with a text or an error`() {
        #expect(answer(#"{"template":"<{{ a }}>","data":{"a":"\u00e9&"}}"#) == #"{"result":"<é&>"}"#)
        #expect(answer(#"{"template":"x"}"#) == #"{"result":"x"}"#)
        #expect(answer(#"{"template":"{% render 's' %}","templates":{"s":"y"}}"#) == #"{"result":"y"}"#)
        #expect(
            answer(#"{"template":"{{ a }}","strict":true,"data":null,"templates":null}"#)
                == #"{"error":"line 1, column 4: there is no variable `a`"}"#)
        #expect(answer(#"{"template":"{{ a | b }}","strict":false}"#) == #"{"result":""}"#)
    }

    @Test func `keep the order of members`() {
        let line = #"{"template":"{% for p in h %}{{ p[0] }}{% endfor %}","data":{"h":{"z":1,"a":2,"m":3,"z":4}}}"#
        #expect(answer(line) == #"{"result":"zam"}"#)
    }

    @Test(arguments: [
        "", "x", "[]", "1", "{", #"{"template":1}"#, #"{"data":{}}"#, #"{"template":"","data":[]}"#,
        #"{"template":"","templates":{"a":1}}"#, #"{"template":"","templates":[]}"#, #"{"template":"","strict":1}"#,
        #"{"template":"","nosuch":1}"#, String(repeating: "[", count: 100_000),
        #"{"template":"","data":{"a":\#(String(repeating: "[", count: 70))\#(String(repeating: "]", count: 70))}}"#,
    ])
    func `that are none are answered with an error`(line: String) {
        #expect(answer(line).hasPrefix(#"{"error":""#))
    }

    @Test func `in another encoding are none`() {
        let line = Array(#"{"template":""#.utf8) + [0xFF] + Array(#""}"#.utf8)
        #expect(RenderRequest.answer(line, moment: .test).starts(with: Array(#"{"error""#.utf8)))
    }
}
