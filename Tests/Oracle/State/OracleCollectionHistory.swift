/// Everything that ever happened to a collection of items; its content is worked out from the beginning each time.
struct OracleCollectionHistory {
    static let collectionsMax = 10

    enum Change {
        case put([OracleJSON])
        case remove([OracleJSON])
        case clear
    }

    let items: OracleItems
    private var changes: [(change: Change, key: [UInt8]?, time: Int64)] = []

    init(items: OracleItems) { self.items = items }

    mutating func add(_ change: Change, key: [UInt8]?, at time: Int64) { changes.append((change, key, time)) }

    /// An event's items: those of an array, or the one that it is itself.
    static func items(of body: OracleJSON) -> [OracleJSON] {
        let properties = body["properties"] ?? .object([])
        for name in ["items", "products"] {
            guard case .array(let elements)? = properties[name] else { continue }
            return elements.filter { if case .object = $0 { true } else { false } }.map(named)
        }
        return [properties]
    }

    /// What sources call an item's properties.
    private static func named(_ element: OracleJSON) -> OracleJSON {
        guard case .object(var members) = element else { return element }
        for (name, source) in [("product_id", "item_id"), ("name", "item_name")] where element[name] == nil {
            if let value = element[source] { members.append(OracleJSON.Member(name: Array(name.utf8), value: value)) }
        }
        return .object(members)
    }

    private struct Item {
        let by: [UInt8]
        let time: Int64
        let body: OracleJSON
    }

    private struct Collection {
        let key: [UInt8]?
        var items: [Item] = []
        var changed = Int64.min
        var cleared = Int64.min
        var isTouched = false
    }

    private func text(_ value: OracleJSON?) -> [UInt8]? {
        switch value {
        case .string(let bytes): return bytes
        case .number(let text): return Array(text.utf8)
        case .bool(let value): return Array("\(value)".utf8)
        default: return nil
        }
    }

    /// In the order of their last changes.
    private var collections: [Collection] {
        var collections: [Collection] = []
        var cleared = Int64.min
        for (change, key, time) in changes {
            let touched = { (collection: Collection) in self.items.key == nil || key == nil || collection.key == key }
            switch change {
            case .clear:
                if items.key != nil && key != nil {
                    find(key, in: &collections) { $0.cleared = max($0.cleared, time) }
                } else {
                    cleared = max(cleared, time)
                }
                for place in collections.indices where touched(collections[place]) {
                    collections[place].items.removeAll { $0.time <= time }
                }
            case .remove(let removed):
                for by in removed.compactMap({ text($0[items.by]) }) {
                    for place in collections.indices where touched(collections[place]) {
                        guard let item = collections[place].items.firstIndex(where: { $0.by == by && $0.time <= time })
                        else { continue }
                        collections[place].items.remove(at: item)
                        collections[place].isTouched = true
                    }
                    Self.note(time, in: &collections)
                }
            case .put(let put) where time > cleared:
                for body in put {
                    guard let by = text(body[items.by]) else { continue }
                    let known = collections.first { $0.key == key }
                    if let known, time <= known.cleared { continue }
                    if let known, known.items.contains(where: { $0.by == by && $0.time > time }) { continue }
                    find(key, in: &collections) { take(Item(by: by, time: time, body: body), into: &$0) }
                    Self.note(time, in: &collections)
                }
            case .put: break
            }
            collections.removeAll { $0.items.isEmpty && $0.cleared <= cleared }
        }
        return collections
    }

    /// The collection of that key, made where there is none; beyond the bound the one that changed longest ago goes.
    private func find(_ key: [UInt8]?, in collections: inout [Collection], _ body: (inout Collection) -> Void) {
        if !collections.contains(where: { $0.key == key }) {
            if collections.count == Self.collectionsMax {
                let oldest = collections.indices.min {
                    max(collections[$0].changed, collections[$0].cleared)
                        < max(collections[$1].changed, collections[$1].cleared)
                }!
                collections.remove(at: oldest)
            }
            collections.append(Collection(key: key))
        }
        body(&collections[collections.firstIndex { $0.key == key }!])
    }

    private func take(_ item: Item, into collection: inout Collection) {
        if let place = collection.items.firstIndex(where: { $0.by == item.by }) {
            collection.items[place] = item
        } else {
            collection.items.append(item)
        }
        if collection.items.count > items.max {
            let oldest = collection.items.map(\.time).min()!
            collection.items.remove(at: collection.items.firstIndex { $0.time == oldest }!)
        }
        collection.isTouched = true
    }

    /// Those that were put to or removed from go behind the others, unless they have changed later already.
    private static func note(_ time: Int64, in collections: inout [Collection]) {
        let isMoved = { (collection: Collection) in collection.isTouched && time >= collection.changed }
        collections =
            collections.filter { !isMoved($0) }
            + collections.filter(isMoved).map { collection in
                var collection = collection
                collection.changed = time
                return collection
            }
        for place in collections.indices { collections[place].isTouched = false }
    }

    /// nil: of the collection that changed last, among those that hold something.
    private func seen(_ key: [UInt8]?) -> [Item] {
        if let key { return collections.first { $0.key == key }?.items ?? [] }
        let full = collections.filter { !$0.items.isEmpty }
        let newest = full.map(\.changed).max()
        return full.last { $0.changed == newest }?.items ?? []
    }

    func content(of key: [UInt8]?) -> [OracleJSON] {
        seen(key).map { item in
            let names = [items.by] + items.keep.filter { $0 != items.by }
            return .object(
                names.compactMap { name in
                    guard let value = item.body[name], text(value) != nil else { return nil }
                    return OracleJSON.Member(name: Array(name.utf8), value: value)
                })
        }
    }

    func total(of key: [UInt8]?) -> OracleValue {
        var total: Int128 = 0
        for item in seen(key) where !items.factors.isEmpty {
            let numbers = items.factors.map { name -> String? in
                if case .number(let text)? = item.body[name] { return text }
                let isThere = item.body[name] != nil && item.body[name] != .null
                return name == "quantity" && !isThere ? "1" : nil
            }
            guard !numbers.contains(nil) else { continue }
            let product = numbers.compactMap { $0 }.reduce("1") { OracleDecimal.product($0, $1)! }
            total += OracleDecimal.millionths(product) ?? 0
        }
        return .double(OracleDecimal.double(millionths: total))
    }
}
