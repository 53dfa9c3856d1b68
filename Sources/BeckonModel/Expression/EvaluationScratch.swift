/// Memory that evaluations write to: temporaries, and the bytes of computed texts, lists and maps. Reused by one after
/// another.
///
/// What an evaluation returns may point into it and ends with the next evaluation. One owner at a time: it is not
/// `Sendable`, and a copy shares the memory.
public struct EvaluationScratch {
    /// Allocated once; what lies beyond is allocated for one evaluation.
    private static let blockBytes = 65_536

    private final class Memory {
        var temporaries: UnsafeMutablePointer<Value>
        let block: UnsafeMutableRawPointer
        var more: [UnsafeMutableRawPointer] = []
        let patterns = PatternCache()
        let texts = ScratchArena()

        init(temporariesCount: Int) {
            temporaries = .allocate(capacity: temporariesCount)
            block = .allocate(byteCount: EvaluationScratch.blockBytes, alignment: 16)
        }

        deinit {
            release()
            temporaries.deallocate()
            block.deallocate()
        }

        func release() {
            for block in more { block.deallocate() }
            more.removeAll()
        }
    }

    public let limits: EvaluationLimits
    private let memory: Memory
    private(set) var temporaries: UnsafeMutablePointer<Value>
    private var temporariesCount: Int
    private var block: UnsafeMutableRawPointer
    private var blockCount: Int
    private var blockUsed = 0
    private var bytesUsed = 0
    private var steps = 0

    public init(limits: EvaluationLimits = .rules) {
        self.limits = limits
        temporariesCount = 64
        memory = Memory(temporariesCount: temporariesCount)
        temporaries = memory.temporaries
        block = memory.block
        blockCount = Self.blockBytes
    }

    /// Starts an evaluation.
    @inline(__always)
    mutating func begin(temporariesCount: Int) {
        if temporariesCount > self.temporariesCount { grow(to: temporariesCount) }
        if bytesUsed > 0 { clear() }
        blockUsed = 0
        steps = 0
    }

    @inline(never)
    private mutating func grow(to count: Int) {
        memory.temporaries.deallocate()
        memory.temporaries = .allocate(capacity: count)
        temporariesCount = count
        temporaries = memory.temporaries
    }

    @inline(never)
    private mutating func clear() {
        bytesUsed = 0
        memory.texts.removeAll()
        guard !memory.more.isEmpty else { return }
        memory.release()
        block = memory.block
        blockCount = Self.blockBytes
    }

    /// Aligned for values; nil when the evaluation has used its share.
    mutating func reserve(_ count: Int) -> UnsafeMutableRawPointer? {
        guard count <= limits.bytes - bytesUsed else { return nil }
        // At least one, so that the next evaluation clears.
        bytesUsed += max(1, count)
        let start = (blockUsed + 7) & ~7
        if start + count <= blockCount {
            blockUsed = start + count
            return block + start
        }
        blockCount = max(count, min(2 * blockCount, 1 << 20))
        block = .allocate(byteCount: blockCount, alignment: 16)
        memory.more.append(block)
        blockUsed = count
        return block
    }

    mutating func reserveValues(_ count: Int) -> UnsafeMutablePointer<Value>? {
        reserve(count * MemoryLayout<Value>.stride)?.bindMemory(to: Value.self, capacity: count)
    }

    /// A computed text.
    mutating func text(_ utf8: some Collection<UInt8>) -> Value {
        guard let start = reserve(utf8.count) else { return .failed(.memoryExceeded) }
        UnsafeMutableRawBufferPointer(start: start, count: utf8.count).copyBytes(from: utf8)
        return .string(Bytes(start: UnsafeRawPointer(start), count: utf8.count))
    }

    /// A string of JSON without its escapes.
    mutating func unescaped(_ text: Bytes) -> Result<Bytes, EvaluationError> {
        guard text.count <= limits.bytes - bytesUsed else { return .failure(.memoryExceeded) }
        guard let result = JSONScalar.unescape(text, memory.texts) else { return .failure(.invalidArgument) }
        if result.start != text.start { bytesUsed += max(1, text.count) }
        return .success(result)
    }

    /// Whether so many steps more are within the bound.
    mutating func spend(_ count: Int) -> Bool {
        steps += count
        return steps <= limits.steps
    }

    /// For walking over so many bytes.
    mutating func spend(bytes count: Int) -> Bool { spend(1 + count / 16) }

    /// The pattern of a text, compiled once while it is in use; nil for none.
    func pattern(_ text: Bytes) -> Pattern? { memory.patterns.pattern(text) }
}
