extension TemplateValue {
    enum Order { case less, equal, greater }

    /// Numbers and texts; all else is neither less nor greater.
    var hasOrder: Bool {
        switch self {
        case .integer, .decimal, .string, .markup: true
        default: false
        }
    }

    /// nil for what cannot be compared with one another.
    func order(to other: TemplateValue) -> Order? {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): Self.order(left, right)
        case (.integer(let left), .decimal(let right)): Self.order(Double(left), right)
        case (.decimal(let left), .integer(let right)): Self.order(left, Double(right))
        case (.decimal(let left), .decimal(let right)): Self.order(left, right)
        default: text.flatMap { left in other.text.map { Self.order(left, $0) } }
        }
    }

    private static func order<Number: Comparable>(_ left: Number, _ right: Number) -> Order? {
        left < right ? .less : left > right ? .greater : left == right ? .equal : nil
    }

    private static func order(_ left: String, _ right: String) -> Order {
        if left.utf8.elementsEqual(right.utf8) { return .equal }
        return left.utf8.lexicographicallyPrecedes(right.utf8) ? .less : .greater
    }

    /// With its article, for sentences.
    var described: String {
        switch self {
        case .nil: "nothing"
        case .bool: "a boolean"
        case .integer, .decimal: "a number"
        case .string, .markup: "a text"
        case .list: "a list"
        case .hash: "an object"
        case .range: "a range"
        case .loop, .tableRow: "a loop"
        }
    }
}

extension RenderBudget {
    /// Numbers by value, texts by their bytes, lists and objects by what they hold.
    mutating func isEqual(_ left: TemplateValue, _ right: TemplateValue) throws(RenderFailure) -> Bool {
        switch (left, right) {
        case (.nil, .nil): return true
        case (.bool(let left), .bool(let right)): return left == right
        case (.range(let first, let last), .range(let otherFirst, let otherLast)):
            return first == otherFirst && last == otherLast
        case (.list(let elements), .list(let others)):
            guard elements.count == others.count else { return false }
            for (element, other) in zip(elements, others) {
                try spend()
                guard try isEqual(element, other) else { return false }
            }
            return true
        case (.hash(let hash), .hash(let other)):
            guard hash.count == other.count else { return false }
            for member in hash.members {
                try spend()
                guard let value = other[member.name], try isEqual(member.value, value) else { return false }
            }
            return true
        default:
            if left.text != nil { try spend(on: left) }
            return left.order(to: right) == .equal
        }
    }
}
