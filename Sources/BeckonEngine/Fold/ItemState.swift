import BeckonModel

/// The collections of one fold and person while they are read or changed.
///
/// *Layout* of the payload: until when everything was cleared 48 bits; for each collection, that of the newest change last,
/// its length 16, key as a part of `InstanceKey` (nothing where the fold has none), newest change 48, until when it was
/// cleared 48, items; an item is its length 16, time 48, then for each field a kind 8, a length 16 and its text.
///
/// What it holds points into the record, or to items that are new: it ends with the next change of the record.
final class ItemState {
    static let collectionsMax = ItemCollection.collectionsMax
    /// Of a field's text.
    static let textBytesMax = 512
    /// Of the payload: beyond, the oldest goes.
    static let bytesMax = 32_768

    struct Item {
        var timeMs: Milliseconds
        var isNew = false
        /// Of its fields: in the payload, or among those that are new.
        var start: Int
        var count: Int
    }

    struct Collection {
        var key: Bytes
        var updatedMs: Milliseconds = 0
        var clearedMs: Milliseconds = 0
        var items: [Item] = []
    }

    private var payload = UnsafeRawBufferPointer(start: nil, count: 0)
    private var newFields = ByteBuffer(capacity: 4096)
    private(set) var collections: [Collection] = []
    private var clearedMs: Milliseconds = 0
    private(set) var isChanged = false
    /// Values that could not be kept, and what a bound has dropped.
    private(set) var skips = 0
    private(set) var dropped = 0

    /// - Parameter payload: nil where the person has none.
    func load(_ payload: UnsafeRawBufferPointer?, hasKey: Bool) {
        self.payload = payload ?? UnsafeRawBufferPointer(start: nil, count: 0)
        newFields.removeAll()
        collections.removeAll(keepingCapacity: true)
        clearedMs = 0
        isChanged = false
        skips = 0
        dropped = 0
        guard let payload else { return }
        clearedMs = load48(0)
        var at = 6
        while at < payload.count {
            let end = at + 2 + load16(at)
            loadCollection(at + 2, end, hasKey: hasKey)
            at = end
        }
    }

    private func loadCollection(_ start: Int, _ end: Int, hasKey: Bool) {
        let keyCount = !hasKey ? 0 : payload[start] == InstanceKey.missing ? 1 : 1 + Int(payload[start])
        var collection = Collection(key: Bytes(start: payload.baseAddress! + start, count: keyCount))
        var at = start + keyCount
        collection.updatedMs = load48(at)
        collection.clearedMs = load48(at + 6)
        at += 12
        while at < end {
            let count = load16(at)
            collection.items.append(Item(timeMs: load48(at + 2), start: at + 8, count: count - 6))
            at += 2 + count
        }
        collections.append(collection)
    }

    private func load16(_ at: Int) -> Int { Int(payload.loadUnaligned(fromByteOffset: at, as: UInt16.self)) }
    private func load48(_ at: Int) -> Milliseconds {
        PersonRecord(UnsafeMutableRawPointer(mutating: payload.baseAddress!)).load48(at)
    }

    func fields(_ item: Item) -> UnsafeRawBufferPointer {
        let bytes = item.isNew ? newFields.buffer : payload
        return UnsafeRawBufferPointer(rebasing: bytes[item.start..<item.start + item.count])
    }

    // MARK: changing

    /// - Parameter key: nil: all collections.
    func clear(_ key: Bytes?, _ timeMs: Milliseconds) {
        isChanged = true
        if key == nil { clearedMs = max(clearedMs, timeMs) }
        if let key, place(of: key) == nil { add(key) }
        for place in collections.indices where key.map({ InstanceKey.equals($0, collections[place].key) }) ?? true {
            collections[place].items.removeAll { $0.timeMs <= timeMs }
            if key != nil { collections[place].clearedMs = max(collections[place].clearedMs, timeMs) }
        }
        collections.removeAll { $0.items.isEmpty && $0.clearedMs <= clearedMs }
    }

    /// - Parameter key: nil: from all collections.
    func remove(_ key: Bytes?, _ values: UnsafePointer<Value>, _ texts: UnsafePointer<Bytes>, _ timeMs: Milliseconds) {
        guard isKnown(values[0], texts[0]) else { return }
        var changed: [Int] = []
        for place in collections.indices
        where key.map({ InstanceKey.equals($0, collections[place].key) }) ?? true {
            guard let item = self.place(of: texts[0], in: place), collections[place].items[item].timeMs <= timeMs else {
                continue
            }
            isChanged = true
            collections[place].items.remove(at: item)
            if timeMs >= collections[place].updatedMs {
                collections[place].updatedMs = timeMs
                changed.append(place)
            }
        }
        for (before, place) in changed.enumerated() { collections.append(collections.remove(at: place - before)) }
        collections.removeAll { $0.items.isEmpty && $0.clearedMs <= clearedMs }
    }

