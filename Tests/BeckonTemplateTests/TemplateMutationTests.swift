import BeckonModel
import BeckonTemplate
import Foundation
import Testing

@Suite struct `Broken templates` {
    /// The same on every run: a multiplicative congruence (Knuth).
    private struct Chance {
        var state: UInt64

        mutating func below(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
    }

    private static let pieces = [
        "{%", "%}", "{{", "}}", "|", ":", ",", "..", "(", ")", "[", "]", "'", "\"", "-", " if ", " endif ",
        " for i in ",
        "endfor", "raw", "endraw", "liquid\n", "comment", "endcomment", "99999999999999999999", "-1", "1.5", "nil", "é",
        "\u{0}", "render 'a'", "case", "when", "capture x", "offset:continue", "cycle", "date:'%'", "= =", "#",
    ]

    @Test(arguments: 0..<8)
    func `always end in a text or in words`(seed: Int) throws {
        var chance = Chance(state: UInt64(seed) &+ 1)
        var cases: [TemplateCase] = []
        for file in `Conformance of templates`.files { cases += try `Conformance of templates`.cases(file) }
        for _ in 0..<400 {
            let chosen = cases[chance.below(cases.count)]
            var request = try #require(JSONValue.read(chosen.request)?.members)
            let place = try #require(request.firstIndex { $0.name == "template" })
            var letters = Array((request[place].value.string ?? "").unicodeScalars)
            for _ in 0...chance.below(3) {
                let at = chance.below(letters.count + 1)
                switch chance.below(3) {
                case 0: letters.insert(contentsOf: Self.pieces[chance.below(Self.pieces.count)].unicodeScalars, at: at)
                case 1: letters.removeSubrange(at..<min(letters.count, at + chance.below(4)))
                default: letters += letters[at..<min(letters.count, at + chance.below(20))]
                }
            }
            var view = String.UnicodeScalarView()
            view.append(contentsOf: letters)
            request[place] = JSONMember(name: "template", value: .string(String(view)))
            let line = Array(JSONValue.object(request).text.utf8)
            let answer = JSONValue.read(RenderRequest.answer(line, moment: .test))
            #expect(answer?["result"]?.string != nil || answer?["error"]?.string != nil, "\(String(view))")
        }
    }
}
