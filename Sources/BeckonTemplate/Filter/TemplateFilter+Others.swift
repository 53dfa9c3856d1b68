import BeckonModel

/// `default`, `date` and `json`.
extension TemplateFilter {
    static let otherFilters: [TemplateFilter] = [
        TemplateFilter("default", 0...1, keywords: ["allow_false"], readsMarkup: true) { call throws(RenderFailure) in
            let allowsFalse = call.keyword("allow_false")?.isTruthy ?? false
            let isThere = allowsFalse ? !call.input.isNil : call.input.isTruthy
            return isThere && !call.input.isEmpty ? call.input : call.argument(0) ?? .string("")
        },
        TemplateFilter("date", 1...1, keywords: ["zone"]) { call throws(RenderFailure) in
            let format = try call.text(call.arguments[0])
            var zone = call.moment.zone
            if let name = try call.keyword("zone").map({ value throws(RenderFailure) in try call.text(value) }) {
                guard let named = ZoneTable.standard.zone(named: name) else {
                    throw .unplaced(
                        .value, "there is no time zone `\(name)`: zones are named as in Europe/Berlin")
                }
                zone = named
            }
            guard !format.isEmpty, let time = LocalTime(call.input, nowMs: call.moment.nowMs, zone: zone) else {
                return call.input
            }
            var sink = call.sink
            try TimeFormat.append(time, format, to: &sink)
            return .string(sink.text)
        },
        TemplateFilter("json") { call throws(RenderFailure) in
            var sink = call.sink
            try sink.append(json: call.input)
            return .string(sink.text)
        },
    ]
}

extension TextSink {
    /// JSON without blanks; members in their order.
    fileprivate mutating func append(json value: TemplateValue) throws(RenderFailure) {
        switch value {
        case .nil, .loop, .tableRow: try append("null")
        case .bool(let isTrue): try append(isTrue ? "true" : "false")
        case .integer(let number): try append(String(number))
        case .decimal(let number): try append(number.isFinite ? JSONValue.number(number).text : "null")
        case .string(let text), .markup(let text): try append(JSONValue.string(text).text)
        case .range(let first, let last): try append(JSONValue.string("\(first)..\(last)").text)
        case .list(let elements):
            try append("[")
            for (place, element) in elements.enumerated() {
                if place > 0 { try append(",") }
                try append(json: element)
            }
            try append("]")
        case .hash(let hash):
            try append("{")
            for (place, member) in hash.members.enumerated() {
                if place > 0 { try append(",") }
                try append(JSONValue.string(member.name).text + ":")
                try append(json: member.value)
            }
            try append("}")
        }
    }
}
