import BeckonModel

extension WalkOfLife {
    /// Was there in the week before the opening, so that there is somebody to miss.
    static func lapse(_ plan: inout ShopPlan, _ openMs: Milliseconds) {
        plan.visit(atMs: openMs - plan.random.number(Shopper.hourMs...7 * Shopper.dayMs - 1))
        plan.step(.did("Signed In"))
    }
}
