import BeckonModel

/// A small synthetic shop: people browse, add to carts, buy or leave, fall silent and come back; some learn, some try the
/// paid plan.
///
/// The same seed gives the same events, byte by byte, forever.
struct Shop: EventSource {
    static let peopleCountDefault = 120

    private var people: [Shopper]
    /// Place of the person whose event is next.
    private var nextPerson = 0

    /// - Parameter openMs: when the doors open. What a few people did before makes that much happens on the first day.
    init(seed: UInt64, openMs: Milliseconds, peopleCount: Int = peopleCountDefault) {
        precondition(peopleCount > 0, "a shop without people")
        var names = ShopRandom(seed: seed)
        people = (0..<peopleCount).map { index in
            Shopper(
                id: ShopNames.person(index), random: ShopRandom(seed: names.next()),
                walk: WalkOfLife.mix[index % WalkOfLife.mix.count], openMs: openMs)
        }
        nextPerson = Self.earliest(people)
    }

    /// When the first event can happen, for a shop that opens at `openMs`.
    static func firstMs(openMs: Milliseconds) -> Milliseconds { openMs - WalkOfLife.historyMs }

    var peopleCount: Int { people.count }

    /// The shop never closes.
    var nextTimeMs: Milliseconds? { people[nextPerson].nextTimeMs }

    mutating func next() -> PlayedEvent? {
        let event = people[nextPerson].next()
        nextPerson = Self.earliest(people)
        return event
    }

    /// Of two at the same instant the one who comes first in the list.
    private static func earliest(_ people: [Shopper]) -> Int {
        var first = 0
        for index in people.indices where people[index].nextTimeMs < people[first].nextTimeMs { first = index }
        return first
    }
}
