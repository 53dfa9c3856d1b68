/// Splits the inside of a tag into words.
struct TemplateLexer {
    enum Token: Equatable {
        case name(String)
        case string(String)
        case number(String)
        case comparison(TemplateOperator)
        case pipe, dot, dots, colon, comma, openSquare, closeSquare, openRound, closeRound, dash, question
        case end

        /// For sentences.
        var described: String {
            switch self {
            case .name(let name): "`\(name)`"
            case .string: "a text"
            case .number(let digits): "`\(digits)`"
            case .comparison(let comparison): "`\(comparison.sign)`"
            case .pipe: "`|`"
            case .dot: "`.`"
            case .dots: "`..`"
            case .colon: "`:`"
            case .comma: "`,`"
            case .openSquare: "`[`"
            case .closeSquare: "`]`"
            case .openRound: "`(`"
            case .closeRound: "`)`"
            case .dash: "`-`"
            case .question: "`?`"
            case .end: "the end of the tag"
            }
        }
    }

    struct Placed {
        let token: Token
        /// In the source.
        let range: Range<Int>
    }

    private let source: TemplateSource
    private var place: Int
    private let end: Int

    /// With `end` as the last one.
    static func tokens(in range: Range<Int>, of source: TemplateSource) throws(TemplateProblem) -> [Placed] {
        var lexer = TemplateLexer(source: source, place: range.lowerBound, end: range.upperBound)
        var tokens: [Placed] = []
        while true {
            let isBehindDot = tokens.last?.token == .dot
            let token = try lexer.next(isBehindDot: isBehindDot)
            tokens.append(token)
            if token.token == .end { return tokens }
        }
    }

    private var byte: UInt8? { place < end ? source.bytes[place] : nil }
    private var following: UInt8? { place + 1 < end ? source.bytes[place + 1] : nil }

    private mutating func next(isBehindDot: Bool) throws(TemplateProblem) -> Placed {
        while let byte, byte.isBlankByte { place += 1 }
        let start = place
        let token = try token(isBehindDot: isBehindDot)
        return Placed(token: token, range: start..<place)
    }

    private mutating func token(isBehindDot: Bool) throws(TemplateProblem) -> Token {
        guard let byte else { return .end }
        if byte.isNameStart { return name(isBehindDot: isBehindDot) }
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
        case UInt8(ascii: "-"): return following?.isDigitByte == true ? number() : take(1, .dash)
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return try string(byte)
        case UInt8(ascii: "."): return following == byte ? take(2, .dots) : take(1, .dot)
        case UInt8(ascii: "|"): return take(1, .pipe)
        case UInt8(ascii: ":"): return take(1, .colon)
        case UInt8(ascii: ","): return take(1, .comma)
        case UInt8(ascii: "["): return take(1, .openSquare)
        case UInt8(ascii: "]"): return take(1, .closeSquare)
        case UInt8(ascii: "("): return take(1, .openRound)
        case UInt8(ascii: ")"): return take(1, .closeRound)
        case UInt8(ascii: "?"): return take(1, .question)
        default: return try comparison(byte)
        }
    }

    private mutating func comparison(_ byte: UInt8) throws(TemplateProblem) -> Token {
        switch (byte, following) {
        case (UInt8(ascii: "="), UInt8(ascii: "=")): return take(2, .comparison(.equal))
        case (UInt8(ascii: "!"), UInt8(ascii: "=")), (UInt8(ascii: "<"), UInt8(ascii: ">")):
            return take(2, .comparison(.notEqual))
        case (UInt8(ascii: "<"), UInt8(ascii: "=")): return take(2, .comparison(.lessOrEqual))
        case (UInt8(ascii: ">"), UInt8(ascii: "=")): return take(2, .comparison(.greaterOrEqual))
        case (UInt8(ascii: "<"), _): return take(1, .comparison(.less))
        case (UInt8(ascii: ">"), _): return take(1, .comparison(.greater))
        case (UInt8(ascii: "="), _):
            throw source.problem(.syntax, "`=` compares nothing: write `==`", at: place)
        default:
            let letter = source.text(place..<end).unicodeScalars.first.map { String($0) } ?? ""
            throw source.problem(.syntax, "`\(letter)` means nothing here", at: place)
        }
    }

    private mutating func take(_ count: Int, _ token: Token) -> Token {
        place += count
        return token
    }

    private mutating func name(isBehindDot: Bool) -> Token {
        let start = place
        while let byte, byte.isNameStart || byte.isDigitByte || byte == UInt8(ascii: "-") { place += 1 }
        if byte == UInt8(ascii: "?") { place += 1 }
        let name = source.text(start..<place)
        return name == "contains" && !isBehindDot ? .comparison(.contains) : .name(name)
    }

    private mutating func number() -> Token {
        let start = place
        place += 1
        while let byte, byte.isDigitByte { place += 1 }
        if byte == UInt8(ascii: "."), following?.isDigitByte == true {
            place += 1
            while let byte, byte.isDigitByte { place += 1 }
        }
        return .number(source.text(start..<place))
    }

    private mutating func string(_ quote: UInt8) throws(TemplateProblem) -> Token {
        guard let close = source.bytes[place + 1..<end].firstIndex(of: quote) else {
            throw source.problem(.syntax, "the text that begins here has no closing quote", at: place)
        }
        let text = source.text(place + 1..<close)
        place = close + 1
        return .string(text)
    }
}

extension TemplateOperator {
    fileprivate var sign: String {
        switch self {
        case .equal: "=="
        case .notEqual: "!="
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        case .contains: "contains"
        }
    }
}

extension UInt8 {
    /// A letter of ASCII or `_`.
    var isNameStart: Bool {
        let lower = self | 0x20
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lower) || self == UInt8(ascii: "_")
    }

    /// Of the name of a tag.
    var isWordByte: Bool { isNameStart || isDigitByte }
}
