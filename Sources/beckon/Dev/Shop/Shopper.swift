import BeckonModel

/// One person of the synthetic shop, and what she is about to do.
struct Shopper {
    static let minuteMs: Milliseconds = 60_000
    static let hourMs: Milliseconds = 3_600_000
    static let dayMs: Milliseconds = 86_400_000

    private let text: ShopEventText
    private let walk: WalkOfLife
    private var plan: ShopPlan
    /// How many days lie between her visits, as a rule.
    private let daysBetween: Int64
    private let openMs: Milliseconds
    private var hasCome = false

    init(id: String, random: ShopRandom, walk: WalkOfLife, openMs: Milliseconds) {
        text = ShopEventText(person: id)
        self.walk = walk
        self.openMs = openMs
        plan = ShopPlan(random: random)
        daysBetween = walk == .comparer ? 1 : plan.random.number(2...7)
        walk.begin(&plan, openMs: openMs)
        if plan.events.isEmpty { planVisit(afterMs: openMs, withinMs: daysBetween * Self.dayMs) }
    }

    var nextTimeMs: Milliseconds { plan.events[0].atMs }

    /// Does what is next, and plans on when nothing else is planned.
    mutating func next() -> PlayedEvent {
        let event = plan.takeFirst()
        if plan.events.isEmpty { planNextVisit(afterMs: event.atMs) }
        return text.event(event)
    }

    /// Nobody comes a second time before the opening.
    private mutating func planNextVisit(afterMs: Milliseconds) {
        let afterMs = max(afterMs, openMs)
        let isAway = (walk == .lapsed || walk == .former) && !hasCome
        let days = isAway || plan.random.chance(12) ? plan.random.number(8...30) : 0
        planVisit(afterMs: afterMs + days * Self.dayMs + Self.hourMs, withinMs: 2 * daysBetween * Self.dayMs)
    }

    /// A visit some time in the span, by day.
    private mutating func planVisit(afterMs: Milliseconds, withinMs: Milliseconds) {
        var atMs = afterMs + plan.random.number(1...withinMs)
        let ofDayMs = atMs % Self.dayMs
        if ofDayMs < 7 * Self.hourMs || ofDayMs > 23 * Self.hourMs {
            atMs += plan.random.number(9 * Self.hourMs...11 * Self.hourMs)
        }
        hasCome = true
        plan.visit(atMs: atMs)
        plan.step(.page("/"))
        if walk == .comparer { plan.step(.page("/pricing")) }
        plan.shop()
    }
}
