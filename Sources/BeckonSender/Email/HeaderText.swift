import Foundation

/// What may stand in a header of an email: whatever is made of it, it ends no line. Line ends, NUL and all other control characters become
/// blanks when it is made, and there is no other way to make one.
struct HeaderText: Equatable {
    let text: String

    init(_ text: String) {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { scalars.append(Self.isControl(scalar) ? " " : scalar) }
        self.text = String(scalars)
    }

    /// C0, DEL, C1, and Unicode's own ends of lines and paragraphs.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || (0x2028...0x2029).contains(scalar.value)
    }

    /// Without blanks at its ends.
    var trimmed: HeaderText { HeaderText(text.trimmingBlanks) }

    // MARK: On the wire

    /// Where a header's line is folded, without its end (RFC 5322, section 2.1.1), and one with encoded words (RFC 2047, section 2).
    static let lineBytesMax = 78
    static let encodedLineBytesMax = 76
    /// Of an encoded word, with its frame (RFC 2047, section 2).
    static let encodedWordBytesMax = 75
    private static let frame = (start: "=?UTF-8?B?", end: "?=")

    /// The lines of a header whose text has no structure, such as Subject: folded, and encoded where it has more than plain words.
    ///
    /// - Parameter column: where the first one begins: behind the header's name and its colon and blank. The others begin behind a blank.
    func unstructured(column: Int) -> [String] {
        isPlain(column: column) ? folded(column: column) : encodedWords(column: column)
    }

    /// ASCII words with one blank in between, that fit into lines and that nobody takes for encoded.
    private func isPlain(column: Int) -> Bool {
        let bytes = text.utf8
        guard bytes.allSatisfy({ (0x20...0x7E).contains($0) }), !text.contains("=?") else { return false }
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        return words.count == 1 && text.isEmpty
            || words.allSatisfy { !$0.isEmpty && column + $0.utf8.count <= Self.lineBytesMax }
    }

    /// What is folded is the blank itself: it stands at the next line's begin, and reading takes the line's end away.
    private func folded(column: Int) -> [String] {
        var lines = [""]
        var room = Self.lineBytesMax - column
        for word in text.split(separator: " ") {
            let blank = lines[lines.count - 1].isEmpty ? "" : " "
            if blank.utf8.count + word.utf8.count <= room {
                lines[lines.count - 1] += blank + word
                room -= blank.utf8.count + word.utf8.count
            } else {
                lines.append(String(word))
                room = Self.lineBytesMax - 1 - word.utf8.count
            }
        }
        return lines
    }

    /// The whole text in base64 (RFC 2047), a word a line. No character is broken; one that is longer than a word, made of many scalars, only
    /// between them.
    func encodedWords(column: Int) -> [String] {
        var words: [String] = []
        var bytes: [UInt8] = []
        func room() -> Int {
            let line = Self.encodedLineBytesMax - (words.isEmpty ? column : 1)
            let encoded = min(line, Self.encodedWordBytesMax) - Self.frame.start.utf8.count - Self.frame.end.utf8.count
            return encoded / 4 * 3
        }
        func close() {
            words.append(Self.frame.start + Data(bytes).base64EncodedString() + Self.frame.end)
            bytes = []
        }
        for character in text {
            let whole = Array(String(character).utf8)
            let pieces = whole.count <= room() ? [whole] : character.unicodeScalars.map { Array(String($0).utf8) }
            for piece in pieces {
                if bytes.count + piece.count > room() { close() }
                bytes += piece
            }
        }
        if !bytes.isEmpty || words.isEmpty { close() }
        return words
    }
}
