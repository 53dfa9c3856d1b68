import BeckonModel

/// Walking over all people a piece at a time, while the store goes on changing.
extension PersonStore {
    mutating func beginWalk() { walkSlot = 0 }
    mutating func endWalk() { walkSlot = nil }

    /// Hands over the next people, until `bytesMax` bytes of records are reached; false when everyone was seen.
    ///
    /// *Guarantees*: who is there from the beginning to the end is seen at least once, whatever moves meanwhile.
    mutating func walk(bytesMax: Int, _ body: (PersonRecord) -> Void) -> Bool {
        var bytes = 0
        func hand(_ place: RecordPlace, _ record: PersonRecord) {
            bytes += record.length
            body(record)
        }
        return walkPlaces(while: { bytes < bytesMax }, hand)
    }

    /// The same by the number of slots.
    mutating func walkPlaces(count: Int, _ body: (RecordPlace, PersonRecord) -> Void) -> Bool {
        var rest = count
        return walkPlaces(
            while: {
                rest -= 1
                return rest >= 0
            }, body)
    }

    private mutating func walkPlaces(while goesOn: () -> Bool, _ body: (RecordPlace, PersonRecord) -> Void) -> Bool {
        guard var slot = walkSlot else { return false }
        while slot < slotCount, goesOn() {
            let place = RecordPlace(truncatingIfNeeded: slots[slot])
            slot += 1
            if place != 0 { body(place, record(place)) }
        }
        walkSlot = slot < slotCount ? slot : nil
        return walkSlot != nil
    }

    /// Slots keep their order when the table grows, but for entries that probing had displaced over the cursor: the walk
    /// steps back to the last gap, over which none can have come.
    mutating func stepWalkBackForGrowth() {
        guard var slot = walkSlot else { return }
        while slot > 0, slots[slot - 1] != 0 { slot -= 1 }
        walkSlot = slot * 2
    }

    /// Puts a record that was written by a walk back: the newer version of two wins. Returns its place, or nil where it
    /// is older than what is there.
    mutating func restore(idCount: Int, _ state: UnsafeRawBufferPointer) -> (place: RecordPlace, replaced: UInt64?)? {
        let id = Bytes(start: state.baseAddress! + 6, count: idCount)
        let hash = hash(id)
        var replaced: UInt64?
        if let known = find(id, hash) {
            let version = PersonRecord(UnsafeMutableRawPointer(mutating: state.baseAddress!)).load48(0)
            if record(known).version >= version { return nil }
            replaced = PartitionEngine.hash(record(known))
            let difference = state.count + 10 - record(known).length
            let place = difference > 0 ? makeRoom(known, difference) : known
            write(place, idCount, state)
            return (place, replaced)
        }
        let place = insert(id, hash, reserving: state.count - 6 - idCount)
        write(place, idCount, state)
        return (place, nil)
    }

    private func write(_ place: RecordPlace, _ idCount: Int, _ state: UnsafeRawBufferPointer) {
        let base = record(place).base
        base.storeBytes(of: UInt32(state.count + 10) | UInt32(idCount) << 24, as: UInt32.self)
        (base + 4).initializeMemory(as: UInt8.self, repeating: 0, count: 6)
        (base + 10).copyMemory(from: state.baseAddress!, byteCount: state.count)
    }
}
