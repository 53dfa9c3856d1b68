import CSimdJSON

/// The structural index of one JSON text after another: where each bracket, colon, comma, string and scalar begins.
/// UTF-8, escapes and quotes are checked by the index; the rest by whoever walks it.
final class JSONIndexer {
    private let indexer: OpaquePointer
    let bytesMax: Int

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
        indexer = beckon_json_indexer_create(bytesMax)
    }

    deinit { beckon_json_indexer_destroy(indexer) }

    /// The walk lives until the next call. nil where the text is not JSON at all.
    @inline(__always)
    func index(_ json: UnsafeRawPointer, count: Int) -> JSONWalk? {
        var places: UnsafePointer<UInt32>?
        var placeCount: UInt32 = 0
        let text = json.assumingMemoryBound(to: UInt8.self)
        guard beckon_json_index(indexer, text, count, &places, &placeCount) == 0, let places else { return nil }
        return JSONWalk(json: text, count: count, places: places, placeCount: Int(placeCount))
    }
}

/// A place after another through an indexed JSON text. Positions are numbers of places, not of bytes.
struct JSONWalk {
    let json: UnsafePointer<UInt8>
    let count: Int
    let places: UnsafePointer<UInt32>
    let placeCount: Int

    /// Of a member's value: with the object around it 64.
    static let depthMax = 63

    enum Fault { case malformed, tooDeep }

    /// The character at a place, 0 behind the last one.
    @inline(__always)
    func character(_ place: Int) -> UInt8 { place < placeCount ? json[Int(places[place])] : 0 }

    /// The byte position of a place.
    @inline(__always)
    func position(_ place: Int) -> Int { place < placeCount ? Int(places[place]) : count }

    /// The string whose opening quote is at `place`, as it stands, without its quotes. The index proved that it ends
    /// before the next place.
    @inline(__always)
    func string(_ place: Int) -> Bytes? {
        let open = position(place)
        var close = position(place + 1) - 1
        while close > open, Self.isBlank(json[close]) { close -= 1 }
        guard close > open, json[close] == UInt8(ascii: "\"") else { return nil }
        return Bytes(start: UnsafeRawPointer(json + open + 1), count: close - open - 1)
    }

    /// A number, `true`, `false` or `null` as it stands.
    @inline(__always)
    func scalar(_ place: Int) -> Bytes {
        let open = position(place)
        var close = position(place + 1) - 1
        while close > open, Self.isBlank(json[close]) { close -= 1 }
        return Bytes(start: UnsafeRawPointer(json + open), count: close - open + 1)
    }

    /// Other control characters belong to the scalar that they follow, which is then malformed.
    @inline(__always)
    private static func isBlank(_ byte: UInt8) -> Bool {
        let blanks: UInt64 = 1 << 0x20 | 1 << 0x0D | 1 << 0x0A | 1 << 0x09
        return byte <= 0x20 && blanks >> UInt64(byte) & 1 == 1
    }

    /// The place behind the value that begins at `place`. Brackets must match; deeper than `depthMax` is a fault.
    @inline(__always)
    func skip(_ place: Int) throws(FaultThrown) -> Int {
        let first = character(place)
        if first != UInt8(ascii: "{"), first != UInt8(ascii: "[") { return place + 1 }
        return try skipContainer(place)
    }

    /// One bit a level says which bracket must close it.
    private func skipContainer(_ start: Int) throws(FaultThrown) -> Int {
        var place = start
        var depth = 0
        var brackets: UInt64 = 0
        while place < placeCount {
            // Three of four places are quotes, colons, commas and scalars: four at a time are passed at once.
            while place + 4 <= placeCount,
                !(Self.mayBeBracket(character(at: place)) || Self.mayBeBracket(character(at: place + 1))
                    || Self.mayBeBracket(character(at: place + 2)) || Self.mayBeBracket(character(at: place + 3)))
            {
                place += 4
            }
            if place == placeCount { break }
            let character = character(at: place)
            place += 1
            // The four brackets are 0x5B, 0x5D, 0x7B, 0x7D: everything else leaves at once.
            if character & 0xDF == 0x5B {
                if depth == Self.depthMax { throw FaultThrown(.tooDeep) }
                brackets = brackets << 1 | UInt64(character >> 5 & 1)
                depth += 1
            } else if character & 0xDF == 0x5D {
                if brackets & 1 != UInt64(character >> 5 & 1) { throw FaultThrown(.malformed) }
                brackets >>= 1
                depth -= 1
                if depth == 0 { return place }
            }
        }
        throw FaultThrown(.malformed)
    }

    @inline(__always)
    private func character(at place: Int) -> UInt8 { json[Int(places[place])] }

    /// True of the four brackets, and of a few characters that nothing valid begins with.
    @inline(__always)
    private static func mayBeBracket(_ character: UInt8) -> Bool { character & 0xD9 == 0x59 }

    /// The text of the value between two places.
    @inline(__always)
    func text(_ place: Int, until end: Int) -> Bytes {
        let open = position(place)
        var close = position(end) - 1
        while close > open, Self.isBlank(json[close]) { close -= 1 }
        return Bytes(start: UnsafeRawPointer(json + open), count: close - open + 1)
    }
}

struct FaultThrown: Error {
    let fault: JSONWalk.Fault

    init(_ fault: JSONWalk.Fault) { self.fault = fault }
}

/// An indexer that decoders of one thread take turns with: its memory is sized for the largest event.
public final class JSONIndexerOwner {
    let indexer: JSONIndexer

    public init(bytesMax: Int = EventDecoder.eventBytesMax) { indexer = JSONIndexer(bytesMax: bytesMax) }
}
