/// A message as a provider sends it.
public struct DeliveryMessage: Sendable, Equatable {
    public let contentType: String
    public let body: [UInt8]
    /// Of an email; nil where the provider itself knows where to.
    public let envelope: Envelope?

    /// Who hands a message over, and to whom: addresses alone, checked by the provider that made them.
    public struct Envelope: Sendable, Equatable {
        public let sender: String
        /// At least one.
        public let recipients: [String]

        public init(sender: String, recipients: [String]) {
            self.sender = sender
            self.recipients = recipients
        }
    }

    public init(contentType: String, body: [UInt8], envelope: Envelope? = nil) {
        self.contentType = contentType
        self.body = body
        self.envelope = envelope
    }
}

/// Why a decision has no message: it is given up without an attempt.
public struct MessageProblem: Error, Sendable, Equatable {
    /// A word of a closed set, such as `tooLarge`: it becomes the outcome's code and a metric's label.
    public let code: String
    /// For people, such as a template's place and what is wrong there; it goes with the dead letter and nowhere else.
    public let detail: String

    public init(code: String, detail: String = "") {
        self.code = code
        self.detail = detail
    }
}
