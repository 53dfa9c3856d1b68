import BeckonKafka
import BeckonModel
import BeckonService

/// What must be true of the topics before a worker may read one record. All that is wrong is said at once.
struct TopicCheck {
    private let configuration: WorkerConfiguration
    private let log: Log<WorkerLogKey>

    init(_ configuration: WorkerConfiguration, log: Log<WorkerLogKey>) {
        self.configuration = configuration
        self.log = log
    }

    /// Returns the number of partitions of the inputs, which all own topics share.
    func run() throws(WorkerError) -> Int32 {
        let admin: KafkaAdmin
        let topics: [String: TopicDescription]
        let own = configuration.topics
        do throws(KafkaError) {
            admin = try KafkaAdmin(
                KafkaConfiguration(
                    .admin, brokers: configuration.brokers, clientProperties: configuration.clientProperties))
            topics = try admin.describeTopics(configuration.events + own.coPartitioned + [own.environment])
        } catch {
            throw WorkerError(.kafka, "\(error)")
        }
        defer { admin.close() }
        var problems: [String] = []
        // The number of partitions is the events' topics', and must be said where there is none of them yet.
        let create =
            configuration.events.contains { topics[$0] != nil }
            ? "`beckon topics --create`" : "`beckon topics --create --partitions N`"
        for name in configuration.events + own.coPartitioned + [own.environment] where topics[name] == nil {
            problems.append(
                "the topic \(name) does not exist: \(create) makes Beckon's own, and events' topics where your producers have made none"
            )
        }
        let driver = configuration.events[0]
        let count = topics[driver]?.partitionCount ?? 0
        for name in configuration.events.dropFirst() + own.coPartitioned {
            if let other = topics[name]?.partitionCount, count > 0, other != count {
                problems.append(
                    "\(name) has \(other) partitions and \(driver) has \(count): one person must have the same partition number everywhere"
                )
            }
        }
        for name in configuration.events where topics[name] != nil && configuration.checksTopicSettings {
            let settings = (try? admin.topicConfiguration(name)) ?? [:]
            if let policy = settings["cleanup.policy"], policy.contains("compact") {
                problems.append(
                    "\(name) is compacted (cleanup.policy=\(policy)): events that are compacted away cannot be replayed; use delete"
                )
            }
        }
        if configuration.replayWindowMs != nil, topics[own.images] != nil, configuration.checksTopicSettings {
            let settings = (try? admin.topicConfiguration(own.images)) ?? [:]
            if let policy = settings["cleanup.policy"], policy != "compact" {
                problems.append(
                    "\(own.images) has cleanup.policy=\(policy): a person who does not change for long would vanish from it; use compact"
                )
            }
        }
        if !problems.isEmpty { throw WorkerError(.topics, problems.joined(separator: "\n")) }
        return count
    }

    /// People are spread over partitions by their number: another number puts them where their state is not.
    static func grown(_ topic: String, from old: Int32, to new: Int32) -> WorkerError {
        WorkerError(
            .topics,
            "\(topic) had \(old) partitions and has \(new) now: people's keys have moved to partitions that do not hold their state. Partition counts cannot change under a running group; create event topics and Beckon's own topics with the new count, and name them in the settings"
        )
    }

    static func proveSameCount(_ standing: Standing, _ count: Int32, _ configuration: WorkerConfiguration)
        throws(WorkerError)
    {
        if standing.partitionCount != count {
            throw grown(configuration.events[0], from: standing.partitionCount, to: count)
        }
    }
}
