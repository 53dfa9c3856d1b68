/// State of one person, or of one instance (`collect`), fed by events.
public struct Fold: Sendable {
    public let name: String
    public let kind: FoldKind
    /// nil for `collect`: there the rule's starts feed it. Of a collection: `put`.
    public let of: EventReference?
    /// nil: all that came counts.
    public let window: Window?
    /// Empties the fold. Of a collection: `clear`.
    public let since: EventReference?
    /// Of a collection: takes an item away.
    public let remove: EventReference?
    /// Of the definition without the name.
    public let version: ContentHash
}

public enum FoldKind: Sendable, Equatable {
    case count
    case sum(PropertyPath)
    case last(PropertyPath)
    case first(PropertyPath)
    case min(PropertyPath)
    case max(PropertyPath)
    case avg(PropertyPath)
    /// How many different values; exact up to `distinctMax`, one more beyond.
    case distinct(PropertyPath)
    case items(ItemCollection)
    /// What `identify` says of the person at a path below `traits`; without names: all that it says.
    case trait(PropertyPath)

    public static let distinctMax = 32

    /// What is read of each event.
    public var path: PropertyPath? {
        switch self {
        case .count, .items: nil
        case .sum(let path), .last(let path), .first(let path), .min(let path), .max(let path), .avg(let path),
            .distinct(let path), .trait(let path):
            path
        }
    }

    /// As rules call it.
    var name: String {
        switch self {
        case .count: "count"
        case .sum: "sum"
        case .last: "last"
        case .first: "first"
        case .min: "min"
        case .max: "max"
        case .avg: "avg"
        case .distinct: "distinct"
        case .items: "items"
        case .trait: "trait"
        }
    }

    /// As rules call those that read a property.
    static let names = ["sum", "min", "max", "avg", "first", "last", "distinct"]

    /// nil where the word is none of `names`.
    init?(named name: String, of path: PropertyPath) {
        switch name {
        case "sum": self = .sum(path)
        case "min": self = .min(path)
        case "max": self = .max(path)
        case "avg": self = .avg(path)
        case "first": self = .first(path)
        case "last": self = .last(path)
        case "distinct": self = .distinct(path)
        default: return nil
        }
    }
}

extension Fold {
    /// Every reference to events in it.
    public var references: [EventReference] { [of, since, remove].compactMap { $0 } }
}

/// Items by a property, as in a cart, kept apart by another.
public struct ItemCollection: Sendable, Equatable {
    /// What keeps collections apart; nil: there is one.
    public let key: PropertyPath?
    /// The name of the property by which an item is known.
    public let by: String
    /// Names of properties.
    public let keep: [String]
    /// Items of one collection.
    public let max: Int
    /// Names of kept properties whose product is added up over the items; empty without `value`.
    public let factors: [String]

    public static let keepMax = 16
    public static let itemsMax = 50
    public static let factorsMax = 4
    /// Collections of one person.
    public static let collectionsMax = 10
    /// Where an event may hold several items, in the order of preference.
    public static let arrays = ["items", "products"]

    static let nothing = ItemCollection(key: nil, by: "", keep: [], max: 0, factors: [])

    /// What an expression reads of it.
    public enum Member: String, Sendable, CaseIterable, BitwiseCopyable { case items, value }
}

extension Variable {
    /// The fold, and of a collection the member: `cart.items` is one variable.
    public var foldName: (fold: String, member: ItemCollection.Member?)? {
        guard case .fold(let name) = self else { return nil }
        guard let dot = name.utf8.firstIndex(of: UInt8(ascii: ".")) else { return (name, nil) }
        return (String(name[..<dot]), ItemCollection.Member(rawValue: String(name[name.utf8.index(after: dot)...])))
    }
}
