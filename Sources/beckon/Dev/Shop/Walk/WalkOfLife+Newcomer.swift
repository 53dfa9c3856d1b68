import BeckonModel

extension WalkOfLife {
    /// Signs up around the opening and goes through the tutorial; some leave it and open it again.
    static func learn(_ plan: inout ShopPlan, _ openMs: Milliseconds) {
        let startMs = openMs + plan.random.number(-2 * Shopper.hourMs...10 * Shopper.hourMs)
        plan.visit(atMs: startMs)
        plan.step(.did("Signed Up"))
        plan.step(.did("tutorial_started"))
        plan.step(.tutorialStep(1))
        if plan.random.chance(60) {
            plan.step(.did("tutorial_left"))
            plan.visit(atMs: startMs + plan.random.number(20 * Shopper.minuteMs...55 * Shopper.minuteMs))
            plan.step(.did("tutorial_opened"))
        }
        plan.step(.tutorialStep(2))
        plan.step(.tutorialStep(3))
        if plan.random.chance(70) { plan.step(.did("tutorial_completed")) }
        if plan.random.chance(30) { takeFirstSteps(&plan) }
    }
}
