/// Filters that make texts of texts. A letter is a Unicode scalar.
extension TemplateFilter {
    static let textFilters: [TemplateFilter] = [
        TemplateFilter("append", 1...1) { call throws(RenderFailure) in
            try joined(&call, call.input, call.arguments[0])
        },
        TemplateFilter("prepend", 1...1) { call throws(RenderFailure) in
            try joined(&call, call.arguments[0], call.input)
        },
        TemplateFilter("upcase") { call throws(RenderFailure) in .string(try call.text(call.input).uppercased()) },
        TemplateFilter("downcase") { call throws(RenderFailure) in .string(try call.text(call.input).lowercased()) },
        TemplateFilter("capitalize") { call throws(RenderFailure) in
            let scalars = try call.text(call.input).unicodeScalars
            guard let first = scalars.first else { return .string("") }
            return .string(first.properties.titlecaseMapping + String(scalars.dropFirst()).lowercased())
        },
        TemplateFilter("strip") { call throws(RenderFailure) in
            .string(String(try call.text(call.input).strippedOfBlanks))
        },
        TemplateFilter("lstrip") { call throws(RenderFailure) in
            .string(String(Substring(try call.text(call.input)).strippedAtStart))
        },
        TemplateFilter("rstrip") { call throws(RenderFailure) in
            .string(String(Substring(try call.text(call.input)).strippedAtEnd))
        },
        TemplateFilter("squish") { call throws(RenderFailure) in
            if call.input.isNil { return .nil }
            let text = try call.text(call.input).strippedOfBlanks
            return .string(
                text.utf8.split(whereSeparator: \.isBlankByte).map { String(Substring($0)) }.joined(separator: " "))
        },
        TemplateFilter("strip_newlines") { call throws(RenderFailure) in
            try lines(&call, end: "")
        },
        TemplateFilter("replace", 1...2) { call throws(RenderFailure) in
            try replaced(&call, by: call.argument(1) ?? .string(""), .all)
        },
        TemplateFilter("replace_first", 1...2) { call throws(RenderFailure) in
            try replaced(&call, by: call.argument(1) ?? .string(""), .first)
        },
        TemplateFilter("replace_last", 2...2) { call throws(RenderFailure) in
            try replaced(&call, by: call.arguments[1], .last)
        },
        TemplateFilter("remove", 1...1) { call throws(RenderFailure) in try replaced(&call, by: .string(""), .all) },
        TemplateFilter("remove_first", 1...1) { call throws(RenderFailure) in
            try replaced(&call, by: .string(""), .first)
        },
        TemplateFilter("remove_last", 1...1) { call throws(RenderFailure) in
            try replaced(&call, by: .string(""), .last)
        },
        TemplateFilter("truncate", 0...2) { call throws(RenderFailure) in try truncated(&call) },
        TemplateFilter("truncatewords", 0...2) { call throws(RenderFailure) in try truncatedToWords(&call) },
        TemplateFilter("split", 1...1) { call throws(RenderFailure) in try split(&call) },
        TemplateFilter("slice", 1...2) { call throws(RenderFailure) in try slice(&call) },
    ]

    private static func joined(
        _ call: inout FilterCall, _ first: TemplateValue, _ second: TemplateValue
    ) throws(RenderFailure) -> TemplateValue {
        var sink = call.sink
        try sink.append(first)
        try sink.append(second)
        return .string(sink.text)
    }

    /// With another end behind each line.
    static func lines(_ call: inout FilterCall, end: String) throws(RenderFailure) -> TemplateValue {
        var sink = call.sink
        let bytes = Array(try call.text(call.input).utf8)
        for (place, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if place > 0 { try sink.append(end) }
            let isLast = line.endIndex == bytes.endIndex
            let hasReturn = !isLast && line.last == UInt8(ascii: "\r")
            try sink.append(utf8: hasReturn ? line.dropLast() : line)
        }
        return .string(sink.text)
    }

    // MARK: replace

    private enum Which { case all, first, last }

