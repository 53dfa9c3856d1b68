/// Splits a template into text, outputs and tags, and takes away the white space that `-` asks for.
///
/// It also reads the lines of a `liquid` tag, each of which is a tag.
struct PieceReader {
    enum Piece {
        case text(Range<Int>)
        /// What stands between `{{` and `}}`.
        case output(Range<Int>)
        case tag(Tag)
    }

    struct Tag {
        let name: String
        /// What follows the name.
        let markup: Range<Int>
        /// Of the name, in the source.
        let offset: Int
    }

    let source: TemplateSource
    private var place: Int
    private let end: Int
    let isLines: Bool
    private var trimsNext = false

    init(_ source: TemplateSource) {
        (self.source, place, end, isLines) = (source, 0, source.bytes.count, false)
    }

    /// The inside of a `liquid` tag.
    init(lines: Range<Int>, of source: TemplateSource) {
        (self.source, place, end, isLines) = (source, lines.lowerBound, lines.upperBound, true)
    }

    /// nil at the end.
    mutating func next() throws(TemplateProblem) -> Piece? {
        if isLines { return try nextLine() }
        while place < end {
            switch opening(at: place) {
            case UInt8(ascii: "{"): return .output(try output())
            case UInt8(ascii: "%"): return .tag(try tag())
            default:
                let range = text()
                if !range.isEmpty { return .text(range) }
            }
        }
        return nil
    }

    // MARK: Pieces

    /// The second letter of `{{` or `{%`; nil where neither begins.
    private func opening(at place: Int) -> UInt8? {
        guard place + 1 < end, source.bytes[place] == UInt8(ascii: "{") else { return nil }
        let second = source.bytes[place + 1]
        return second == UInt8(ascii: "{") || second == UInt8(ascii: "%") ? second : nil
    }

    private func isDash(_ place: Int) -> Bool { place < end && source.bytes[place] == UInt8(ascii: "-") }

    private mutating func text() -> Range<Int> {
        var start = place
        place = nextOpening(from: place) ?? end
        var stop = place
        if trimsNext { while start < stop, source.bytes[start].isTrimmed { start += 1 } }
        trimsNext = false
        if place < end, isDash(place + 2) { while start < stop, source.bytes[stop - 1].isTrimmed { stop -= 1 } }
        return start..<stop
    }

    private func nextOpening(from start: Int) -> Int? {
        var at = start
        while at < end {
            if source.bytes[at] == UInt8(ascii: "{"), opening(at: at) != nil { return at }
            at += 1
        }
        return nil
    }

    /// Where two bytes begin.
    private func find(_ first: UInt8, _ second: UInt8, from start: Int) -> Int? {
        var at = start
        while at + 1 < end {
            if source.bytes[at] == first, source.bytes[at + 1] == second { return at }
            at += 1
        }
        return nil
    }

    /// Between the delimiters, without the dashes that trim. `place` goes behind.
    private mutating func inside(until close: Int) -> Range<Int> {
        let start = place + (isDash(place + 2) ? 3 : 2)
        trimsNext = isDash(close - 1) && close - 1 >= place + 2
        let stop = max(start, close - (trimsNext ? 1 : 0))
        place = close + 2
        return start..<stop
    }

    private mutating func output() throws(TemplateProblem) -> Range<Int> {
        var at = place + 2
        while at < end, source.bytes[at] != UInt8(ascii: "}"), opening(at: at) != UInt8(ascii: "%") { at += 1 }
        guard at + 1 < end, source.bytes[at] == UInt8(ascii: "}"), source.bytes[at + 1] == UInt8(ascii: "}") else {
            throw source.problem(.syntax, "what begins with `{{` here has no `}}`", at: place)
        }
        return inside(until: at)
    }

    private mutating func tag() throws(TemplateProblem) -> Tag {
        guard let close = find(UInt8(ascii: "%"), UInt8(ascii: "}"), from: place + 2) else {
            throw source.problem(.syntax, "the tag that begins here has no `%}`", at: place)
        }
        let start = place
        let range = inside(until: close)
        guard let tag = named(range) else {
            throw source.problem(.syntax, "a tag has a name, as in {% assign name = 1 %}", at: start)
        }
        return tag
    }

