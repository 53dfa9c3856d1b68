import Testing

@testable import BeckonEngine

@Suite struct `Record arena` {
    @Test func `blocks do not overlap, and are used again`() {
        var random = Random(5)
        var arena = RecordArena()
        var blocks: [(place: RecordPlace, bytes: Int, mark: UInt8)] = []
        for round in 0..<6_000 {
            if blocks.isEmpty || random.below(5) < 3 {
                let bytes = 8 + random.below(random.below(20) == 0 ? 20_000 : 400)
                let place = arena.allocate(bytes)
                #expect(place != 0 && arena.capacity(place) >= bytes)
                arena.address(place).initializeMemory(as: UInt8.self, repeating: UInt8(1 + round % 255), count: bytes)
                blocks.append((place, bytes, UInt8(1 + round % 255)))
            } else {
                let block = blocks.remove(at: random.below(blocks.count))
                let memory = UnsafeRawBufferPointer(start: arena.address(block.place), count: block.bytes)
                #expect(memory.allSatisfy { $0 == block.mark })
                arena.free(block.place)
                #expect(arena.address(block.place).load(as: UInt32.self) == 0, "a free block says so")
            }
        }
        #expect(arena.usedBytes == blocks.reduce(0) { $0 + arena.capacity($1.place) })
    }

    @Test func `the largest block is as large as it says`() {
        var arena = RecordArena()
        #expect(arena.capacity(arena.allocate(RecordArena.blockBytesMax)) >= RecordArena.blockBytesMax)
    }
}
