/// Filters that make something of a list as a whole.
///
/// What is no list counts as one: an object as a list of itself, nil as an empty one. Lists inside a list are dissolved.
extension TemplateFilter {
    static let listFilters: [TemplateFilter] = [
        TemplateFilter("join", 0...1) { call throws(RenderFailure) in
            let glue = try call.text(call.argument(0) ?? .string(" "))
            var sink = call.sink
            for (place, element) in try call.elements().enumerated() {
                if place > 0 { try sink.append(glue) }
                try sink.append(element)
            }
            return .string(sink.text)
        },
        TemplateFilter("concat", 1...1) { call throws(RenderFailure) in
            guard case .list(let others) = call.arguments[0] else {
                throw .value("`concat` takes a list, not \(call.arguments[0].described)")
            }
            let elements = try call.elements()
            try call.budget.check(listOf: elements.count + others.count)
            return .list(elements + others)
        },
        TemplateFilter("reverse") { call throws(RenderFailure) in .list(try call.elements().reversed()) },
        TemplateFilter("first") { call throws(RenderFailure) in end(of: call.input, "first") },
        TemplateFilter("last") { call throws(RenderFailure) in end(of: call.input, "last") },
        TemplateFilter("size") { call throws(RenderFailure) in
            // What an object holds under that name is not how many members it has.
            if case .hash(let hash) = call.input { return .integer(hash.count) }
            guard case .value(let size) = call.input.member("size") else { return .integer(0) }
            return size
        },
        TemplateFilter("sort", 0...1) { call throws(RenderFailure) in
            try sorted(&call) { left, right throws(RenderFailure) in
                guard let order = left.sortingOrder(to: right) else {
                    throw .value("\(left.described) and \(right.described) cannot be sorted")
                }
                return order == .less
            }
        },
        TemplateFilter("sort_natural", 0...1) { call throws(RenderFailure) in
            let bytesMax = call.budget.limits.bytesMax
            return try sorted(&call) { left, right throws(RenderFailure) in
                // nil stands behind all others.
                if left.isNil || right.isNil { return !left.isNil }
                return try left.caseless(bytesMax).lexicographicallyPrecedes(try right.caseless(bytesMax))
            }
        },
        TemplateFilter("sum", 0...1) { call throws(RenderFailure) in
            var values: [TemplateValue] = try call.elements()
            if let property = call.property {
                for (place, element) in values.enumerated() {
                    values[place] = try element.selected(property) ?? .integer(0)
                }
            }
            var sum = TemplateNumber.integer(0)
            for value in TemplateValue.flat(values) { sum = try TemplateNumber.sum(sum, value.number()) }
            return try sum.value()
        },
        TemplateFilter("map", 1...1) { call throws(RenderFailure) in
            var values: [TemplateValue] = []
            for element in try call.elements() { values.append(try element.selected(call.arguments[0]) ?? .nil) }
            return .list(values)
        },
        TemplateFilter("compact", 0...1) { call throws(RenderFailure) in
            guard let property = call.property else { return .list(try call.elements().filter { !$0.isNil }) }
            return try selection(&call, property) { value, _ throws(RenderFailure) in !value.isNil }
        },
        TemplateFilter("uniq", 0...1) { call throws(RenderFailure) in
            var seen: Set<[UInt8]> = []
            guard let property = call.property else {
                var values: [TemplateValue] = []
                for element in try call.elements() where seen.insert(try element.identity(call.sink)).inserted {
                    values.append(element)
                }
                return .list(values)
            }
            let sink = call.sink
            return try selection(&call, property) { value, _ throws(RenderFailure) in
                seen.insert(try value.identity(sink)).inserted
            }
        },
    ]

    private static func end(of value: TemplateValue, _ which: String) -> TemplateValue {
        if case .hash(let hash) = value {
            guard which == "first", let member = hash.members.first else { return .nil }
            return .list([.string(member.name), member.value])
        }
        guard case .value(let element) = value.member(which) else { return .nil }
        return element
    }

    /// By a property of its elements, where one is given. Equal ones stay in their order.
    private static func sorted(
        _ call: inout FilterCall, _ isBefore: (TemplateValue, TemplateValue) throws(RenderFailure) -> Bool
    ) throws(RenderFailure) -> TemplateValue {
        let elements = try call.elements()
        var keys = elements
        if let property = call.property {
            guard elements.allSatisfy(\.hasProperties) else { return elements.isEmpty ? .list([]) : .nil }
            for (place, element) in elements.enumerated() { keys[place] = try element.selected(property) ?? .nil }
        }
        // Merging, not the library's sort: that one takes no failure of a comparison with its type.
        var order = Array(elements.indices)
        var width = 1
        while width < order.count {
            var merged: [Int] = []
            merged.reserveCapacity(order.count)
            for start in stride(from: 0, to: order.count, by: 2 * width) {
                var left = order[start..<min(start + width, order.count)]
                var right = order[min(start + width, order.count)..<min(start + 2 * width, order.count)]
                try call.budget.spend(left.count + right.count)
                while let first = left.first, let second = right.first {
                    if try isBefore(keys[second], keys[first]) {
                        merged.append(right.removeFirst())
                    } else {
                        merged.append(left.removeFirst())
                    }
                }
                merged += left
                merged += right
            }
            order = merged
            width *= 2
        }
        return .list(order.map { elements[$0] })
    }
}

extension FilterCall {
    /// The argument that names a property; nil where it is left out, or nil itself.
    fileprivate var property: TemplateValue? { argument(0).flatMap { $0.isNil ? nil : $0 } }

    /// The input as a list.
    mutating func elements() throws(RenderFailure) -> [TemplateValue] {
        switch input {
        case .list(let elements): return TemplateValue.flat(elements)
        case .range(let first, let last):
            let count = TemplateValue.count(first, last)
            try budget.check(listOf: count)
            return (0..<count).map { .integer(first + $0) }
        case .nil: return []
        default: return [input]
        }
    }
}

extension TemplateValue {
    fileprivate static func flat(_ elements: [TemplateValue]) -> [TemplateValue] {
        guard elements.contains(where: { if case .list = $0 { true } else { false } }) else { return elements }
        return elements.flatMap { element in
            if case .list(let inner) = element { flat(inner) } else { [element] }
        }
    }

    /// nil stands behind all others; nil for what cannot be compared.
    fileprivate func sortingOrder(to other: TemplateValue) -> Order? {
        switch (self, other) {
        case (.nil, .nil): return .equal
        case (.nil, _): return .greater
        case (_, .nil): return .less
        case (.bool(let left), .bool(let right)) where left == right: return .equal
        case (.hash(let left), .hash(let right)) where left.count == 0 && right.count == 0: return .equal
        default: return order(to: other)
        }
    }

    /// Its text in small letters of ASCII.
    fileprivate func caseless(_ bytesMax: Int) throws(RenderFailure) -> [UInt8] {
        var sink = TextSink(bytesMax: bytesMax)
        try sink.append(self)
        return sink.bytes.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }

    /// The same for values that are the same, in kind as well.
    fileprivate func identity(_ sink: TextSink) throws(RenderFailure) -> [UInt8] {
        var sink = sink
        try sink.append(inspected: self)
        return sink.bytes
    }
}
