import BeckonModel

/// What a person does, and when.
struct ShopEvent {
    enum Deed {
        /// An event that has nothing but its name.
        case did(String)
        /// A path.
        case page(String)
        case viewed(ShopNames.Product)
        case added(ShopNames.Product)
        case checkedOut(cents: Int64)
        case ordered(cents: Int64)
        /// Whether shopping was easy.
        case answered(isYes: Bool)
        /// The number of the step, from 1.
        case tutorialStep(Int64)
        /// Tells who she is, and how many her team are.
        case introduced(teamSize: Int64)
    }

    let atMs: Milliseconds
    /// Of the person's visits, from 1; her session, cart and order are called by it.
    let visit: Int64
    let deed: Deed
}
