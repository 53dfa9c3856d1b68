/// What is remembered of the traits that rules read, and how much of them.
public enum Trait {
    /// The event that brings them.
    public static let event = "identify"
    /// Of a text, or of an object or array as it stands in the JSON. A longer one is not kept.
    public static let valueBytesMax = 512
    /// Of a name, where all of `person` is remembered.
    public static let nameBytesMax = StaticPath.nameBytesMax
    /// Where all of `person` is remembered: so many, and so many bytes; beyond, the one that was told longest ago goes.
    public static let countMax = 64
    public static let bytesMax = 16_384
}

extension Fold {
    /// The state behind a trait that an expression reads: a fold that nobody has to write.
    ///
    /// - Parameter path: below `traits`; without names: all of them.
    public static func trait(_ path: PropertyPath) -> Fold {
        Fold(
            name: path.names.isEmpty ? "person" : "person." + path.names.joined(separator: "."), kind: .trait(path),
            of: EventReference(alternatives: [EventMatch(name: Trait.event, condition: nil)]), window: nil, since: nil)
    }
}

extension PropertyPath {
    /// What holds it: `traits.address` of `traits.address.city`; nil where nothing but the root does.
    public var outermost: PropertyPath? {
        names.count > 1 ? PropertyPath(root: root, names: [names[0]]) : nil
    }
}
