import BeckonModel

/// What a sender is told.
public struct SenderConfiguration: Sendable {
    /// `host:port,…`
    public var brokers: String
    /// librdkafka's own properties, from `kafka.client.`.
    public var clientProperties: [String: String] = [:]
    public var decisions: String
    public var group: String
    /// false takes all partitions without the group: for the embedded broker of `beckon dev`.
    public var joinsGroup = true
    /// The same at each restart of the same replica, different from the others'.
    public var instance: String
    /// Decisions read together; a cancel among them is seen before the first attempt. 1 to 10,000.
    public var batchCountMax = 500
    /// Offsets are committed at most so often, and at the end, milliseconds.
    public var commitIntervalMs: Milliseconds = 1_000

    public init(
        brokers: String, decisions: String = "beckon.decisions", group: String = "beckon-sender", instance: String
    ) {
        self.brokers = brokers
        self.decisions = decisions
        self.group = group
        self.instance = instance
    }
}

/// Why a sender cannot start or go on. The message is for people.
public struct SenderError: Error, Sendable, CustomStringConvertible {
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        public static let kafka = Code(rawValue: "kafka")
        /// The decisions topic does not exist.
        public static let topic = Code(rawValue: "topic")
    }

    public let code: Code
    public let description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
