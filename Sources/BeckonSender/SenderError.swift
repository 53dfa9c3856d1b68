/// Why a sender cannot start or go on. The message is for people.
public struct SenderError: Error, Sendable, CustomStringConvertible {
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        public static let kafka = Code(rawValue: "kafka")
        /// A topic does not exist, or has the wrong number of partitions.
        public static let topic = Code(rawValue: "topic")
        /// The group has given the partitions to others: what is in hand is theirs.
        public static let lost = Code(rawValue: "lost")
        /// Another sender of the same name has taken over.
        public static let fenced = Code(rawValue: "fenced")
        /// Asked to stop meanwhile.
        public static let stopped = Code(rawValue: "stopped")
    }

    public let code: Code
    public let description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
