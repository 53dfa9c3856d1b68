/// Why the worker, or one partition of it, cannot go on. The message is for people: what happened, where, what to do.
public struct WorkerError: Error, Sendable, CustomStringConvertible {
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        public static let kafka = Code(rawValue: "kafka")
        /// Another worker has taken over: nothing of this one is visible any more.
        public static let fenced = Code(rawValue: "fenced")
        /// The group gave the partitions to others.
        public static let lost = Code(rawValue: "lost")
        public static let topics = Code(rawValue: "topics")
        public static let journal = Code(rawValue: "journal")
        public static let inputsGone = Code(rawValue: "inputsGone")
        public static let checkpoint = Code(rawValue: "checkpoint")
        public static let images = Code(rawValue: "images")
        /// A replay came to another state than its owner had.
        public static let stateHash = Code(rawValue: "stateHash")
        public static let version = Code(rawValue: "version")
        public static let stopped = Code(rawValue: "stopped")
    }

    public let code: Code
    public let description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
