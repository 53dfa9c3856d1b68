import BeckonModel

/// All traits of a person, while `identify` changes them.
///
/// *Layout* of the payload: the traits as the text of a JSON object, its length 16 bits before it; the time of each in the
/// order of the text, 48 bits; then each that was taken away: time 48 bits · length of the name 8 bits · name. Names are as
/// they stand in the JSON.
struct TraitState {
    private struct Told {
        let name: [UInt8]
        /// As JSON text; nil: taken away.
        var value: [UInt8]?
        var timeMs: Milliseconds
    }

    /// In the order in which they were first told.
    private var traits: [Told] = []
    private(set) var isChanged = false
    /// What could not be kept, and what a bound has dropped.
    private(set) var skips = 0
    private(set) var dropped = 0

    /// Of a person of whom nothing is known: no traits.
    static var nothing: Value {
        let empty: StaticString = "{}"
        return .json(Bytes(start: empty.utf8Start, count: 2))
    }

    /// All of them, for as long as the record stays as it is.
    static func value(_ record: PersonRecord, _ entry: Int) -> Value {
        let payload = record.payload(entry)
        return .json(Bytes(start: payload + 2, count: Int(payload.loadUnaligned(as: UInt16.self))))
    }

    /// - Parameter payload: nil where nothing is known.
    init(_ payload: UnsafeRawBufferPointer?) {
        guard let payload, let start = payload.baseAddress else { return }
        let record = PersonRecord(UnsafeMutableRawPointer(mutating: start))
        let text = Bytes(start: start + 2, count: Int(payload.loadUnaligned(as: UInt16.self)))
        var at = 2 + text.count
        JSONText.forEachMember(of: text) { name, value in
            traits.append(Told(name: Array(name.buffer), value: Array(value.buffer), timeMs: record.load48(at)))
            at += 6
        }
        while at < payload.count {
            let count = Int(payload[at + 6])
            traits.append(
                Told(name: Array(payload[at + 7..<at + 7 + count]), value: nil, timeMs: record.load48(at)))
            at += 7 + count
        }
    }

    /// Takes a trait as it was told at a time, unless a later one is known.
    ///
    /// - Parameters:
    ///   - value: its JSON text; null takes the trait away.
    ///   - valueBytes: what counts towards the bound.
    mutating func tell(_ name: Bytes, _ value: Bytes, valueBytes: Int, _ timeMs: Milliseconds) {
        guard name.count <= Trait.nameBytesMax, valueBytes <= Trait.valueBytesMax else {
            skips += 1
            return
        }
        let isNull = value.buffer.elementsEqual("null".utf8)
        let told = Told(name: Array(name.buffer), value: isNull ? nil : Array(value.buffer), timeMs: timeMs)
        guard let place = traits.firstIndex(where: { $0.name == told.name }) else {
            traits.append(told)
            isChanged = true
            return
        }
        guard timeMs >= traits[place].timeMs else { return }
        traits[place] = told
        isChanged = true
    }

    /// Those told longest ago go; of several told at once the one whose name comes first.
    mutating func forgetBeyondBounds() {
        while traits.count > Trait.countMax || byteCount > Trait.bytesMax {
            let oldest = traits.indices.min { left, right in
                if traits[left].timeMs != traits[right].timeMs { return traits[left].timeMs < traits[right].timeMs }
                return traits[left].name.lexicographicallyPrecedes(traits[right].name)
            }
            traits.remove(at: oldest!)
            dropped += 1
        }
    }

    private var byteCount: Int { traits.reduce(0) { $0 + $1.name.count + ($1.value?.count ?? 0) + 10 } }

    func write(to output: inout ByteBuffer) {
        let present = traits.filter { $0.value != nil }
        let textBytes = present.reduce(2) { $0 + $1.name.count + $1.value!.count + 4 } - (present.isEmpty ? 0 : 1)
        output.append(littleEndian: UInt16(textBytes))
        output.append(UInt8(ascii: "{"))
        for (place, told) in present.enumerated() {
            if place > 0 { output.append(UInt8(ascii: ",")) }
            output.append(UInt8(ascii: "\""))
            output.append(told.name)
            output.append(UInt8(ascii: "\""))
            output.append(UInt8(ascii: ":"))
            output.append(told.value!)
        }
        output.append(UInt8(ascii: "}"))
        for told in present { Self.append48(told.timeMs, to: &output) }
        for told in traits where told.value == nil {
            Self.append48(told.timeMs, to: &output)
            output.append(UInt8(told.name.count))
            output.append(told.name)
        }
    }

    private static func append48(_ value: Milliseconds, to output: inout ByteBuffer) {
        output.append(littleEndian: UInt32(truncatingIfNeeded: value))
        output.append(littleEndian: UInt16(truncatingIfNeeded: value >> 32))
    }
}
