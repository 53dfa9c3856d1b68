/// Cuts the text of an expression into tokens.
///
/// Source: the lexis of the Common Expression Language (cel-spec, langdef.md).
struct ExpressionLexer {
    private let text: [UInt8]
    private var position = 0

    private init(_ text: String) {
        self.text = Array(text.utf8)
    }

    /// All tokens, the last one being `.end`.
    static func tokens(of text: String) throws(ExpressionProblem) -> [ExpressionToken] {
        var lexer = ExpressionLexer(text)
        var tokens: [ExpressionToken] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    private func byte(_ ahead: Int = 0) -> UInt8? {
        position + ahead < text.count ? text[position + ahead] : nil
    }

    private mutating func next() throws(ExpressionProblem) -> ExpressionToken {
        skipSpace()
        let start = position
        guard let first = byte() else { return ExpressionToken(kind: .end, offset: start) }
        if let prefix = stringPrefix() { return try string(prefix) }
        if first.isNameStart { return name() }
        if first == UInt8(ascii: "`") { return try quotedName() }
        if first.isDigit || (first == UInt8(ascii: ".") && byte(1)?.isDigit == true) { return try number() }
        return try symbol()
    }

    private mutating func skipSpace() {
        while let next = byte() {
            if next == UInt8(ascii: "/"), byte(1) == UInt8(ascii: "/") {
                while let other = byte(), other != 0x0A { position += 1 }
            } else if next == 0x20 || (0x09...0x0D).contains(next) {
                position += 1
            } else {
                return
            }
        }
    }

    private mutating func name() -> ExpressionToken {
        let start = position
        while byte()?.isNamePart == true { position += 1 }
        return ExpressionToken(kind: .name(String(decoding: text[start..<position], as: UTF8.self)), offset: start)
    }

    /// Between backticks, after a dot: a member whose name is no word.
    private mutating func quotedName() throws(ExpressionProblem) -> ExpressionToken {
        let start = position
        position += 1
        while let next = byte(), next.isNamePart || ".-/ ".utf8.contains(next) { position += 1 }
        guard byte() == UInt8(ascii: "`"), position > start + 1 else {
            throw ExpressionProblem(
                offset: start, message: "a name in backticks has letters, digits, spaces and the signs _ . - / only")
        }
        position += 1
        let name = String(decoding: text[start + 1..<position - 1], as: UTF8.self)
        return ExpressionToken(kind: .quotedName(name), offset: start)
    }

    private mutating func symbol() throws(ExpressionProblem) -> ExpressionToken {
        let start = position
        let pairs = ["&&", "||", "==", "!=", "<=", ">="]
        if position + 1 < text.count {
            let pair = String(decoding: text[position...position + 1], as: UTF8.self)
            if pairs.contains(pair) {
                position += 2
                return ExpressionToken(kind: .symbol(pair), offset: start)
            }
        }
        guard "!<>+-*/%?:()[]{},.".utf8.contains(text[position]) else { throw unknownCharacter() }
        position += 1
        return ExpressionToken(kind: .symbol(String(UnicodeScalar(text[start]))), offset: start)
    }

    private func unknownCharacter() -> ExpressionProblem {
        let hint: String
        switch text[position] {
        case UInt8(ascii: "="): hint = "write == to compare"
        case UInt8(ascii: "&"): hint = "write && for and"
        case UInt8(ascii: "|"): hint = "write || for or"
        default:
            let character = String(decoding: text[position...], as: UTF8.self).unicodeScalars.first.map(String.init)
            hint = "`\(character ?? "")` means nothing here"
        }
        return ExpressionProblem(offset: position, message: hint)
    }
}

// MARK: Numbers

extension ExpressionLexer {
    private mutating func number() throws(ExpressionProblem) -> ExpressionToken {
        let start = position
        if text[position] == UInt8(ascii: "0"), byte(1) == UInt8(ascii: "x") || byte(1) == UInt8(ascii: "X") {
            position += 2
            return try whole(from: position, radix: 16, offset: start)
        }
        skipDigits()
        var isDouble = false
        if byte() == UInt8(ascii: "."), byte(1)?.isDigit == true {
            isDouble = true
            position += 1
            skipDigits()
        }
        if byte() == UInt8(ascii: "e") || byte() == UInt8(ascii: "E") {
            isDouble = true
            position += 1
            if byte() == UInt8(ascii: "+") || byte() == UInt8(ascii: "-") { position += 1 }
            guard byte()?.isDigit == true else { throw badNumber(start) }
            skipDigits()
        }
        guard isDouble else {
            position = start
            return try whole(from: start, radix: 10, offset: start)
        }
        guard byte()?.isNamePart != true,
            let value = Double(String(decoding: text[start..<position], as: UTF8.self)), value.isFinite
        else { throw badNumber(start) }
        return ExpressionToken(kind: .double(value), offset: start)
    }

    private mutating func skipDigits() {
        while byte()?.isDigit == true { position += 1 }
    }

