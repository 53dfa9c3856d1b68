import BeckonModel

extension WalkOfLife {
    /// Tries the paid plan for two weeks, which end around the opening; some connect what they use.
    static func tryThePlan(_ plan: inout ShopPlan, _ openMs: Milliseconds) {
        let endMs = openMs + plan.random.number(-47 * Shopper.hourMs...10 * Shopper.hourMs)
        plan.visit(atMs: endMs - 14 * Shopper.dayMs)
        // A copy: what was drawn before there were teams stays as it was.
        var teams = plan.random
        plan.introduce(teamSize: teams.number(2...40))
        plan.step(.did("Signed Up"))
        plan.step(.did("Trial Started"))
        if plan.random.chance(25) { takeFirstSteps(&plan) }
        plan.visit(atMs: endMs)
        plan.step(.did("Trial Ended"))
        if plan.random.chance(25) {
            plan.visit(atMs: endMs + plan.random.number(Shopper.hourMs...40 * Shopper.hourMs))
            plan.step(.did("crm_connected"))
        }
    }

    static func takeFirstSteps(_ plan: inout ShopPlan) {
        for step in ["project_created", "member_invited", "slack_connected"] { plan.step(.did(step)) }
    }
}
