import BeckonModel
import Testing

@testable import BeckonEngine

@Suite struct `Person store` {
    private static func withId<Result>(_ id: String, _ body: (Bytes) -> Result) -> Result {
        Array(id.utf8).withUnsafeBytes { body(Bytes(start: $0.baseAddress!, count: $0.count)) }
    }

    /// One entry a person, of random length, filled with a mark; against a dictionary, with walks under way.
    @Test(arguments: 0..<4 as Range<UInt64>) func `keeps what a dictionary keeps`(seed: UInt64) {
        var random = Random(seed)
        var store = PersonStore(seed: seed)
        var known: [String: (count: Int, mark: UInt8)] = [:]
        let tag = EntryTag(.fold, 7)
        for round in 0..<12_000 {
            let id = "person-\(random.below(6_000))"
            let count = random.below(random.below(50) == 0 ? 2_000 : 60)
            let mark = UInt8(round % 251)
            Self.withId(id) { bytes in
                let hash = store.hash(bytes)
                var place = store.find(bytes, hash)
                #expect((place != nil) == (known[id] != nil))
                let entry: Int
                if let there = place, let found = store.record(there).entry(tag) {
                    let old = known[id]!
                    #expect(Self.payload(store.record(there), found).allSatisfy { $0 == old.mark })
                    #expect(store.record(there).payloadLength(found) == old.count)
                    if random.below(8) == 0 {
                        place = store.remove(there, entry: found)
                        (place, entry) = store.append(place!, tag, payload: count)
                    } else {
                        place = store.resize(there, entry: found, payload: count)
                        entry = found
                    }
                } else {
                    (place, entry) = store.append(store.insert(bytes, hash, reserving: 16), tag, payload: count)
                }
                store.record(place!).payload(entry).initializeMemory(as: UInt8.self, repeating: mark, count: count)
            }
            known[id] = (count, mark)
        }
        #expect(store.count == known.count)
        for (id, expected) in known {
            Self.withId(id) { bytes in
                let record = store.record(store.find(bytes, store.hash(bytes))!)
                #expect(record.payloadLength(record.entry(tag)!) == expected.count)
                #expect(Self.payload(record, record.entry(tag)!).allSatisfy { $0 == expected.mark })
            }
        }
    }

    private static func payload(_ record: PersonRecord, _ entry: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: record.payload(entry), count: record.payloadLength(entry))
    }

    /// Who is there when a walk begins is seen, though the table grows and records move meanwhile.
    @Test(arguments: 0..<10 as Range<UInt64>) func `a walk misses nobody`(seed: UInt64) {
        var random = Random(seed)
        var store = PersonStore(seed: seed)
        var places: Set<String> = []
        func add(_ id: String) {
            Self.withId(id) { bytes in
                let hash = store.hash(bytes)
                guard store.find(bytes, hash) == nil else { return }
                _ = store.insert(bytes, hash, reserving: 16)
                places.insert(id)
            }
        }
        for index in 0..<700 { add("old-\(index)") }
        let expected = places
        store.beginWalk()
        var seen: Set<String> = []
        var goesOn = true
        var fresh = 0
        while goesOn {
            goesOn = store.walk(bytesMax: 1 + random.below(600)) {
                seen.insert(String(decoding: $0.id.buffer, as: UTF8.self))
            }
            for _ in 0..<random.below(40) where fresh < 9_000 {
                fresh += 1
                add("new-\(fresh)")
            }
            let id = "old-\(random.below(700))"
            Self.withId(id) { bytes in
                let place = store.find(bytes, store.hash(bytes))!
                _ = store.append(place, EntryTag(.seen, 1), payload: 6)
            }
        }
        #expect(expected.subtracting(seen).isEmpty)
        #expect(fresh > 0)
    }
}
