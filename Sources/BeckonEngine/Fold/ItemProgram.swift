import BeckonModel

/// A collection of items as the engine runs it.
final class ItemProgram: Sendable {
    /// The row's slot of what keeps collections apart; −1 where there is one.
    let keySlot: Int
    /// The row's slots of an item's fields: first that by which it is known, then those that are kept.
    let fieldSlots: [Int]
    /// The row's slots of arrays that may hold several items.
    let arraySlots: [Int]
    let elementFields: ElementFields
    /// Each field's name as JSON text with its colon.
    let fieldNames: [[UInt8]]
    let itemsMax: Int
    /// Places among the fields of what `value` multiplies; empty without.
    let factors: [Int]
    /// The place of `quantity`, which counts 1 where it is missing; −1 where it is not kept.
    let quantity: Int

    init(_ items: ItemCollection, slot: (PropertyPath) -> Int) {
        let names = [items.by] + items.keep
        keySlot = items.key.map(slot) ?? -1
        fieldSlots = names.map { slot(PropertyPath(root: .properties, names: [$0])) }
        arraySlots = ItemCollection.arrays.map { slot(PropertyPath(root: .properties, names: [$0])) }
        elementFields = ElementFields(names.map(AliasPack.standard.elementNames))
        fieldNames = names.map(DecisionText.member)
        itemsMax = items.max
        factors = items.factors.map { names.firstIndex(of: $0)! }
        quantity = names.firstIndex(of: "quantity") ?? -1
    }
}

extension ItemCollection {
    /// Everything that is read of an event that puts or removes.
    var paths: [PropertyPath] {
        [key].compactMap { $0 }
            + ([by] + keep + ItemCollection.arrays).map { PropertyPath(root: .properties, names: [$0]) }
    }
}

extension AliasPack {
    /// What sources call a property of an item inside an array.
    fileprivate func elementNames(of property: String) -> [String] {
        sources(of: property, in: "add_to_cart").compactMap { source in
            source.derivation == nil && source.path.root == .properties && source.path.names.count == 1
                ? source.path.names[0] : nil
        }
    }
}
