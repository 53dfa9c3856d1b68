/// A second listener of a private cluster, beside the plain one that tests themselves use: for a worker that shall meet
/// another network, or has to prove who it is. Only for a cluster of one node.
public struct BrokerListener: Sendable {
    /// In capitals, as Kafka's settings name it.
    public let name: String
    /// `PLAINTEXT`, `SSL`, `SASL_PLAINTEXT` or `SASL_SSL`.
    public let security: String
    /// Where the broker listens.
    public let port: Int
    /// Where it tells clients to go: a proxy's port, or the same.
    public let advertisedPort: Int
    /// Broker settings that belong to it.
    public let settings: [String: String]
    /// Further arguments of `kafka-storage format`, such as `--add-scram`.
    public let formatArguments: [String]

    /// What clients are told as brokers.
    public var brokers: String { "127.0.0.1:\(advertisedPort)" }

    /// - Parameter isProxied: advertises another port than it listens on, where a proxy is to stand.
    public init(
        _ name: String, security: String = "PLAINTEXT", isProxied: Bool = false, settings: [String: String] = [:],
        formatArguments: [String] = []
    ) throws {
        let ports = try FreePort.take(2)
        self.name = name
        self.security = security
        port = ports[0]
        advertisedPort = isProxied ? ports[1] : ports[0]
        self.settings = settings
        self.formatArguments = formatArguments
    }

    /// What a node's settings become with it.
    func adding(to properties: [String: String]) -> [String: String] {
        var all = properties
        for (setting, word) in [
            ("listeners", "\(name)://127.0.0.1:\(port)"),
            ("advertised.listeners", "\(name)://127.0.0.1:\(advertisedPort)"),
            ("listener.security.protocol.map", "\(name):\(security)"),
        ] { all[setting] = "\(properties[setting] ?? ""),\(word)" }
        all["inter.broker.listener.name"] = "PLAINTEXT"
        return all.merging(settings) { _, given in given }
    }
}
