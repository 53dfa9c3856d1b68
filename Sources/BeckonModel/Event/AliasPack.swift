/// What sources call events and properties, and what rules call them.
///
/// The table of the rule language, as data: Segment's names, GA4's, and `pageView`. Originals stay on the event.
public struct AliasPack: Sendable {
    /// One name that a source uses.
    public struct EventAlias: Sendable, Hashable {
        /// As it stands in the event, compared byte by byte.
        public let source: String
        /// Snake case.
        public let canonical: String
    }

    /// Where a canonical property of an event may come from when the event does not bring it itself.
    public struct PropertyAlias: Sendable, Hashable {
        /// Canonical name of the event.
        public let event: String
        /// Canonical name of the property.
        public let property: String
        /// In the order of preference; the first that is present is taken.
        public let sources: [PropertySource]
    }

    /// A place in the event, and what to make of what is there.
    public struct PropertySource: Sendable, Hashable {
        public let path: PropertyPath
        /// nil: the value as it is.
        public let derivation: Derivation?
    }

    public enum Derivation: Sendable, Hashable {
        /// The path of the URL that stands there, from its slash to `?` or `#`.
        case urlPath
        /// The number that stands there times `properties.quantity`, which counts as 1 where it is missing; none when either is
        /// something else than a number.
        case priceTimesQuantity
    }

    /// Sorted by the bytes of the sources' names; at most one entry a name.
    public let aliases: [EventAlias]
    /// Sorted by event, then property.
    public let propertyAliases: [PropertyAlias]
    /// Canonical name of Segment's `page` call, whatever name it carries.
    public let pageCall: String
    private let canonicalNames: [String: String]

    /// The canonical name, or the name itself where the pack knows none.
    public func canonicalName(of name: String) -> String {
        canonicalNames[name] ?? name
    }

    /// All names that sources may use for the event, the canonical one first.
    public func names(of canonical: String) -> [String] {
        [canonical] + aliases.filter { $0.canonical == canonical }.map(\.source)
    }

    /// Where the property of the event may be found, in the order of preference: itself first, so that what is present
    /// wins over what is mapped.
    public func sources(of property: String, in event: String) -> [PropertySource] {
        let own = PropertySource(path: PropertyPath(root: .properties, names: [property]), derivation: nil)
        let alias = propertyAliases.first { $0.event == event && $0.property == property }
        return [own] + (alias?.sources ?? [])
    }

    private init(events: [(String, [String])], properties: [([String], [(String, [PropertySource])])]) {
        aliases = events.flatMap { canonical, sources in
            sources.map { EventAlias(source: $0, canonical: canonical) }
        }.sorted { $0.source.utf8.lexicographicallyPrecedes($1.source.utf8) }
        canonicalNames = Dictionary(uniqueKeysWithValues: aliases.map { ($0.source, $0.canonical) })
        propertyAliases = properties.flatMap { events, aliases in
            events.flatMap { event in
                aliases.map { PropertyAlias(event: event, property: $0.0, sources: $0.1) }
            }
        }.sorted { ($0.event, $0.property) < ($1.event, $1.property) }
        pageCall = "page_viewed"
    }
}

extension AliasPack {
    /// The pack that every rule set uses.
    public static let standard = AliasPack(
        events: [
            ("add_to_cart", ["Product Added"]),
            ("remove_from_cart", ["Product Removed"]),
            ("product_viewed", ["Product Viewed", "view_item"]),
            ("checkout_initiated", ["Checkout Started", "begin_checkout"]),
            ("order_completed", ["Order Completed", "purchase"]),
            ("page_viewed", ["Page Viewed", "page_view", "pageView"]),
            ("signed_up", ["Signed Up", "sign_up"]),
            ("login", ["Signed In"]),
            ("trial_started", ["Trial Started"]),
            ("trial_completed", ["Trial Ended"]),
        ],
        properties: [
            (
                ["add_to_cart", "remove_from_cart", "product_viewed"],
                [
                    ("product_id", [.property("item_id")]),
                    ("name", [.property("item_name")]),
                    ("value", [.property("price", .priceTimesQuantity)]),
                ]
            ),
            (
                ["order_completed"],
                [
                    ("order_id", [.property("transaction_id")]),
                    ("total", [.property("revenue"), .property("value")]),
                ]
            ),
            (
                ["page_viewed"],
                [
                    (
                        "path",
                        [
                            AliasPack.PropertySource(
                                path: PropertyPath(root: .context, names: ["page", "path"]), derivation: nil),
                            .property("page_location", .urlPath),
                        ]
                    )
                ]
            ),
        ])
}

extension AliasPack.PropertySource {
    fileprivate static func property(_ name: String, _ derivation: AliasPack.Derivation? = nil) -> Self {
        Self(path: PropertyPath(root: .properties, names: [name]), derivation: derivation)
    }
}
