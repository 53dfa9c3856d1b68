/// From the registry's numbers to places in the program, by one load. Numbers are dense: a program's lie near each other.
struct NumberTable: Sendable {
    private let base: UInt32
    private let places: [Int32]

    init(_ numbers: [UInt32]) {
        base = numbers.min() ?? 0
        var places = [Int32](repeating: -1, count: numbers.isEmpty ? 0 : Int(numbers.max()! - base) + 1)
        for (place, number) in numbers.enumerated() { places[Int(number - base)] = Int32(place) }
        self.places = places
    }

    @inline(__always)
    subscript(_ number: UInt32) -> Int? {
        let index = Int(number) - Int(base)
        guard index >= 0, index < places.count, places[index] >= 0 else { return nil }
        return Int(places[index])
    }
}
