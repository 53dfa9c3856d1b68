import BeckonModel

/// Where events say in which time zone a person lives.
struct ZoneProgram: Sendable {
    /// Of people of whom none is known.
    let defaultZone: Zone
    /// The row's slots.
    let contextSlot: Int
    let traitSlot: Int
    /// The number of `identify`.
    let traitEvent: Int32
    /// The events below this number are those that rules and their folds name.
    let namedCount: Int32
    /// Whether a rule is about all events of the person's own.
    let readsOwn: Bool

    static let traitEvent = "identify"
    static let traitPath = PropertyPath(root: .traits, names: ["timezone"])
    static let contextPath = PropertyPath(root: .context, names: ["timezone"])
}
