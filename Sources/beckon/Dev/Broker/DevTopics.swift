import BeckonKafka
import BeckonWorker

/// The topics of `beckon dev`, and the broker that holds them.
enum DevTopics {
    static let events = "events"
    static let partitionCount: Int32 = 4

    /// An embedded broker with all topics.
    static func broker(_ own: BeckonTopics) throws -> MockCluster {
        var counts = [events: partitionCount, own.environment: 1]
        for topic in own.coPartitioned + own.sending { counts[topic] = partitionCount }
        return try MockCluster(topics: counts)
    }

    /// For clients of the embedded broker: its long polls do not wake when something is written, and nothing is far.
    static let clientProperties = ["fetch.wait.max.ms": "4", "linger.ms": "0"]
}
