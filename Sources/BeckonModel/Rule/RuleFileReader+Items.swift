/// Collections of items, such as carts.
extension RuleFileReader {
    private static let itemsDefault = 20

    /// nil after a report.
    mutating func collection(_ name: String, _ fields: Fields) -> Fold? {
        for other in ["count", "of", "within", "per", "since"] + FoldKind.names where fields.has(other) {
            report("`\(other)` does not go with `items`", at: fields.place(of: other))
        }
        let key = fields["key"].map { propertyPath($0, what: "`key`") }
        let clear = fields["clear"].map { eventReference($0, what: "`clear`") }
        guard let node = fields["items"], let inner = self.fields(node, of: .items) else { return nil }
        let put = required("put", inner, of: .items).flatMap { eventReference($0, what: "`put`") }
        let remove = inner["remove"].map { eventReference($0, what: "`remove`") }
        let by = required("by", inner, of: .items).flatMap { itemProperty($0) }
        let keep = inner["keep"].map { kept($0) } ?? []
        let most = inner["max"].map { itemsMax($0) } ?? Self.itemsDefault
        let factors = fields["value"].map { self.factors($0, kept: keep ?? []) } ?? []
        guard let put, let by, let keep, let most, let factors, key?.map({ _ in true }) != .some(nil),
            clear?.map({ _ in true }) != .some(nil), remove?.map({ _ in true }) != .some(nil)
        else { return nil }
        let items = ItemCollection(key: key ?? nil, by: by, keep: keep.filter { $0 != by }, max: most, factors: factors)
        return Fold(
            name: name, kind: .items(items), of: put, window: nil, since: clear ?? nil, remove: remove ?? nil)
    }

    /// `properties.product_id`.
    private mutating func itemProperty(_ node: YAMLNode) -> String? {
        guard let path = propertyPath(node, what: "`by`") else { return nil }
        guard path.root == .properties, path.names.count == 1 else {
            report("`by` is a property of the item itself, such as properties.product_id", at: node.position)
            return nil
        }
        return path.names[0]
    }

    private mutating func kept(_ node: YAMLNode) -> [String]? {
        let names = node.elements?.compactMap { $0.scalar?.value == .string ? $0.scalar?.text : nil }
        guard let names, names.count == node.elements?.count, names.count <= ItemCollection.keepMax,
            names.allSatisfy({ !$0.isEmpty && $0.utf8.count <= StaticPath.nameBytesMax }),
            Set(names.map { Array($0.utf8) }).count == names.count
        else {
            let form = "a list of at most \(ItemCollection.keepMax) names of properties, as in [name, price]"
            report("`keep` is \(form)", at: node.position)
            return nil
        }
        return names
    }

    private mutating func itemsMax(_ node: YAMLNode) -> Int? {
        if case .int(let number)? = node.scalar?.value, number >= 1, number <= ItemCollection.itemsMax {
            return Int(number)
        }
        report("`max` is a whole number from 1 to \(ItemCollection.itemsMax), not \(node.described)", at: node.position)
        return nil
    }

    /// `sum(price * quantity)`; nil after a report.
    private mutating func factors(_ node: YAMLNode, kept: [String]) -> [String]? {
        let names = (node.scalar?.text).flatMap { try? ExpressionParser.parse($0) }.flatMap(Self.factors)
        guard let names, names.count <= ItemCollection.factorsMax else {
            report("`value` is a sum over the items, such as sum(price * quantity)", at: node.position)
            return nil
        }
        for name in names where !kept.contains(name) {
            report("`value` reads what `keep` keeps, and `\(name.shortened)` is not there", at: node.position)
            return nil
        }
        return names
    }

    private static func factors(_ node: ExpressionNode) -> [String]? {
        guard case .call("sum", nil, let arguments) = node.kind, arguments.count == 1 else { return nil }
        return product(arguments[0])
    }

    private static func product(_ node: ExpressionNode) -> [String]? {
        switch node.kind {
        case .name(let name): return [name]
        case .binary(.multiply, let left, let right):
            guard let first = product(left), let second = product(right) else { return nil }
            return first + second
        default: return nil
        }
    }
}
