import BeckonModel

/// How somebody comes to the shop. Afterwards everybody visits it now and then.
///
/// Between them they do what the example rules are about, each within the first days, most on the very first.
enum WalkOfLife: CaseIterable {
    case visitor, comparer, lapsed, former, regular, trial, newcomer

    /// Given to people in turn, over and over.
    static let mix: [WalkOfLife] = [
        .visitor, .lapsed, .newcomer, .visitor, .trial, .comparer, .visitor, .regular, .visitor, .newcomer,
        .visitor, .lapsed, .visitor, .trial, .visitor, .former, .visitor, .comparer, .visitor, .visitor,
    ]

    /// No one comes earlier than so long before the opening.
    static let historyMs = 98 * Shopper.dayMs

    func begin(_ plan: inout ShopPlan, openMs: Milliseconds) {
        switch self {
        case .visitor: break
        case .comparer: Self.comparePrices(&plan, openMs)
        case .lapsed: Self.lapse(&plan, openMs)
        case .former: Self.stayAway(&plan, openMs)
        case .regular: Self.buyRegularly(&plan, openMs)
        case .trial: Self.tryThePlan(&plan, openMs)
        case .newcomer: Self.learn(&plan, openMs)
        }
    }
}
