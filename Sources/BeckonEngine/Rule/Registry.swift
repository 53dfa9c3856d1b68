import BeckonModel

/// The numbers under which records know folds, rules, their versions and events. Part of the state.
///
/// *Guarantees*: a number is never given out twice. What a program no longer uses loses its number, so that a fold that
/// comes back starts empty.
public struct Registry: Sendable, Equatable {
    public private(set) var numbers: [ContentHash: UInt32] = [:]
    public private(set) var next: UInt32 = 1

    public init() {}

    public init(numbers: [ContentHash: UInt32], next: UInt32) {
        self.numbers = numbers
        self.next = next
    }

    /// Numbers in the order of `keys` for those that are new; forgets every other key.
    mutating func keep(_ keys: [ContentHash]) {
        var kept: [ContentHash: UInt32] = [:]
        for key in keys where kept[key] == nil {
            if let number = numbers[key] {
                kept[key] = number
            } else {
                precondition(next < 1 << 29, "a partition's registry has given out all its numbers")
                kept[key] = next
                next += 1
            }
        }
        numbers = kept
    }

    static func key(_ kind: StaticString, _ name: String) -> ContentHash {
        ContentHash(of: Array("\(kind)\u{0}\(name)".utf8))
    }
    static func key(_ kind: StaticString, _ version: ContentHash) -> ContentHash { key(kind, version.text) }
}
