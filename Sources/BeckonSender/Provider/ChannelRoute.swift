/// What holds when it is not known whether a message went out.
public enum DeliveryGuarantee: String, Sendable, CaseIterable {
    /// It is tried again, with the same idempotency key.
    case atLeastOnce
    /// It is not, and the outcome says `unknown`.
    case atMostOnce
}

/// Who delivers the decisions of a channel.
public struct ChannelRoute: Sendable, Equatable {
    /// In the order in which they are tried; the next one only on proof that those before did not take the message.
    public var providers: [String]
    public var guarantee: DeliveryGuarantee

    /// - Parameter providers: at least one.
    public init(_ providers: [String], _ guarantee: DeliveryGuarantee = .atLeastOnce) {
        precondition(!providers.isEmpty, "a channel without providers")
        self.providers = providers
        self.guarantee = guarantee
    }
}

/// What a sender does with each channel.
public struct ChannelRoutes: Sendable {
    public enum Way: Sendable, Equatable {
        case deliver(ChannelRoute)
        /// Another consumer's: passed over, without an outcome.
        case elsewhere
    }

    private let ways: [String: Way]
    private let other: Way?

    /// - Parameter other: of all channels that `ways` does not name; nil: they are skipped, with an outcome.
    public init(_ ways: [String: Way], other: Way? = nil) {
        self.ways = ways
        self.other = other
    }

    subscript(_ channel: String) -> Way? { ways[channel] ?? other }

    /// The providers that some channel names.
    public var providerNames: Set<String> {
        var names: Set<String> = []
        for case .deliver(let route) in Array(ways.values) + [other].compactMap({ $0 }) {
            names.formUnion(route.providers)
        }
        return names
    }
}
