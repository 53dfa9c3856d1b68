import Foundation

/// The settings of one node.
struct NodeProperties {
    let node: Int
    let nodeCount: Int
    let port: Int
    let controllerPort: Int
    let voters: String
    let folder: URL
    let settings: [String: String]
    let listener: BrokerListener?

    func write() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let own = listener?.adding(to: base) ?? base
        let lines = own.merging(settings) { _, given in given }.map { "\($0.key)=\($0.value)" }.sorted()
        let file = folder.appendingPathComponent("server.properties")
        try (lines.joined(separator: "\n") + "\n").write(to: file, atomically: true, encoding: .utf8)
        try Self.logging.write(
            to: folder.appendingPathComponent("log4j2.properties"), atomically: true, encoding: .utf8)
    }

    /// Warnings; and what the coordinator of transactions says of those that it completes without their markers.
    private static let logging = """
        status=error
        appender.out.type=Console
        appender.out.name=out
        appender.out.layout.type=PatternLayout
        appender.out.layout.pattern=[%d] %p %m (%c)%n
        rootLogger.level=warn
        rootLogger.appenderRef.out.ref=out
        logger.transactions.name=kafka.coordinator.transaction
        logger.transactions.level=info

        """

    private var base: [String: String] {
        let isReplicated = nodeCount >= 3
        let replicas = isReplicated ? "3" : "1"
        let inSync = isReplicated ? "2" : "1"
        return [
            "process.roles": "broker,controller",
            "node.id": "\(node)",
            "controller.quorum.voters": voters,
            "listeners": "PLAINTEXT://127.0.0.1:\(port),CONTROLLER://127.0.0.1:\(controllerPort)",
            "advertised.listeners": "PLAINTEXT://127.0.0.1:\(port)",
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": folder.appendingPathComponent("data").path,
            "auto.create.topics.enable": "false",
            "default.replication.factor": replicas,
            "min.insync.replicas": inSync,
            "offsets.topic.replication.factor": replicas,
            "offsets.topic.num.partitions": "8",
            "transaction.state.log.replication.factor": replicas,
            "transaction.state.log.min.isr": inSync,
            "transaction.state.log.num.partitions": "8",
            "group.initial.rebalance.delay.ms": "0",
            "log.retention.ms": "-1",
            "num.network.threads": "2",
            "num.io.threads": "4",
        ]
    }
}