    func put(
        _ key: Bytes, _ values: UnsafePointer<Value>, _ texts: UnsafePointer<Bytes>, fieldCount: Int, itemsMax: Int,
        _ timeMs: Milliseconds
    ) {
        guard isKnown(values[0], texts[0]), timeMs > clearedMs else { return }
        var place = place(of: key)
        if let place, timeMs <= collections[place].clearedMs { return }
        let known = place.flatMap { self.place(of: texts[0], in: $0) }
        if let place, let known, collections[place].items[known].timeMs > timeMs { return }
        isChanged = true
        if place == nil {
            add(key)
            place = collections.count - 1
        }
        let item = newItem(values, texts, fieldCount, timeMs)
        let collection = place!
        if let known {
            collections[collection].items[known] = item
        } else {
            collections[collection].items.append(item)
        }
        if collections[collection].items.count > itemsMax {
            let items = collections[collection].items
            collections[collection].items.remove(at: items.indices.min { items[$0].timeMs < items[$1].timeMs }!)
            dropped += 1
        }
        if timeMs >= collections[collection].updatedMs {
            collections[collection].updatedMs = timeMs
            collections.append(collections.remove(at: collection))
        }
    }

    /// Whether there is something by which to know an item.
    private func isKnown(_ value: Value, _ text: Bytes) -> Bool {
        switch value {
        case .string, .double, .bool:
            if text.count <= Self.textBytesMax { return true }
        case .missing, .null: return false
        default: break
        }
        skips += 1
        return false
    }

    private func add(_ key: Bytes) {
        if collections.count >= Self.collectionsMax {
            collections.remove(at: oldest)
            dropped += 1
        }
        collections.append(Collection(key: key))
    }

    private var oldest: Int {
        collections.indices.min {
            max(collections[$0].updatedMs, collections[$0].clearedMs)
                < max(collections[$1].updatedMs, collections[$1].clearedMs)
        }!
    }

    private func newItem(
        _ values: UnsafePointer<Value>, _ texts: UnsafePointer<Bytes>, _ fieldCount: Int, _ timeMs: Milliseconds
    ) -> Item {
        let start = newFields.count
        for field in 0..<fieldCount {
            var kind: UInt8 = 0
            switch values[field] {
            case .string where texts[field].count <= Self.textBytesMax: kind = 1
            case .double where texts[field].count <= Self.textBytesMax: kind = 2
            case .bool(let flag): kind = flag ? 3 : 4
            case .missing, .null: break
            default: skips += 1
            }
            newFields.append(kind)
            newFields.append(littleEndian: UInt16(kind == 0 ? 0 : texts[field].count))
            if kind != 0 { newFields.append(texts[field]) }
        }
        return Item(timeMs: timeMs, isNew: true, start: start, count: newFields.count - start)
    }

    private func place(of key: Bytes) -> Int? { collections.firstIndex { InstanceKey.equals($0.key, key) } }

    private func place(of text: Bytes, in collection: Int) -> Int? {
        collections[collection].items.firstIndex { item in
            let bytes = fields(item)
            let count = Int(bytes.loadUnaligned(fromByteOffset: 1, as: UInt16.self))
            return count == text.count
                && compareBytes(Bytes(start: bytes.baseAddress! + 3, count: count), text) == 0
        }
    }

    // MARK: writing

    func write(to output: inout ByteBuffer) {
        while byteCount > Self.bytesMax { dropOldest() }
        append48(clearedMs, to: &output)
        for collection in collections {
            output.append(littleEndian: UInt16(Self.count(collection) - 2))
            output.append(collection.key)
            append48(collection.updatedMs, to: &output)
            append48(collection.clearedMs, to: &output)
            for item in collection.items {
                output.append(littleEndian: UInt16(item.count + 6))
                append48(item.timeMs, to: &output)
                let bytes = fields(item)
                output.append(bytes.baseAddress!, count: bytes.count)
            }
        }
    }

    private static func count(_ collection: Collection) -> Int {
        14 + collection.key.count + collection.items.reduce(0) { $0 + 8 + $1.count }
    }

    private var byteCount: Int { collections.reduce(6) { $0 + Self.count($1) } }

    private func dropOldest() {
        dropped += 1
        if collections.count > 1 {
            collections.remove(at: oldest)
        } else {
            let items = collections[0].items
            collections[0].items.remove(at: items.indices.min { items[$0].timeMs < items[$1].timeMs }!)
        }
    }

    private func append48(_ value: Milliseconds, to output: inout ByteBuffer) {
        output.append(littleEndian: UInt32(truncatingIfNeeded: value))
        output.append(littleEndian: UInt16(truncatingIfNeeded: value >> 32))
    }
}
