/// The texts of one message for one channel.
public struct RenderedPart: Sendable, Equatable {
    public struct Field: Sendable, Equatable {
        /// `subject`, `html` and so on, as the channel has them.
        public let name: String
        public let text: String

        public init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    public let channel: String
    /// In the order of the file; no name twice. An email's `to` comes last where it is not the message's own.
    public let fields: [Field]

    public init(channel: String, fields: [Field]) {
        self.channel = channel
        self.fields = fields
    }

    /// nil where the message leaves it out.
    public subscript(name: String) -> String? { fields.first { $0.name == name }?.text }

    /// What a person reads first: an email's subject, a notification's title, else the text itself.
    public var headline: String { self["subject"] ?? self["title"] ?? self["text"] ?? self["body"] ?? "" }
}