    private func named(_ range: Range<Int>) -> Tag? {
        var at = range.lowerBound
        while at < range.upperBound, source.bytes[at].isBlankByte { at += 1 }
        let start = at
        if at < range.upperBound, source.bytes[at] == UInt8(ascii: "#") {
            return Tag(name: "#", markup: at + 1..<range.upperBound, offset: start)
        }
        while at < range.upperBound, source.bytes[at].isWordByte { at += 1 }
        guard at > start else { return nil }
        return Tag(name: source.text(start..<at), markup: at..<range.upperBound, offset: start)
    }

    private mutating func nextLine() throws(TemplateProblem) -> Piece? {
        while place < end {
            let start = place
            let stop = source.bytes[start..<end].firstIndex(of: UInt8(ascii: "\n")) ?? end
            place = stop + 1
            if source.bytes[start..<stop].allSatisfy(\.isBlankByte) { continue }
            guard let tag = named(start..<stop) else {
                throw source.problem(.syntax, "a line of `liquid` begins with a tag's name", at: start)
            }
            return .tag(tag)
        }
        return nil
    }
}

// MARK: Text that is not read

extension PieceReader {
    /// Everything up to the tag that ends it, as it stands; `place` goes behind. nil: there is no such tag.
    mutating func verbatim(until name: String) -> Range<Int>? {
        guard !isLines else { return nil }
        let start = place
        var at = place
        while let open = find(UInt8(ascii: "{"), UInt8(ascii: "%"), from: at) {
            if let close = closing(of: name, at: open) {
                place = open
                _ = inside(until: close)
                return start..<open
            }
            at = open + 2
        }
        return nil
    }

    /// Where the tag that begins there ends, if it has the name.
    private func closing(of name: String, at open: Int) -> Int? {
        let start = open + (isDash(open + 2) ? 3 : 2)
        guard let tag = named(start..<end), tag.name == name else { return nil }
        return find(UInt8(ascii: "%"), UInt8(ascii: "}"), from: tag.markup.lowerBound)
    }

    func hasTag(_ name: String, in range: Range<Int>) -> Bool {
        var at = range.lowerBound
        while let open = find(UInt8(ascii: "{"), UInt8(ascii: "%"), from: at), open < range.upperBound {
            if closing(of: name, at: open) != nil { return true }
            at = open + 2
        }
        return false
    }

    /// Behind the `endcomment` that belongs to the comment that has begun; false: there is none.
    mutating func skipComment() -> Bool {
        var depth = 1
        while depth > 0 {
            guard place < end else { return false }
            switch isLines ? commentLine() : commentTag() {
            case "comment": depth += 1
            case "endcomment": depth -= 1
            case "raw": if verbatim(until: "endraw") == nil { return false }
            default: break
            }
        }
        return true
    }

    private mutating func commentLine() -> String? {
        let start = place
        let stop = source.bytes[start..<end].firstIndex(of: UInt8(ascii: "\n")) ?? end
        place = stop + 1
        return named(start..<stop)?.name
    }

    /// The name of the next tag, whatever it is; nil for text and outputs.
    private mutating func commentTag() -> String? {
        guard let open = nextOpening(from: place) else {
            place = end
            return nil
        }
        place = open
        var from = open + 2
        if source.bytes[open + 1] == UInt8(ascii: "{") {
            // An output ends at its first brace; a tag inside it is a part of it.
            while from < end, source.bytes[from] != UInt8(ascii: "}"), opening(at: from) != UInt8(ascii: "%") {
                from += 1
            }
            if from < end, source.bytes[from] == UInt8(ascii: "}") {
                place = min(end, from + (from + 1 < end && source.bytes[from + 1] == UInt8(ascii: "}") ? 2 : 1))
                return nil
            }
        }
        guard let close = find(UInt8(ascii: "%"), UInt8(ascii: "}"), from: from) else {
            place = from
            return nil
        }
        let isOutput = source.bytes[open + 1] == UInt8(ascii: "{")
        let range = inside(until: close)
        return isOutput ? nil : named(range)?.name
    }
}

extension UInt8 {
    /// What `-` takes away.
    fileprivate var isTrimmed: Bool { isBlankByte || self == 0 }
}
