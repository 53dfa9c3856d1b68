import BeckonModel

extension WalkOfLife {
    /// Looks at the prices in the morning, after noon and in the evening of the first day.
    static func comparePrices(_ plan: inout ShopPlan, _ openMs: Milliseconds) {
        for hours in [0...3, 4...8, 9...13] as [ClosedRange<Int64>] {
            let afterMs = plan.random.number(hours.lowerBound * Shopper.hourMs...hours.upperBound * Shopper.hourMs)
            plan.visit(atMs: openMs + afterMs)
            plan.step(.page("/pricing"))
        }
    }
}
