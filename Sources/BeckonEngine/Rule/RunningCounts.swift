/// Running instances by the number of their rule's version: what keeps an old version alive.
struct RunningCounts {
    private let base: UInt32
    private var counts: [Int]

    /// None of any. Numbers are dense: a program's lie near each other.
    init(_ numbers: [UInt32] = []) {
        base = numbers.min() ?? 0
        counts = [Int](repeating: 0, count: numbers.isEmpty ? 0 : Int(numbers.max()! - base) + 1)
    }

    /// Those of another program's versions that this one still has.
    init(_ numbers: [UInt32], keeping others: RunningCounts) {
        self.init(numbers)
        for number in numbers where others.knows(number) { self[number] = others[number] }
    }

    func knows(_ number: UInt32) -> Bool { number >= base && Int(number - base) < counts.count }

    /// Of a number that is known.
    @inline(__always)
    subscript(_ number: UInt32) -> Int {
        get { counts[Int(number - base)] }
        set { counts[Int(number - base)] = newValue }
    }
}