    private mutating func whole(from digits: Int, radix: Int, offset: Int) throws(ExpressionProblem) -> ExpressionToken
    {
        while byte()?.isHexadecimalDigit == true { position += 1 }
        let end = position
        let isUnsigned = byte() == UInt8(ascii: "u") || byte() == UInt8(ascii: "U")
        if isUnsigned { position += 1 }
        let written = String(decoding: text[digits..<end], as: UTF8.self)
        guard byte()?.isNamePart != true, let value = UInt64(written, radix: radix) else { throw badNumber(offset) }
        return ExpressionToken(kind: isUnsigned ? .uint(value) : .int(value), offset: offset)
    }

    private func badNumber(_ offset: Int) -> ExpressionProblem {
        ExpressionProblem(
            offset: offset,
            message: "not a number that fits: whole numbers have 64 bits; durations are duration(\"15m\")")
    }
}

// MARK: Strings

extension ExpressionLexer {
    private struct StringPrefix {
        var length = 0
        var isRaw = false
        var isBytes = false
    }

    /// nil when no string begins here.
    private func stringPrefix() -> StringPrefix? {
        var prefix = StringPrefix()
        while let next = byte(prefix.length) {
            switch next {
            case UInt8(ascii: "'"), UInt8(ascii: "\""): return prefix
            case UInt8(ascii: "r"), UInt8(ascii: "R"):
                if prefix.isRaw { return nil }
                prefix.isRaw = true
            case UInt8(ascii: "b"), UInt8(ascii: "B"):
                // The b comes first.
                if prefix.isBytes || prefix.isRaw { return nil }
                prefix.isBytes = true
            default: return nil
            }
            prefix.length += 1
        }
        return nil
    }

    private mutating func string(_ prefix: StringPrefix) throws(ExpressionProblem) -> ExpressionToken {
        let start = position
        position += prefix.length
        let quote = text[position]
        let isTriple = byte(1) == quote && byte(2) == quote
        position += isTriple ? 3 : 1
        var content: [UInt8] = []
        while true {
            guard let next = byte(), isTriple || (next != 0x0A && next != 0x0D) else {
                throw ExpressionProblem(offset: start, message: "this text never ends: its closing quote is missing")
            }
            if next == quote, !isTriple || (byte(1) == quote && byte(2) == quote) {
                position += isTriple ? 3 : 1
                break
            }
            if next == UInt8(ascii: "\\"), !prefix.isRaw {
                try escape(into: &content, isBytes: prefix.isBytes)
            } else {
                content.append(next)
                position += 1
            }
        }
        if prefix.isBytes { return ExpressionToken(kind: .bytes(content), offset: start) }
        return ExpressionToken(kind: .string(String(decoding: content, as: UTF8.self)), offset: start)
    }

    private mutating func escape(into content: inout [UInt8], isBytes: Bool) throws(ExpressionProblem) {
        let start = position
        position += 1
        let letter = byte() ?? 0
        position += 1
        switch letter {
        case UInt8(ascii: "a"): content.append(0x07)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "v"): content.append(0x0B)
        case UInt8(ascii: "\\"), UInt8(ascii: "?"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"):
            content.append(letter)
        case UInt8(ascii: "x"), UInt8(ascii: "X"):
            try append(number(digits: 2, radix: 16, from: start), isOctet: isBytes, from: start, to: &content)
        case UInt8(ascii: "0")...UInt8(ascii: "3"):
            position -= 1
            try append(number(digits: 3, radix: 8, from: start), isOctet: isBytes, from: start, to: &content)
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            // Code points belong into texts; bytes have octets.
            guard !isBytes else { throw badEscape(start) }
            let digits = letter == UInt8(ascii: "u") ? 4 : 8
            try append(number(digits: digits, radix: 16, from: start), isOctet: false, from: start, to: &content)
        default: throw badEscape(start)
        }
    }

    private mutating func number(digits: Int, radix: Int, from start: Int) throws(ExpressionProblem) -> UInt32 {
        guard position + digits <= text.count, text[position] != UInt8(ascii: "+"),
            let value = UInt32(String(decoding: text[position..<position + digits], as: UTF8.self), radix: radix)
        else { throw badEscape(start) }
        position += digits
        return value
    }

    private func append(
        _ value: UInt32, isOctet: Bool, from start: Int, to content: inout [UInt8]
    ) throws(ExpressionProblem) {
        if isOctet {
            content.append(UInt8(truncatingIfNeeded: value))
            return
        }
        guard let scalar = UnicodeScalar(value) else { throw badEscape(start) }
        content.append(contentsOf: String(scalar).utf8)
    }

    private func badEscape(_ start: Int) -> ExpressionProblem {
        ExpressionProblem(
            offset: start,
            message: "not an escape: \\n \\t \\\\ \\\" \\' \\xHH \\uHHHH and the like; r\"…\" takes \\ as it is")
    }
}

extension UInt8 {
    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
    var isLetter: Bool { (self | 0x20) >= UInt8(ascii: "a") && (self | 0x20) <= UInt8(ascii: "z") }
    var isHexadecimalDigit: Bool {
        isDigit || ((self | 0x20) >= UInt8(ascii: "a") && (self | 0x20) <= UInt8(ascii: "f"))
    }
    var isNameStart: Bool { isLetter || self == UInt8(ascii: "_") }
    var isNamePart: Bool { isNameStart || isDigit }
}
