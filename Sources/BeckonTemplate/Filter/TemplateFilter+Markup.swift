/// Filters for HTML, addresses and Base64.
extension TemplateFilter {
    static let markupFilters: [TemplateFilter] = [
        TemplateFilter("raw", readsMarkup: true) { call throws(RenderFailure) in
            .markup(try call.text(call.input))
        },
        TemplateFilter("escape") { call throws(RenderFailure) in try escaped(&call) },
        TemplateFilter("h") { call throws(RenderFailure) in try escaped(&call) },
        TemplateFilter("escape_once") { call throws(RenderFailure) in try escapedOnce(&call) },
        TemplateFilter("newline_to_br", readsMarkup: true) { call throws(RenderFailure) in
            guard call.escapesHTML else { return try lines(&call, end: "<br />\n") }
            if case .markup = call.input {} else { call.replaceInput(try escaped(&call)) }
            return .markup(try call.text(try lines(&call, end: "<br />\n")))
        },
        TemplateFilter("strip_html") { call throws(RenderFailure) in
            .string(TagStripper.strip(Array(try call.text(call.input).utf8)))
        },
        TemplateFilter("url_encode") { call throws(RenderFailure) in
            if call.input.isNil { return .nil }
            var sink = call.sink
            let digits = Array("0123456789ABCDEF".utf8)
            for byte in try call.text(call.input).utf8 {
                if byte.isWordByte || "-.~".utf8.contains(byte) {
                    try sink.append(utf8: CollectionOfOne(byte))
                } else if byte == UInt8(ascii: " ") {
                    try sink.append("+")
                } else {
                    try sink.append(utf8: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]])
                }
            }
            return .string(sink.text)
        },
        TemplateFilter("url_decode") { call throws(RenderFailure) in
            if call.input.isNil { return .nil }
            return .string(try utf8(percentDecoded(Array(try call.text(call.input).utf8))))
        },
        TemplateFilter("base64_encode") { call throws(RenderFailure) in
            .string(Base64Text.encoded(try call.text(call.input), isURLSafe: false))
        },
        TemplateFilter("base64_decode") { call throws(RenderFailure) in try decoded(&call, isURLSafe: false) },
        TemplateFilter("base64_url_safe_encode") { call throws(RenderFailure) in
            .string(Base64Text.encoded(try call.text(call.input), isURLSafe: true))
        },
        TemplateFilter("base64_url_safe_decode") { call throws(RenderFailure) in try decoded(&call, isURLSafe: true) },
    ]

    private static func escaped(_ call: inout FilterCall) throws(RenderFailure) -> TemplateValue {
        if call.input.isNil { return .nil }
        var sink = call.sink
        try sink.append(escaped: try call.text(call.input))
        return .markup(sink.text)
    }

    /// `&` of an entity stays.
    private static func escapedOnce(_ call: inout FilterCall) throws(RenderFailure) -> TemplateValue {
        let bytes = Array(try call.text(call.input).utf8)
        var sink = call.sink
        for (place, byte) in bytes.enumerated() {
            if let entity = TextSink.entity(byte), !isEntity(bytes, at: place) {
                try sink.append(entity)
            } else {
                try sink.append(utf8: CollectionOfOne(byte))
            }
        }
        return .markup(sink.text)
    }

    private static func isEntity(_ bytes: [UInt8], at place: Int) -> Bool {
        guard bytes[place] == UInt8(ascii: "&"), place + 1 < bytes.count else { return false }
        let isNumber = bytes[place + 1] == UInt8(ascii: "#")
        let name = bytes[(place + (isNumber ? 2 : 1))...].prefix {
            isNumber ? $0.isDigitByte : $0.isNameStart && $0 != UInt8(ascii: "_")
        }
        return !name.isEmpty && name.endIndex < bytes.count && bytes[name.endIndex] == UInt8(ascii: ";")
    }

    private static func percentDecoded(_ bytes: [UInt8]) -> [UInt8] {
        var decoded: [UInt8] = []
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: "%"), place + 2 < bytes.count,
                let high = bytes[place + 1].hexadecimal, let low = bytes[place + 2].hexadecimal
            {
                decoded.append(high << 4 | low)
                place += 3
            } else {
                decoded.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                place += 1
            }
        }
        return decoded
    }

    private static func utf8(_ bytes: [UInt8]) throws(RenderFailure) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .value("what comes out is not UTF-8") }
        return text
    }

    private static func decoded(_ call: inout FilterCall, isURLSafe: Bool) throws(RenderFailure) -> TemplateValue {
        guard let bytes = Base64Text.decoded(try call.text(call.input), isURLSafe: isURLSafe) else {
            throw .value("the text is not Base64")
        }
        return .string(try utf8(bytes))
    }
}

extension UInt8 {
    fileprivate var hexadecimal: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
