/// All of an event's properties, of its context, or of its traits, as one value.
struct WholeField: Sendable {
    let slot: Int
    let root: PropertyPath.Root
    /// What has another name in the event: the name that rules use as JSON text with its colon, and the slot it is read to.
    let mapped: [(name: [UInt8], slot: Int)]
}

extension EventDecoder {
    /// - Parameters:
    ///   - place: of the object that has all of a root; 0 where the event has none.
    func readWholes(
        _ wholes: [WholeField], _ walk: JSONWalk, _ place: (PropertyPath.Root) -> Int,
        _ values: UnsafeMutablePointer<Value>, _ texts: UnsafeMutablePointer<Bytes>
    ) throws(Rejection) {
        for whole in wholes {
            let object = place(whole.root)
            guard object != 0 else {
                readEmpty(whole, values, texts)
                continue
            }
            guard walk.character(object) == UInt8(ascii: "{") else { throw Rejection(.type) }
            let end = try next(walk, object)
            try read(walk, object, end, whole.slot, values, texts)
            addMapped(whole, isEmpty: end == object + 2, values, texts)
        }
    }

    /// An event without properties, or without context, has empty ones.
    private func readEmpty(
        _ whole: WholeField, _ values: UnsafeMutablePointer<Value>, _ texts: UnsafeMutablePointer<Bytes>
    ) {
        let empty: StaticString = "{}"
        texts[whole.slot] = Bytes(start: empty.utf8Start, count: 2)
        values[whole.slot] = .json(texts[whole.slot])
        addMapped(whole, isEmpty: true, values, texts)
    }

    /// Puts behind the object's own members those that rules know by another name. What is there stays as it is.
    private func addMapped(
        _ whole: WholeField, isEmpty: Bool, _ values: UnsafeMutablePointer<Value>,
        _ texts: UnsafeMutablePointer<Bytes>
    ) {
        guard case .json(let own) = values[whole.slot] else { return }
        var added = ByteBuffer(capacity: 64)
        for member in whole.mapped where ranks[member.slot] != 0 {
            switch values[member.slot] {
            case .missing, .failed: continue
            default: break
            }
            if !isEmpty || added.count > 0 { added.append(UInt8(ascii: ",")) }
            added.append(member.name)
            if case .string(let text) = values[member.slot] {
                JSONText.appendString(text, to: &added)
            } else {
                added.append(texts[member.slot])
            }
        }
        guard added.count > 0 else { return }
        let memory = arena.allocate(own.count + added.count)
        memory.copyMemory(from: own.start, byteCount: own.count - 1)
        (memory + own.count - 1).copyMemory(from: added.start, byteCount: added.count)
        memory.storeBytes(of: UInt8(ascii: "}"), toByteOffset: own.count + added.count - 1, as: UInt8.self)
        texts[whole.slot] = Bytes(start: UnsafeRawPointer(memory), count: own.count + added.count)
        values[whole.slot] = .json(texts[whole.slot])
    }
}