    private static func replaced(
        _ call: inout FilterCall, by replacement: TemplateValue, _ which: Which
    ) throws(RenderFailure) -> TemplateValue {
        let text = Array(try call.text(call.input).utf8)
        let search = ByteSearch(Array(try call.text(call.arguments[0]).utf8))
        let replacement = Array(try call.text(replacement).utf8)
        var sink = call.sink
        var rest = 0
        var found = which == .last ? search.last(in: text) : search.first(in: text, from: 0)
        while let place = found {
            try sink.append(utf8: text[rest..<place])
            try sink.append(utf8: replacement)
            rest = place + search.pattern.count
            if which != .all { break }
            found = search.first(in: text, from: rest)
            guard search.pattern.isEmpty else { continue }
            // Between all letters.
            if place == text.count { break }
            let next = text[(place + 1)...].firstIndex { $0 & 0xC0 != 0x80 } ?? text.count
            try sink.append(utf8: text[place..<next])
            (rest, found) = (next, next)
        }
        try sink.append(utf8: text[rest...])
        return .string(sink.text)
    }

    // MARK: truncate

    private static func truncated(_ call: inout FilterCall) throws(RenderFailure) -> TemplateValue {
        if call.input.isNil { return .nil }
        let text = try call.text(call.input)
        let length = try call.wholeNumber(call.argument(0) ?? .integer(50))
        let end = try call.text(call.argument(1) ?? .string("..."))
        guard text.unicodeScalars.count > length else { return .string(text) }
        let kept = max(0, length - end.unicodeScalars.count)
        return .string(String(text.unicodeScalars.prefix(kept)) + end)
    }

    private static func truncatedToWords(_ call: inout FilterCall) throws(RenderFailure) -> TemplateValue {
        if call.input.isNil { return .nil }
        let text = try call.text(call.input)
        let count = max(1, try call.wholeNumber(call.argument(0) ?? .integer(15)))
        let end = try call.text(call.argument(1) ?? .string("..."))
        let words = text.utf8.split(whereSeparator: { $0.isBlankByte || $0 == 0 })
        guard words.count > count else { return .string(text) }
        return .string(words.prefix(count).map { String(Substring($0)) }.joined(separator: " ") + end)
    }

    // MARK: split, slice

    private static func split(_ call: inout FilterCall) throws(RenderFailure) -> TemplateValue {
        let text = try call.text(call.input)
        let separator = Array(try call.text(call.arguments[0]).utf8)
        var parts: [TemplateValue]
        switch separator {
        case []: parts = text.unicodeScalars.map { .string(String($0)) }
        case [UInt8(ascii: " ")]:
            parts = text.utf8.split(whereSeparator: { $0.isBlankByte || $0 == 0 }).map {
                .string(String(Substring($0)))
            }
        default:
            parts = []
            let bytes = Array(text.utf8)
            let search = ByteSearch(separator)
            var start = 0
            while let place = search.first(in: bytes, from: start) {
                parts.append(.string(String(decoding: bytes[start..<place], as: UTF8.self)))
                start = place + separator.count
            }
            parts.append(.string(String(decoding: bytes[start...], as: UTF8.self)))
            while let last = parts.last, last.isEmpty { parts.removeLast() }
        }
        try call.budget.check(listOf: parts.count)
        return .list(parts)
    }

    private static func slice(_ call: inout FilterCall) throws(RenderFailure) -> TemplateValue {
        let offset = try call.wholeNumber(call.arguments[0])
        let given = call.argument(1)
        let length = try given.flatMap { $0.isTruthy ? $0 : nil }.map { length throws(RenderFailure) in
            try call.wholeNumber(length)
        }
        if case .list(let elements) = call.input {
            return .list(range(offset, length ?? 1, of: elements.count).map { Array(elements[$0]) } ?? [])
        }
        let scalars = Array(try call.text(call.input).unicodeScalars)
        guard let range = range(offset, length ?? 1, of: scalars.count) else { return .string("") }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[range])
        return .string(String(text))
    }

    /// From the end where the offset is negative; nil where there is nothing.
    private static func range(_ offset: Int, _ length: Int, of count: Int) -> Range<Int>? {
        guard offset <= count, offset >= -count, length >= 0 else { return nil }
        let start = offset < 0 ? count + offset : offset
        return start..<start + min(length, count - start)
    }
}
