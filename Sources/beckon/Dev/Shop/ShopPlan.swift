import BeckonModel

/// What a person is about to do: visits, and in each of them one deed after the other, with time between them.
struct ShopPlan {
    var random: ShopRandom
    /// The next comes first; their times never go back.
    private(set) var events: [ShopEvent] = []
    /// Of all that were ever planned.
    private var visitCount: Int64 = 0
    private var atMs: Milliseconds = .min

    init(random: ShopRandom) {
        self.random = random
    }

    mutating func takeFirst() -> ShopEvent { events.removeFirst() }

    /// Begins a visit.
    mutating func visit(atMs: Milliseconds) {
        precondition(atMs >= events.last?.atMs ?? .min, "a visit before what is planned already")
        self.atMs = atMs
        visitCount += 1
    }

    mutating func step(_ deed: ShopEvent.Deed) {
        events.append(ShopEvent(atMs: atMs, visit: visitCount, deed: deed))
        atMs += random.number(15_000...4 * Shopper.minuteMs)
    }

    /// At the moment at hand, so that whatever follows stays where it was.
    mutating func introduce(teamSize: Int64) {
        events.append(ShopEvent(atMs: atMs, visit: visitCount, deed: .introduced(teamSize: teamSize)))
    }

    /// Looks around, fills a cart, and leaves it, or pays.
    mutating func shop() {
        var cents: Int64 = 0
        for _ in 0..<random.number(1...3) {
            let product = random.element(of: ShopNames.products)
            step(.viewed(product))
            if random.chance(55) {
                cents += product.cents
                step(.added(product))
            }
        }
        guard cents > 0, random.chance(60) else { return }
        step(.checkedOut(cents: cents))
        if random.chance(80) { order(cents: cents) }
    }

    /// Pays, and perhaps answers the question that follows.
    mutating func order(cents: Int64) {
        step(.ordered(cents: cents))
        if random.chance(40) { step(.answered(isYes: random.chance(60))) }
    }
}
