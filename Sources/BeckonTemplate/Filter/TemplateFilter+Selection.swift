/// Filters that choose elements of a list by a property.
extension TemplateFilter {
    static let selectionFilters: [TemplateFilter] = [
        TemplateFilter("where", 1...2) { call throws(RenderFailure) in
            let wanted = call.argument(1) ?? .nil
            return try selection(&call, call.arguments[0]) { value, budget throws(RenderFailure) in
                try budget.matches(value, wanted)
            }
        },
        TemplateFilter("reject", 1...2) { call throws(RenderFailure) in
            let wanted = call.argument(1) ?? .nil
            return try selection(&call, call.arguments[0]) { value, budget throws(RenderFailure) in
                try !budget.matches(value, wanted)
            }
        },
        TemplateFilter("has", 1...2) { call throws(RenderFailure) in
            switch try place(&call) {
            case .noProperties: .nil
            case .found(let place): .bool(place != nil)
            }
        },
        TemplateFilter("find", 1...2) { call throws(RenderFailure) in
            guard case .found(let place?) = try place(&call) else { return .nil }
            return try call.elements()[place]
        },
        TemplateFilter("find_index", 1...2) { call throws(RenderFailure) in
            guard case .found(let place?) = try place(&call) else { return .nil }
            return .integer(place)
        },
    ]

    /// The elements whose property is as wanted; nil where an element has no properties at all.
    static func selection(
        _ call: inout FilterCall, _ property: TemplateValue,
        _ isWanted: (TemplateValue, inout RenderBudget) throws(RenderFailure) -> Bool
    ) throws(RenderFailure) -> TemplateValue {
        var chosen: [TemplateValue] = []
        for element in try call.elements() {
            guard let value = try element.selected(property) else { return .nil }
            if try isWanted(value, &call.budget) { chosen.append(element) }
        }
        return .list(chosen)
    }

    private enum Place {
        /// An element has no properties at all.
        case noProperties
        case found(Int?)
    }

    private static func place(_ call: inout FilterCall) throws(RenderFailure) -> Place {
        let wanted = call.argument(1) ?? .nil
        for (place, element) in try call.elements().enumerated() {
            guard let value = try element.selected(call.arguments[0]) else { return .noProperties }
            if try call.budget.matches(value, wanted) { return .found(place) }
        }
        return .found(nil)
    }
}

extension RenderBudget {
    /// nil wants anything but nil and false.
    fileprivate mutating func matches(_ value: TemplateValue, _ wanted: TemplateValue) throws(RenderFailure) -> Bool {
        try spend()
        return wanted.isNil ? value.isTruthy : try isEqual(value, wanted)
    }
}

extension TemplateValue {
    /// Whether it can be asked for a property.
    var hasProperties: Bool {
        switch self {
        case .nil, .bool, .decimal, .range: false
        default: true
        }
    }

    /// What it holds under a name; nil where it has no properties.
    ///
    /// A text holds every text that is in it, a whole number its bits.
    func selected(_ property: TemplateValue) throws(RenderFailure) -> TemplateValue? {
        switch self {
        case .nil, .bool, .decimal, .range: return nil
        case .hash(let hash): return property.text.flatMap { hash[$0] } ?? .nil
        case .loop, .tableRow:
            guard case .value(let value) = member(property.text ?? "") else { return .nil }
            return value
        case .string(let text), .markup(let text):
            if let part = property.text {
                return Array(text.utf8).firstPlace(of: Array(part.utf8), from: 0) == nil ? .nil : property
            }
        case .list(let elements):
            if case .integer(let place) = property { return elements.element(at: place) ?? .nil }
        case .integer(let number):
            if case .integer(let place) = property { return .integer(place < 0 ? 0 : number >> min(place, 63) & 1) }
        }
        // A name that nobody knows selects nothing.
        if property.isNil { return nil }
        var sink = TextSink(bytesMax: 200)
        guard (try? sink.append(property)) != nil else { throw .value("a property has a shorter name") }
        throw .value("\(described) has no property `\(sink.text)`")
    }
}
