import CMemory

/// Where a record lies: in units of 16 bytes from the arena's beginning; 0 is nowhere.
typealias RecordPlace = UInt32

/// Blocks of memory in size classes, never moved by the arena. A block's first four bytes belong to the arena's
/// owner while it is in use, and are 0 while it is free, so that a stale place is seen to be stale.
///
/// A chunk holds blocks of one class, so a place that once was a block's beginning remains one.
struct RecordArena: ~Copyable {
    static let unitBytes = 16
    private static let chunkBytes = 2 << 20
    private static let chunkShift = 17
    /// A class that has filled so many chunks gets its next ones in huge pages; before, those would take memory for a
    /// few people that most of it is not needed for.
    private static let ordinaryChunks = 2
    private static let classBytes: [Int] = {
        var sizes = Array(stride(from: 32, through: 256, by: 16))
        while let last = sizes.last, last < blockBytesMax {
            sizes.append(min((last + last / 4 + 15) / 16 * 16, blockBytesMax))
        }
        return sizes
    }()
    /// The largest block, and so the largest record of a person.
    static let blockBytesMax = 262_144

    private struct SizeClass {
        let bytes: Int
        var free: RecordPlace = 0
        var next = 0
        var end = 0
        var chunkCount = 0
    }

    private var chunks: [UnsafeMutableRawPointer] = []
    private var chunkClass: [UInt8] = []
    private var classes: [SizeClass]
    /// By needed bytes in units of 16, for the small ones.
    private let classOfUnits: [UInt8]
    /// In blocks that are in use.
    private(set) var usedBytes = 0

    init() {
        classes = Self.classBytes.map { SizeClass(bytes: $0) }
        var map: [UInt8] = []
        for units in 0...16 { map.append(UInt8(Self.classBytes.firstIndex { $0 >= units * 16 }!)) }
        classOfUnits = map
        // Place 0 means nowhere: the first unit of the first chunk is never given out.
        addChunk(0)
        classes[0].next = 2
    }

    deinit { for chunk in chunks { beckon_aligned_free(chunk) } }

    @inline(__always)
    func address(_ place: RecordPlace) -> UnsafeMutableRawPointer {
        chunks.withUnsafeBufferPointer { $0[Int(place >> UInt32(Self.chunkShift))] }
            + Int(place & (1 << UInt32(Self.chunkShift) - 1)) * Self.unitBytes
    }

    /// Bytes of the block at a place.
    @inline(__always)
    func capacity(_ place: RecordPlace) -> Int { classes[Int(chunkClass[Int(place >> UInt32(Self.chunkShift))])].bytes }

    /// What a block for so many bytes would hold.
    func capacity(for bytes: Int) -> Int { classes[classIndex(bytes)].bytes }

    /// A block with at least so many bytes; its first four are not yet set.
    mutating func allocate(_ bytes: Int) -> RecordPlace {
        precondition(bytes <= Self.blockBytesMax)
        let index = classIndex(bytes)
        usedBytes += classes[index].bytes
        if classes[index].free != 0 {
            let place = classes[index].free
            classes[index].free = address(place).load(fromByteOffset: 4, as: UInt32.self)
            return place
        }
        if classes[index].next == classes[index].end { addChunk(index) }
        let place = classes[index].next
        classes[index].next += classes[index].bytes / Self.unitBytes
        return RecordPlace(place)
    }

    mutating func free(_ place: RecordPlace) {
        let index = Int(chunkClass[Int(place >> UInt32(Self.chunkShift))])
        let block = address(place)
        block.storeBytes(of: 0, as: UInt32.self)
        block.storeBytes(of: classes[index].free, toByteOffset: 4, as: UInt32.self)
        classes[index].free = place
        usedBytes -= classes[index].bytes
    }

    private func classIndex(_ bytes: Int) -> Int {
        if bytes <= 256 { return Int(classOfUnits[(bytes + 15) / 16]) }
        var index = Int(classOfUnits[16])
        while classes[index].bytes < bytes { index += 1 }
        return index
    }

    private mutating func addChunk(_ index: Int) {
        precondition(chunks.count < 1 << (32 - Self.chunkShift), "a partition's people need more than 64 GiB")
        let units = Self.chunkBytes / Self.unitBytes
        classes[index].next = chunks.count * units
        classes[index].end =
            classes[index].next + units / (classes[index].bytes / Self.unitBytes)
            * (classes[index].bytes / Self.unitBytes)
        chunks.append(
            classes[index].chunkCount < Self.ordinaryChunks
                ? beckon_aligned_allocate(Self.chunkBytes) : beckon_huge_allocate(Self.chunkBytes))
        classes[index].chunkCount += 1
        chunkClass.append(UInt8(index))
    }
}
