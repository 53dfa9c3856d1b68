/// Memory that evaluations write to: temporaries and the bytes of computed texts. Reused by one after another.
///
/// What an evaluation returns may point into it and ends with the next evaluation. One owner at a time: it is not
/// `Sendable`, and a copy shares the memory.
public struct EvaluationScratch {
    /// Bytes of computed texts in one evaluation; beyond it fails with `stepsExceeded`.
    public static let bytesMax = 65_536
    /// Bytes compared by `contains` and `in` in one evaluation; beyond it fails with `stepsExceeded`.
    public static let stepsMax = 1_048_576

    private final class Memory {
        let temporaries: UnsafeMutablePointer<Value>
        let bytes: UnsafeMutableRawPointer

        init(temporariesCount: Int) {
            temporaries = .allocate(capacity: temporariesCount)
            bytes = .allocate(byteCount: EvaluationScratch.bytesMax, alignment: 8)
        }

        deinit {
            temporaries.deallocate()
            bytes.deallocate()
        }
    }

    private var memory: Memory
    private(set) var temporaries: UnsafeMutablePointer<Value>
    private var temporariesCount: Int
    private var bytes: UnsafeMutableRawPointer
    private var bytesUsed = 0
    private var steps = 0

    public init() {
        temporariesCount = 64
        memory = Memory(temporariesCount: temporariesCount)
        temporaries = memory.temporaries
        bytes = memory.bytes
    }

    /// Starts an evaluation.
    @inline(__always)
    mutating func begin(temporariesCount: Int) {
        if temporariesCount > self.temporariesCount { grow(to: temporariesCount) }
        bytesUsed = 0
        steps = 0
    }

    @inline(never)
    private mutating func grow(to count: Int) {
        temporariesCount = count
        memory = Memory(temporariesCount: count)
        temporaries = memory.temporaries
        bytes = memory.bytes
    }

    /// nil when the evaluation has used its share.
    mutating func reserve(_ count: Int) -> UnsafeMutableRawPointer? {
        guard count <= Self.bytesMax - bytesUsed else { return nil }
        defer { bytesUsed += count }
        return bytes + bytesUsed
    }

    /// A computed text.
    mutating func text(_ utf8: some Collection<UInt8>) -> Value {
        guard let start = reserve(utf8.count) else { return .failed(.stepsExceeded) }
        UnsafeMutableRawBufferPointer(start: start, count: utf8.count).copyBytes(from: utf8)
        return .string(Bytes(start: UnsafeRawPointer(start), count: utf8.count))
    }

    /// Whether so many steps more are within the bound.
    mutating func spend(_ count: Int) -> Bool {
        steps += count
        return steps <= Self.stepsMax
    }
}
