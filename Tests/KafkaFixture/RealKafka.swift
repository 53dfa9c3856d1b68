import BeckonKafka
import Foundation
import Synchronization

/// A real Kafka for tests.
///
/// `BECKON_TEST_BROKERS` names a running cluster. Else one is started with the jars of `BECKON_TEST_KAFKA_HOME` (an Apache
/// Kafka distribution, or any folder with `libs/`), or of `../shared/kafka` beside the package; it needs Java 17 on PATH.
/// Its data are in a temporary folder and go when this process ends, in whatever way.
public struct RealKafka: Sendable {
    /// `host:port`, separated by commas.
    public let brokers: String

    /// Whether a test that needs a real Kafka can run: for `.enabled(if:)`. Starts nothing.
    public static var isAvailable: Bool { environmentBrokers != nil || home != nil }

    /// Whether a cluster of a test's own can be started.
    public static var canStart: Bool { home != nil }

    /// The one that tests share; started by the first that asks.
    public static func shared() throws -> RealKafka {
        try started.withLock { cluster in
            if let brokers = environmentBrokers { return RealKafka(brokers: brokers) }
            if let cluster { return RealKafka(brokers: cluster.brokers) }
            // Fenced because the machine is busy, a lone node gives its partitions to nobody: and then it may complete a
            // transaction without markers (Sources/Documentation/decisions/unmarked-transactions.md).
            let new = try PrivateKafka(settings: ["broker.session.timeout.ms": "600000"])
            cluster = new
            return RealKafka(brokers: new.brokers)
        }
    }

    /// Keeps what the shared cluster has on disk of such topics; nil when it is not of this process.
    public static func keepLogs(ofTopicsNamed prefix: String) -> String? {
        started.withLock { $0?.keepLogs(ofTopicsNamed: prefix) }
    }

    /// How many transactions the shared cluster has completed without a marker on partitions that had no leader.
    public static func unmarkedTransactionCount(onTopicsNamed prefix: String) -> Int {
        started.withLock { $0?.unmarkedTransactionCount(onTopicsNamed: prefix) ?? 0 }
    }

    private static let started = Mutex<PrivateKafka?>(nil)

    private static var environmentBrokers: String? { ProcessInfo.processInfo.environment["BECKON_TEST_BROKERS"] }

    /// The folder whose `libs/` has Kafka's jars; nil without one, and without Java.
    static var home: URL? {
        let named = ProcessInfo.processInfo.environment["BECKON_TEST_KAFKA_HOME"].map { URL(fileURLWithPath: $0) }
        let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/kafka")
        return [named, beside].compactMap { $0 }.first { home in
            FileManager.default.fileExists(atPath: home.appendingPathComponent("libs").path)
        }
    }

    /// A configuration for this cluster.
    public func configuration(_ role: KafkaRole, _ properties: [String: String] = [:]) throws -> KafkaConfiguration {
        try KafkaConfiguration(role, brokers: brokers, clientProperties: properties)
    }

    /// Creates topics with names that no other test has. Retention is unlimited: tests write old timestamps.
    public func makeTopics(
        _ names: String..., partitionCount: Int32, settings: [String: String] = [:]
    ) throws -> [String] {
        let unique = names.map { Self.uniqueName($0) }
        let admin = try KafkaAdmin(try configuration(.admin))
        let settings = ["retention.ms": "-1"].merging(settings) { _, given in given }
        try admin.createTopics(
            unique.map { TopicSpecification($0, partitionCount: partitionCount, settings: settings) })
        try Self.awaitLeaders(of: unique, admin)
        return unique
    }

    /// A name for a topic, a group or a transactional id.
    public static func uniqueName(_ name: String) -> String {
        "\(name)-\(ProcessInfo.processInfo.processIdentifier)-\(UInt32.random(in: 0 ..< .max))"
    }

    /// Waits until topics that were just made can be used.
    public func awaitLeaders(of topics: [String]) throws {
        try Self.awaitLeaders(of: topics, try KafkaAdmin(configuration(.admin)))
    }

    private static func awaitLeaders(of topics: [String], _ admin: KafkaAdmin) throws {
        let deadline = Date().addingTimeInterval(120)
        while Date() < deadline {
            let found = try admin.describeTopics(topics)
            if found.count == topics.count && found.values.allSatisfy({ $0.leaderless.isEmpty }) { return }
            Thread.sleep(forTimeInterval: 0.02)
        }
        throw KafkaFixtureError("the topics \(topics) have no leaders after two minutes")
    }
}

/// Why the fixture could not do its work.
public struct KafkaFixtureError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
