/// A topic to be made.
public struct TopicSpecification: Sendable, Equatable {
    public let name: String
    /// At least 1.
    public let partitionCount: Int32
    /// -1 is the cluster's default.
    public let replicationFactor: Int32
    /// Topic settings by Kafka's names, for example `cleanup.policy`.
    public let settings: [String: String]

    public init(
        _ name: String, partitionCount: Int32, replicationFactor: Int32 = -1, settings: [String: String] = [:]
    ) {
        self.name = name
        self.partitionCount = partitionCount
        self.replicationFactor = replicationFactor
        self.settings = settings
    }
}

/// A topic as the cluster has it.
public struct TopicDescription: Sendable, Equatable {
    public let name: String
    public let partitionCount: Int32
    /// Of partition 0.
    public let replicationFactor: Int32
    /// Partitions without a leader: they can be neither read nor written now.
    public let leaderless: [Int32]

    public init(name: String, partitionCount: Int32, replicationFactor: Int32, leaderless: [Int32]) {
        self.name = name
        self.partitionCount = partitionCount
        self.replicationFactor = replicationFactor
        self.leaderless = leaderless
    }
}

/// The brokers that answer.
public struct ClusterDescription: Sendable, Equatable {
    public let clusterId: String?
    /// Each as `id host:port`.
    public let brokers: [String]
    public let topicCount: Int
}
