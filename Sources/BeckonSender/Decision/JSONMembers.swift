/// The members of a JSON object as they stand in its text, so that numbers and order survive on their way to a provider.
///
/// Only for text that a JSON parser has accepted and that `isInUTF8`: it is not checked again. Of a name that stands twice
/// the last counts.
struct JSONMembers {
    private let text: UnsafeRawBufferPointer

    /// - Parameter text: must outlive this value.
    init(of text: UnsafeRawBufferPointer) { self.text = text }

    /// Whether text that a JSON parser accepts is an object in UTF-8 without a byte order mark: Foundation's parser takes
    /// UTF-16 and UTF-32 too, in which each brace has a zero beside it.
    static func isInUTF8(_ text: UnsafeRawBufferPointer) -> Bool {
        text.first { $0 > UInt8(ascii: " ") } == UInt8(ascii: "{") && !text.contains(0)
    }

    /// The value's text; nil where there is none, and for `null`.
    subscript(_ name: StaticString) -> String? {
        var found: Range<Int>?
        var at = next(after: next(after: -1))
        while at < text.count, text[at] == UInt8(ascii: "\"") {
            let key = at + 1..<end(ofString: at) - 1
            let colon = next(after: key.upperBound)
            let start = next(after: colon)
            let end = end(ofValue: start)
            if isName(name, key) { found = start..<end }
            at = next(after: next(after: end - 1))
        }
        guard let found else { return nil }
        let value = String(decoding: text[found], as: UTF8.self)
        return value == "null" ? nil : value
    }

    private func isName(_ name: StaticString, _ key: Range<Int>) -> Bool {
        key.count == name.utf8CodeUnitCount
            && text[key].elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    /// The first place behind `place` that is no white space.
    private func next(after place: Int) -> Int {
        var at = place + 1
        while at < text.count, text[at] <= UInt8(ascii: " ") { at += 1 }
        return at
    }

    /// Behind the closing quote of the string that opens at `start`.
    private func end(ofString start: Int) -> Int {
        var at = start + 1
        while at < text.count, text[at] != UInt8(ascii: "\"") { at += text[at] == UInt8(ascii: "\\") ? 2 : 1 }
        return min(at + 1, text.count)
    }

    private func end(ofValue start: Int) -> Int {
        var depth = 0
        var at = start
        while at < text.count {
            switch text[at] {
            case UInt8(ascii: "\""):
                at = end(ofString: at)
                if depth == 0 { return at }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                // The object's own brace ends a number or a word.
                if depth == 0 { return trimmed(start, at) }
                depth -= 1
                if depth == 0 { return at + 1 }
            case UInt8(ascii: ","): if depth == 0 { return trimmed(start, at) }
            default: break
            }
            at += 1
        }
        return at
    }

    private func trimmed(_ start: Int, _ end: Int) -> Int {
        var end = end
        while end > start, text[end - 1] <= UInt8(ascii: " ") { end -= 1 }
        return end
    }
}
