import BeckonModel

/// Collections of items, such as carts.
extension PartitionEngine {
    mutating func applyItems(
        _ number: UInt32, _ items: ItemProgram, _ effect: Scratch.FoldEffect, _ event: AppliedEvent,
        _ person: inout PersonCursor, _ output: inout StepOutput
    ) {
        let tag = EntryTag(.fold, number)
        let known = person.place == 0 ? nil : store.record(person.place).entry(tag)
        let state = scratch.items
        loadItems(known, items, person)
        scratch.foldKey.removeAll()
        var isKeyed = false
        if items.keySlot >= 0 {
            InstanceKey.append(
                slots: [items.keySlot], values: scratch.row(event.row), texts: scratch.textRow(event.row),
                to: &scratch.foldKey)
            isKeyed = scratch.foldKey.buffer[0] != InstanceKey.missing
        }
        let key = Bytes(start: UnsafeRawPointer(scratch.foldKey.start), count: scratch.foldKey.count)
        if effect.empties {
            state.clear(isKeyed ? key : nil, event.timeMs)
        } else {
            let timeMs = event.timeMs
            if effect.removes {
                forEachItem(items, event) { state.remove(isKeyed ? key : nil, $0, $1, timeMs) }
            }
            if effect.feeds {
                let fieldCount = items.fieldSlots.count
                forEachItem(items, event) {
                    state.put(key, $0, $1, fieldCount: fieldCount, itemsMax: items.itemsMax, timeMs)
                }
            }
        }
        storeItems(tag, known, &person, &output)
    }

    private func loadItems(_ known: Int?, _ items: ItemProgram, _ person: PersonCursor) {
        guard let known else { return scratch.items.load(nil, hasKey: items.keySlot >= 0) }
        let record = store.record(person.place)
        scratch.items.load(
            UnsafeRawBufferPointer(start: record.payload(known), count: record.payloadLength(known)),
            hasKey: items.keySlot >= 0)
    }

    /// The event's own item or, where it holds an array of them, each of these.
    private func forEachItem(
        _ items: ItemProgram, _ event: AppliedEvent, _ body: (UnsafePointer<Value>, UnsafePointer<Bytes>) -> Void
    ) {
        let row = scratch.row(event.row)
        let texts = scratch.textRow(event.row)
        let (values, words) = (scratch.itemValues, scratch.itemTexts)
        for slot in items.arraySlots {
            guard case .json(let text) = row[slot], text.buffer[0] == UInt8(ascii: "[") else { continue }
            scratch.decoder!.readElements(text, items.elementFields, values: values, texts: words) {
                body(values, words)
            }
            return
        }
        for (field, slot) in items.fieldSlots.enumerated() {
            values[field] = row[slot]
            words[field] = texts[slot]
        }
        body(values, words)
    }

    private mutating func storeItems(
        _ tag: EntryTag, _ known: Int?, _ person: inout PersonCursor, _ output: inout StepOutput
    ) {
        let state = scratch.items
        output.counts.foldSkips += state.skips
        guard state.isChanged else { return }
        scratch.collect.removeAll()
        state.write(to: &scratch.collect)
        if state.dropped > 0 { output.counts.note(.items, state.dropped) }
        let count = scratch.collect.count
        if person.place != 0, !store.hasRoom(person.place, count) {
            output.counts.note(.record)
            return
        }
        let entry = place(known, tag, payload: count, &person)
        store.record(person.place).payload(entry).copyMemory(from: scratch.collect.start, byteCount: count)
    }

