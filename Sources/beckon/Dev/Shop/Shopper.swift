import BeckonModel

/// One person of the synthetic shop, and what she is about to do.
struct Shopper {
    static let minuteMs: Milliseconds = 60_000
    static let hourMs: Milliseconds = 3_600_000
    static let dayMs: Milliseconds = 86_400_000

    private let text: ShopEventText
    private var random: ShopRandom
    /// The rest of her visit, the next event last.
    private var planned: [ShopEvent] = []
    private var visitCount: Int64 = 0
    /// How many days lie between her visits, as a rule.
    private let daysBetween: Int64
    private let looksAtPrices: Bool
    private let isLapsed: Bool

    /// - Parameters:
    ///   - isLapsed: she was there in the week before the opening, and stays away for long.
    ///   - tries: her trial of the paid plan ends on the first day.
    init(id: String, random: ShopRandom, isLapsed: Bool, tries: Bool, openMs: Milliseconds) {
        text = ShopEventText(person: id)
        self.random = random
        self.isLapsed = isLapsed
        looksAtPrices = self.random.chance(15)
        daysBetween = looksAtPrices ? 1 : self.random.number(2...7)
        if isLapsed {
            planned = [ShopEvent(atMs: openMs - self.random.number(Self.hourMs...7 * Self.dayMs - 1), .login)]
        } else if tries {
            endTrial(openMs: openMs)
        } else {
            planVisit(afterMs: openMs, withinMs: daysBetween * Self.dayMs)
        }
    }

    var nextTimeMs: Milliseconds { planned[planned.count - 1].atMs }

    /// Does what is next, and plans on when nothing else is planned.
    mutating func next() -> PlayedEvent {
        let event = planned.removeLast()
        if planned.isEmpty { planNextVisit(afterMs: event.atMs) }
        return text.event(event)
    }

    private mutating func endTrial(openMs: Milliseconds) {
        let endMs = openMs + random.number(Self.minuteMs...10 * Self.hourMs)
        planned = [ShopEvent(atMs: endMs, .trialEnded)]
        if random.chance(50) {
            planned.insert(
                ShopEvent(atMs: endMs + random.number(Self.minuteMs...40 * Self.hourMs), .slackConnected), at: 0)
        }
    }

    private mutating func planNextVisit(afterMs: Milliseconds) {
        let isSilent = isLapsed && visitCount == 0 || random.chance(12)
        let days = isSilent ? random.number(8...30) : 0
        planVisit(afterMs: afterMs + days * Self.dayMs + Self.hourMs, withinMs: 2 * daysBetween * Self.dayMs)
    }

    /// A visit some time in the span, by day.
    private mutating func planVisit(afterMs: Milliseconds, withinMs: Milliseconds) {
        var atMs = afterMs + random.number(1...withinMs)
        let ofDayMs = atMs % Self.dayMs
        if ofDayMs < 7 * Self.hourMs || ofDayMs > 23 * Self.hourMs {
            atMs += random.number(9 * Self.hourMs...11 * Self.hourMs)
        }
        visitCount += 1
        var visit = ShopVisit(number: visitCount, atMs: atMs, random: random)
        visit.step(.page("/"))
        if looksAtPrices { visit.step(.page("/pricing")) }
        visit.shop()
        random = visit.random
        planned = visit.events.reversed()
    }
}
