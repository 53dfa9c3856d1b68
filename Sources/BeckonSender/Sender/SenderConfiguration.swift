import BeckonModel

/// What a sender is told.
public struct SenderConfiguration: Sendable {
    /// `host:port,…`
    public var brokers: String
    /// librdkafka's own properties, from `kafka.client.`.
    public var clientProperties: [String: String] = [:]
    public var topics = SenderTopics()
    /// Consumer group, and the beginning of transactional ids.
    public var group: String
    /// false takes all partitions without the group: for the embedded broker of `beckon dev`.
    public var joinsGroup = true
    /// The same at each restart of the same replica, different from the others'.
    public var instance: String
    /// Calls under way at a time, to all providers together. 1 to 10,000.
    public var callsMax = 1_000
    /// Decisions of one channel in hand: more go through the retries topic. 1 or more.
    public var channelMax = 2_500

    public init(brokers: String, group: String = "beckon-sender", instance: String) {
        self.brokers = brokers
        self.group = group
        self.instance = instance
    }

    var transactionalId: String { "\(group)-\(instance)" }
}

/// Names of the topics that a sender reads and writes. All have the same number of partitions.
public struct SenderTopics: Sendable, Equatable {
    public var decisions = "beckon.decisions"
    public var outcomes = "beckon.outcomes"
    public var deadLetters = "beckon.dead-letters"
    public var ledger = "beckon.ledger"
    public var retries = "beckon.retries"

    public init() {}

    var all: [String] { [decisions, outcomes, deadLetters, ledger, retries] }
}

/// A provider and what may be asked of it.
public struct ProviderSetup: Sendable {
    public let provider: any DeliveryProvider
    public let limits: ProviderLimits

    public init(_ provider: any DeliveryProvider, limits: ProviderLimits = ProviderLimits()) {
        self.provider = provider
        self.limits = limits
    }
}