    /// The collection that an expression sees: that of the key in the row, else that of the newest change among those that
    /// hold something.
    private func collection(
        _ fold: FoldProgram, _ items: ItemProgram, _ read: FoldRead, _ row: UnsafeMutablePointer<Value>,
        _ person: PersonCursor
    ) -> ItemState.Collection? {
        guard person.place != 0, let entry = store.record(person.place).entry(EntryTag(.fold, fold.number)) else {
            return nil
        }
        loadItems(entry, items, person)
        if read.keySlot >= 0 {
            scratch.foldKey.removeAll()
            InstanceKey.append(
                slots: [read.keySlot], values: row, texts: scratch.textRow(of: row), to: &scratch.foldKey)
            if scratch.foldKey.buffer[0] != InstanceKey.missing {
                let key = Bytes(start: UnsafeRawPointer(scratch.foldKey.start), count: scratch.foldKey.count)
                return scratch.items.collections.first { InstanceKey.equals($0.key, key) }
            }
        }
        var newest: ItemState.Collection?
        for collection in scratch.items.collections where !collection.items.isEmpty {
            if newest.map({ collection.updatedMs >= $0.updatedMs }) ?? true { newest = collection }
        }
        return newest
    }

    /// The sum over the items of the product of what `value` names.
    func itemsValue(
        _ fold: FoldProgram, _ read: FoldRead, _ row: UnsafeMutablePointer<Value>, _ person: PersonCursor,
        _ program: Program
    ) -> Value {
        let items = program.items[fold.itemsPlace]
        guard !items.factors.isEmpty, let collection = collection(fold, items, read, row, person) else {
            return .double(0)
        }
        var total: Int64 = 0
        for item in collection.items {
            if let amount = Self.product(scratch.items.fields(item), items) { total = Decimal.add(total, amount) }
        }
        return .double(Decimal.double(total))
    }

    /// nil where a factor is no number.
    private static func product(_ fields: UnsafeRawBufferPointer, _ items: ItemProgram) -> Int64? {
        var product: Int64?
        for factor in items.factors {
            let (kind, text) = field(factor, fields)
            var amount: Int64
            switch kind {
            case 2:
                guard let number = Decimal.parse(text) else { return nil }
                amount = number
            case 0 where factor == items.quantity: amount = 1_000_000
            default: return nil
            }
            if let known = product {
                guard let next = Decimal.multiply(known, amount) else { return nil }
                amount = next
            }
            product = amount
        }
        return product
    }

    private static func field(_ place: Int, _ fields: UnsafeRawBufferPointer) -> (kind: UInt8, text: Bytes) {
        var at = 0
        for _ in 0..<place { at += 3 + Int(fields.loadUnaligned(fromByteOffset: at + 1, as: UInt16.self)) }
        let count = Int(fields.loadUnaligned(fromByteOffset: at + 1, as: UInt16.self))
        return (fields[at], Bytes(start: fields.baseAddress! + at + 3, count: count))
    }

    /// The items as JSON text, appended to `scratch.itemsJSON`.
    func appendItems(
        _ fold: FoldProgram, _ read: FoldRead, _ row: UnsafeMutablePointer<Value>, _ person: PersonCursor,
        _ program: Program
    ) {
        let items = program.items[fold.itemsPlace]
        scratch.itemsJSON.append(UInt8(ascii: "["))
        if let collection = collection(fold, items, read, row, person) {
            for (place, item) in collection.items.enumerated() {
                if place > 0 { scratch.itemsJSON.append(UInt8(ascii: ",")) }
                Self.append(scratch.items.fields(item), items, to: &scratch.itemsJSON)
            }
        }
        scratch.itemsJSON.append(UInt8(ascii: "]"))
    }

    private static func append(_ fields: UnsafeRawBufferPointer, _ items: ItemProgram, to output: inout ByteBuffer) {
        output.append(UInt8(ascii: "{"))
        var isFirst = true
        for (place, name) in items.fieldNames.enumerated() {
            let (kind, text) = field(place, fields)
            if kind == 0 { continue }
            if !isFirst { output.append(UInt8(ascii: ",")) }
            isFirst = false
            output.append(name)
            if kind == 1 { JSONText.appendString(text, to: &output) } else { output.append(text) }
        }
        output.append(UInt8(ascii: "}"))
    }
}
