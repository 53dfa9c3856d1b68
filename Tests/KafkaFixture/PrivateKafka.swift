import BeckonKafka
import Foundation
import Synchronization

/// A cluster of a test's own, whose nodes can be killed, paused and restarted. Nodes are broker and controller in one.
///
/// Sendable: what changes is in a mutex.
public final class PrivateKafka: Sendable {
    public let brokers: String
    public let nodeCount: Int
    private let folder: URL
    private let home: URL
    private let listener: BrokerListener?
    private let nodes: Mutex<[Int: pid_t]>
    private let guardian: Guardian

    /// - Parameters:
    ///   - nodeCount: 1 to 3; three have replication 3 and need two in sync.
    ///   - settings: broker settings by Kafka's names.
    ///   - listener: a second one; `brokers` stays the plain one.
    public init(nodeCount: Int = 1, settings: [String: String] = [:], listener: BrokerListener? = nil) throws {
        precondition(nodeCount == 1 || listener == nil, "one listener cannot be several nodes'")
        guard let home = RealKafka.home else { throw KafkaFixtureError("no Apache Kafka: set BECKON_TEST_KAFKA_HOME") }
        self.home = home
        self.listener = listener
        self.nodeCount = nodeCount
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(RealKafka.uniqueName("beckon-kafka"))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        guardian = try Guardian(folder: folder)
        let ports = try FreePort.take(2 * nodeCount)
        brokers = ports.prefix(nodeCount).map { "127.0.0.1:\($0)" }.joined(separator: ",")
        nodes = Mutex([:])
        let voters = (1...nodeCount).map { "\($0)@127.0.0.1:\(ports[nodeCount + $0 - 1])" }.joined(separator: ",")
        for node in 1...nodeCount {
            try NodeProperties(
                node: node, nodeCount: nodeCount, port: ports[node - 1], controllerPort: ports[nodeCount + node - 1],
                voters: voters, folder: nodeFolder(node), settings: settings, listener: listener
            ).write()
        }
        try format()
        for node in 1...nodeCount { try launch(node) }
        try awaitReady(nodeCount)
    }

    deinit { destroy() }

    /// Kills every node and removes the data.
    public func destroy() {
        nodes.withLock { nodes in
            for pid in nodes.values { end(pid) }
            nodes = [:]
        }
        try? FileManager.default.removeItem(at: folder)
    }

