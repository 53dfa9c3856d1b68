extension AliasPack {
    /// Other names of the events, by their place in `names`.
    public func aliases(of names: [String]) -> [(name: String, event: Int)] {
        aliases.compactMap { alias in names.firstIndex(of: alias.canonical).map { (alias.source, $0) } }
    }

    /// How a path of an event's fields is filled: as it stands, else from what its sources call it. What a derivation
    /// is made from takes hidden slots from `nextHidden` on.
    public func fieldPlans(event: String, path: PropertyPath, slot: Int, nextHidden: inout Int) -> [FieldPlan] {
        if path.names.isEmpty { return whole(path.root, of: event, slot: slot, nextHidden: &nextHidden) }
        guard path.root == .properties, path.names.count == 1 else {
            return [FieldPlan(slot: slot, sources: [.path(path)])]
        }
        var plans: [FieldPlan] = []
        var fields: [FieldSource] = []
        for source in sources(of: path.names[0], in: event) {
            switch source.derivation {
            case nil: fields.append(.path(source.path))
            case .urlPath:
                plans.append(FieldPlan(slot: nextHidden, sources: [.path(source.path)]))
                fields.append(.derived(.urlPath(of: nextHidden)))
                nextHidden += 1
            case .priceTimesQuantity:
                let factors = ["price", "quantity"].map { name in
                    FieldPlan(
                        slot: takeSlot(&nextHidden),
                        sources: sources(of: name, in: event).filter { $0.derivation == nil }.map { .path($0.path) })
                }
                plans += factors
                fields.append(.derived(.product(factors[0].slot, factors[1].slot)))
            }
        }
        return plans + [FieldPlan(slot: slot, sources: fields)]
    }

    /// What has another name in the event is read to hidden slots.
    private func whole(
        _ root: PropertyPath.Root, of event: String, slot: Int, nextHidden: inout Int
    ) -> [FieldPlan] {
        var plans: [FieldPlan] = []
        var mapped: [(name: String, slot: Int)] = []
        for alias in propertyAliases where alias.event == event && root == .properties {
            let hidden = takeSlot(&nextHidden)
            let path = PropertyPath(root: root, names: [alias.property])
            plans += fieldPlans(event: event, path: path, slot: hidden, nextHidden: &nextHidden)
            mapped.append((alias.property, hidden))
        }
        return plans + [FieldPlan(slot: slot, sources: [.whole(root, mapped: mapped)])]
    }

    private func takeSlot(_ next: inout Int) -> Int {
        defer { next += 1 }
        return next
    }
}
