import BeckonModel

extension WalkOfLife {
    /// Has spent a lot, a season ago; has looked in a month ago, and not since.
    static func stayAway(_ plan: inout ShopPlan, _ openMs: Milliseconds) {
        for days in [97, 90] as [Int64] {
            visit(&plan, daysBefore: days, openMs)
            plan.step(.ordered(cents: plan.random.number(26_000...40_000)))
        }
        visit(&plan, daysBefore: 30, openMs)
        plan.step(.did("Signed In"))
    }

    /// What is due so many days later is due on the first day.
    private static func visit(_ plan: inout ShopPlan, daysBefore days: Int64, _ openMs: Milliseconds) {
        let afterMs = plan.random.number(Shopper.hourMs...30 * Shopper.hourMs)
        plan.visit(atMs: openMs - days * Shopper.dayMs + afterMs)
    }
}
