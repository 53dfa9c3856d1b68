/// Settings whose names are not known beforehand: `kafka.client.` and what follows, under a library's own names, or the names
/// that a user gives to things of which there may be several.
public struct SettingFamily: Sendable {
    /// Dotted words without the last dot: `kafka.client`.
    public let key: String
    /// One sentence.
    public let documentation: String
    /// Names that Beckon owns, each with the reason: the end of a sentence, without its period.
    public let refused: [String: String]
    /// At most so many members.
    public static let countMax = 256
    /// A member with one of these in its name is not printed either.
    private let secretWords: [String]
    /// A member whose name ends with one of these is a secret itself, and not taken from the command line.
    private let secretEnds: [String]

    public init(
        _ key: String, refused: [String: String] = [:], secretWords: [String] = [], secretEnds: [String] = [],
        _ documentation: String
    ) {
        self.key = key
        self.refused = refused
        self.secretWords = secretWords
        self.secretEnds = secretEnds
        self.documentation = documentation
    }

    /// `BECKON_KAFKA_CLIENT_`: what follows is lowercased, each `_` read as a dot.
    public var environmentPrefix: String {
        "BECKON_" + key.uppercased().map { $0 == "." ? "_" : String($0) }.joined() + "_"
    }

    /// `BECKON_KAFKA_CLIENT_SASL_PASSWORD`, of `sasl.password`.
    func variable(of name: String) -> String {
        environmentPrefix + name.uppercased().map { $0 == "." ? "_" : String($0) }.joined()
    }

    /// Whether a member is a secret that no command line may hold: told by its name.
    func isKeptFromArguments(_ name: String) -> Bool { secretEnds.contains { name.lowercased().hasSuffix($0) } }

    /// The member's name when `key` is under the family's key.
    func memberName(ofKey key: String) -> String? {
        key.hasPrefix(self.key + ".") ? String(key.dropFirst(self.key.count + 1)) : nil
    }

    /// The member's name when `variable` starts with the family's prefix.
    func memberName(ofVariable variable: String) -> String? {
        guard variable.hasPrefix(environmentPrefix), variable != environmentPrefix else { return nil }
        return variable.dropFirst(environmentPrefix.count).lowercased().map { $0 == "_" ? "." : String($0) }.joined()
    }

    /// Whether a member's value must not be printed: told by its name, as a library has many.
    public func isSecret(_ name: String) -> Bool {
        (["password", "secret", "pem", "token", "username", "ssl.key", "ssl_key", "oauthbearer.config"] + secretWords)
            .contains { name.contains($0) }
    }
}
