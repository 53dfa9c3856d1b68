import BeckonModel

extension WalkOfLife {
    /// Has spent almost a thousand, and buys a rug on the first day.
    static func buyRegularly(_ plan: inout ShopPlan, _ openMs: Milliseconds) {
        for days in [18, 4] as [Int64] {
            plan.visit(atMs: openMs - days * Shopper.dayMs + plan.random.number(0...10 * Shopper.hourMs))
            plan.step(.ordered(cents: plan.random.number(44_000...48_000)))
        }
        plan.visit(atMs: openMs + plan.random.number(Shopper.hourMs...10 * Shopper.hourMs))
        plan.step(.viewed(ShopNames.rug))
        plan.step(.added(ShopNames.rug))
        plan.step(.checkedOut(cents: ShopNames.rug.cents))
        plan.order(cents: ShopNames.rug.cents)
    }
}