    /// Copies the log segments of topics whose names begin so, of the transactions, and each node's own log to a folder that
    /// stays: for Kafka's `kafka-dump-log`, when a test has found what ought not to be.
    public func keepLogs(ofTopicsNamed prefix: String) -> String? {
        let kept = FileManager.default.temporaryDirectory.appendingPathComponent("kept-\(prefix)")
        for node in 1...nodeCount {
            let own = kept.appendingPathComponent("node\(node)")
            let data = nodeFolder(node).appendingPathComponent("data")
            let names = (try? FileManager.default.contentsOfDirectory(atPath: data.path)) ?? []
            guard (try? FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)) != nil else {
                return nil
            }
            for name in names where name.hasPrefix(prefix) || name.hasPrefix("__transaction_state") {
                try? FileManager.default.copyItem(
                    at: data.appendingPathComponent(name), to: own.appendingPathComponent(name))
            }
            try? FileManager.default.copyItem(
                at: nodeFolder(node).appendingPathComponent("server.log"),
                to: own.appendingPathComponent("server.log"))
        }
        return kept.path
    }

    /// How many transactions the nodes have completed without a marker on partitions that had no leader.
    public func unmarkedTransactionCount(onTopicsNamed prefix: String) -> Int {
        (1...nodeCount).map { node in
            let file = nodeFolder(node).appendingPathComponent("server.log")
            let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            return text.split(separator: "\n").count {
                $0.contains("Couldn't find leader endpoint for partitions") && $0.contains(prefix)
            }
        }.reduce(0, +)
    }

    // MARK: Faults

    /// SIGKILL. - Parameter node: from 1.
    public func kill(node: Int = 1) {
        if let pid = nodes.withLock({ $0.removeValue(forKey: node) }) { end(pid) }
    }

    /// SIGSTOP: a broker that hangs.
    public func pause(node: Int = 1) { signal(node, SIGSTOP) }
    /// SIGCONT.
    public func resume(node: Int = 1) { signal(node, SIGCONT) }

    /// Starts a killed node again and waits until it answers.
    public func restart(node: Int = 1) throws {
        try launch(node)
        try awaitReady(nil)
    }

    private func signal(_ node: Int, _ number: Int32) {
        if let pid = nodes.withLock({ $0[node] }) { Foundation.kill(pid, number) }
    }

    private func end(_ pid: pid_t) {
        Foundation.kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }

    // MARK: Starting

    private func nodeFolder(_ node: Int) -> URL { folder.appendingPathComponent("node\(node)") }

    /// All at once: most of it is the start of a JVM.
    private func format() throws {
        let id = "bWFkZS1mb3ItdGVzdHMAAA"
        let formatting = try (1...nodeCount).map { node in
            let properties = nodeFolder(node).appendingPathComponent("server.properties").path
            return try java(
                ["-Xmx256m", "-XX:TieredStopAtLevel=1"], "kafka.tools.StorageTool",
                ["format", "-t", id, "-c", properties] + (listener?.formatArguments ?? []),
                log: nodeFolder(node).appendingPathComponent("format.log"))
        }
        for (place, pid) in formatting.enumerated() {
            var status: Int32 = 0
            waitpid(pid, &status, 0)
            let node = place + 1
            if status != 0 { throw KafkaFixtureError("node \(node) was not formatted: \(log(node, "format.log"))") }
        }
    }

    private func launch(_ node: Int) throws {
        let properties = nodeFolder(node).appendingPathComponent("server.properties").path
        let pid = try java(
            // Quick to start rather than quick for hours.
            [
                "-Xms256m", "-Xmx768m", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20", "-XX:TieredStopAtLevel=1",
                "-Dlog4j2.configurationFile=\(nodeFolder(node).appendingPathComponent("log4j2.properties").path)",
            ], "kafka.Kafka", [properties],
            log: nodeFolder(node).appendingPathComponent("server.log"))
        nodes.withLock { $0[node] = pid }
        try "\(pid)\n".write(to: nodeFolder(node).appendingPathComponent("pid"), atomically: true, encoding: .utf8)
    }

    private func java(_ options: [String], _ main: String, _ arguments: [String], log: URL) throws -> pid_t {
        var words = ["java"] + options
        words += ["-cp", home.appendingPathComponent("libs").path + "/*", main] + arguments
        return try Spawn.run(words, log: log)
    }

    /// On a machine that has other things to do as well.
    private static let readySecondsMax = 300.0

    private func awaitReady(_ nodeCount: Int?) throws {
        let admin = try KafkaAdmin(try KafkaConfiguration(.admin, brokers: brokers), deadlineMs: 500)
        let deadline = Date().addingTimeInterval(Self.readySecondsMax)
        while Date() < deadline {
            let expected = nodeCount ?? nodes.withLock { $0.count }
            if let cluster = try? admin.clusterDescription(), cluster.brokers.count >= expected { return }
            for (node, pid) in nodes.withLock({ $0 }) where waitpid(pid, nil, WNOHANG) == pid {
                throw KafkaFixtureError("node \(node) ended while starting: \(log(node, "server.log"))")
            }
            Thread.sleep(forTimeInterval: 0.1)
        }
        throw KafkaFixtureError(
            "the cluster \(brokers) is not ready after \(Self.readySecondsMax) s: \(log(1, "server.log"))")
    }

    private func log(_ node: Int, _ name: String) -> Substring {
        let text = try? String(contentsOf: nodeFolder(node).appendingPathComponent(name), encoding: .utf8)
        return (text ?? "no log").suffix(2_000)
    }
}
