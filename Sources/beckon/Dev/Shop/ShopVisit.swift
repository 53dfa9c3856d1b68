import BeckonModel

/// A visit in the making: one deed after the other, with time between them.
struct ShopVisit {
    /// Of the person's visits, from 1: her cart of that visit is called by it.
    let number: Int64
    private(set) var atMs: Milliseconds
    private(set) var random: ShopRandom
    /// In the order of time.
    private(set) var events: [ShopEvent] = []

    init(number: Int64, atMs: Milliseconds, random: ShopRandom) {
        self.number = number
        self.atMs = atMs
        self.random = random
    }

    mutating func step(_ deed: ShopEvent.Deed) {
        events.append(ShopEvent(atMs: atMs, deed))
        atMs += random.number(15_000...4 * Shopper.minuteMs)
    }

    /// Looks around, fills a cart, and leaves it, or pays.
    mutating func shop() {
        var cents: Int64 = 0
        for _ in 0..<random.number(1...3) {
            let product = random.element(of: ShopNames.products)
            step(.viewed(product))
            if random.chance(55) {
                cents += product.cents
                step(.added(product, cart: number))
            }
        }
        guard cents > 0, random.chance(60) else { return }
        step(.checkedOut(cents: cents, cart: number))
        if random.chance(80) { step(.ordered(cents: cents, order: number)) }
    }
}

/// What a person does, and when.
struct ShopEvent {
    enum Deed {
        case login, trialEnded, slackConnected
        /// A path.
        case page(String)
        case viewed(ShopNames.Product)
        case added(ShopNames.Product, cart: Int64)
        case checkedOut(cents: Int64, cart: Int64)
        case ordered(cents: Int64, order: Int64)
    }

    let atMs: Milliseconds
    let deed: Deed

    init(atMs: Milliseconds, _ deed: Deed) {
        self.atMs = atMs
        self.deed = deed
    }
}
