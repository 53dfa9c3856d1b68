/// A failure of what all services share: settings files, the status server, signals.
public struct ServiceError: Error, CustomStringConvertible, Sendable {
    /// What went wrong, as a word that code may compare; more may be added.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        public let description: String

        /// Another process listens there.
        public static let addressInUse = Code(description: "addressInUse")
        /// This machine has no such address, or the name does not resolve.
        public static let addressUnknown = Code(description: "addressUnknown")
        /// The operating system refused; the message has its words.
        public static let system = Code(description: "system")
    }

    public let code: Code
    /// A sentence with the values in it.
    public let description: String
    /// Whether the same call may succeed later without a change by the user.
    public var isRetriable: Bool { code == .addressInUse }
    /// Always true: none of these leaves a service in a state in which it could go on.
    public var isFatal: Bool { true }

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
