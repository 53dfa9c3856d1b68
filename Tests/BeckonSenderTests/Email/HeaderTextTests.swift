import Foundation
import Testing

@testable import BeckonSender

@Suite struct `Header text` {
    func unfolded(_ lines: [String]) -> String { lines.joined(separator: "\r\n ") }

    @Test func `cannot hold the end of a line`() {
        let text = HeaderText("a\r\nBcc: x@y\u{0}\u{B}\u{85}\u{2028}\u{2029}\u{7F}b\tc\rd\ne").text
        #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
        // CR LF is one character of Swift's, and two scalars.
        #expect(text == "a  Bcc: x@y      b c d e")
        #expect(!text.utf8.contains(13) && !text.utf8.contains(10) && !text.utf8.contains(0))
    }

    @Test func `plain words stand as they are, folded where a blank is`() {
        #expect(HeaderText("3 things are waiting").unstructured(column: 9) == ["3 things are waiting"])
        #expect(HeaderText("").unstructured(column: 9) == [""])
        let words = (0..<40).map { "word\($0)" }.joined(separator: " ")
        let lines = HeaderText(words).unstructured(column: 9)
        #expect(lines.count > 3 && lines.joined(separator: " ") == words)
        #expect(lines[0].utf8.count + 9 <= 78 && lines.dropFirst().allSatisfy { $0.utf8.count + 1 <= 78 })
    }

    @Test(arguments: [
        "Grüße", "two  blanks", " begins", "ends ", "=?UTF-8?B?eA==?=", String(repeating: "x", count: 500),
        String(repeating: "👨‍👩‍👧‍👦", count: 60), "שלום עולם", "e" + String(repeating: "\u{301}", count: 200),
        String(repeating: "語", count: 3_400),
    ])
    func `everything else is encoded, in words of whole characters`(_ text: String) throws {
        let lines = HeaderText(text).unstructured(column: 9)
        #expect(lines[0].utf8.count + 9 <= 76 && lines.allSatisfy { $0.utf8.count <= 75 })
        var decoded = ""
        for line in lines {
            #expect(line.hasPrefix("=?UTF-8?B?") && line.hasSuffix("?="))
            let bytes = try #require(Data(base64Encoded: String(line.dropFirst(10).dropLast(2))))
            // Each word alone is UTF-8.
            decoded += try #require(String(bytes: bytes, encoding: .utf8))
        }
        #expect(Array(decoded.utf8) == Array(text.utf8))
    }

    @Test func `a family is not torn apart`() throws {
        let family = "👨‍👩‍👧‍👦"
        for line in HeaderText(String(repeating: family, count: 20)).unstructured(column: 9) {
            let word = String(decoding: Data(base64Encoded: String(line.dropFirst(10).dropLast(2)))!, as: UTF8.self)
            #expect(word.allSatisfy { String($0) == family }, "\(word)")
        }
    }
}
