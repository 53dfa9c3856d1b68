/// Memory for unescaped strings that stays where it is until everything is forgotten at once.
final class ScratchArena {
    private var block: UnsafeMutableRawPointer
    private var used = 0
    private var large: [UnsafeMutableRawPointer] = []
    private static let blockBytes = 65_536

    init() { block = .allocate(byteCount: Self.blockBytes, alignment: 16) }

    deinit {
        removeAll()
        block.deallocate()
    }

    func allocate(_ count: Int) -> UnsafeMutableRawPointer {
        if used + count <= Self.blockBytes {
            defer { used += count }
            return block + used
        }
        let memory = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 16)
        large.append(memory)
        return memory
    }

    func removeAll() {
        used = 0
        for memory in large { memory.deallocate() }
        large.removeAll(keepingCapacity: true)
    }
}
