import Synchronization

/// A number that only grows. Safe from any thread; hot threads add once a batch.
public final class Counter: Sendable {
    private let count = Atomic<UInt64>(0)

    init() {}

    @inline(__always)
    public func add(_ count: Int = 1) {
        precondition(count >= 0, "a counter never shrinks")
        self.count.wrappingAdd(UInt64(count), ordering: .relaxed)
    }

    public var value: UInt64 { count.load(ordering: .relaxed) }
}

/// A number that goes up and down. Safe from any thread; the last writer wins.
public final class Gauge: Sendable {
    private let bits = Atomic<UInt64>(0)

    init() {}

    public func set(_ number: Double) {
        bits.store(number.bitPattern, ordering: .relaxed)
    }

    public func set(_ number: some BinaryInteger) {
        set(Double(number))
    }

    public var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }
}
