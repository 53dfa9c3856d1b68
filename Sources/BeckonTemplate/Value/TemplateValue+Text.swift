/// Text while it is made, which may not grow beyond a bound.
struct TextSink {
    private(set) var bytes: [UInt8] = []
    let bytesMax: Int

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func append(_ text: String) throws(RenderFailure) { try append(utf8: text.utf8) }

    mutating func append(utf8: some Collection<UInt8>) throws(RenderFailure) {
        guard utf8.count <= bytesMax - bytes.count else { throw .textTooLong(bytesMax) }
        bytes.append(contentsOf: utf8)
    }

    /// With `&`, `<`, `>`, `"` and `'` as HTML writes them.
    mutating func append(escaped text: String) throws(RenderFailure) {
        var text = text
        var start = 0
        let appended = text.withUTF8 { utf8 -> Bool in
            for (place, byte) in utf8.enumerated() {
                guard let entity = Self.entity(byte) else { continue }
                guard utf8.count - start + bytes.count + entity.count <= bytesMax else { return false }
                bytes.append(contentsOf: utf8[start..<place])
                bytes.append(contentsOf: entity.utf8)
                start = place + 1
            }
            guard utf8.count - start <= bytesMax - bytes.count else { return false }
            bytes.append(contentsOf: utf8[start...])
            return true
        }
        if !appended { throw .textTooLong(bytesMax) }
    }

    static func entity(_ byte: UInt8) -> String? {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        default: nil
        }
    }
}

// MARK: Values as text

extension TextSink {
    /// What `{{ }}` prints: nothing for nil, of a list its elements one after another.
    mutating func append(output value: TemplateValue, isEscaped: Bool) throws(RenderFailure) {
        switch value {
        case .nil: break
        case .list(let elements):
            for element in elements { try append(output: element, isEscaped: isEscaped) }
        case .string(let text) where isEscaped: try append(escaped: text)
        case .hash where isEscaped:
            var inner = TextSink(bytesMax: bytesMax)
            try inner.append(value)
            try append(escaped: inner.text)
        default: try append(value)
        }
    }

    /// What filters take a value for: nothing for nil, lists and hashes as they are written in source text.
    mutating func append(_ value: TemplateValue) throws(RenderFailure) {
        switch value {
        case .nil: break
        case .string(let text), .markup(let text): try append(text)
        default: try append(inspected: value)
        }
    }

    /// As it is written in source text.
    mutating func append(inspected value: TemplateValue) throws(RenderFailure) {
        switch value {
        case .nil: try append("nil")
        case .bool(let isTrue): try append(isTrue ? "true" : "false")
        case .integer(let number): try append(String(number))
        case .decimal(let number): try append(DecimalText.text(number))
        case .range(let first, let last): try append("\(first)..\(last)")
        case .loop: try append("Liquid::ForloopDrop")
        case .tableRow: try append("Liquid::TablerowloopDrop")
        case .string(let text), .markup(let text): try append(quoted: text)
        case .list(let elements):
            try append("[")
            for (place, element) in elements.enumerated() {
                if place > 0 { try append(", ") }
                try append(inspected: element)
            }
            try append("]")
        case .hash(let hash):
            try append("{")
            for (place, member) in hash.members.enumerated() {
                if place > 0 { try append(", ") }
                try append(quoted: member.name)
                try append("=>")
                try append(inspected: member.value)
            }
            try append("}")
        }
    }

    private mutating func append(quoted text: String) throws(RenderFailure) {
        try append("\"")
        let scalars = text.unicodeScalars
        var place = scalars.startIndex
        while place < scalars.endIndex {
            let scalar = scalars[place]
            place = scalars.index(after: place)
            let next = place < scalars.endIndex ? scalars[place] : nil
            switch scalar {
            case "\"": try append("\\\"")
            case "\\": try append("\\\\")
            case "#" where next == "{" || next == "$" || next == "@": try append("\\#")
            case "\n": try append("\\n")
            case "\t": try append("\\t")
            case "\r": try append("\\r")
            case "\u{7}": try append("\\a")
            case "\u{8}": try append("\\b")
            case "\u{B}": try append("\\v")
            case "\u{C}": try append("\\f")
            case "\u{1B}": try append("\\e")
            case "\u{0}"..."\u{1F}", "\u{7F}":
                let digits = String(scalar.value, radix: 16, uppercase: true)
                try append("\\x" + (digits.utf8.count < 2 ? "0" : "") + digits)
            default: try append(utf8: String(scalar).utf8)
            }
        }
        try append("\"")
    }
}
