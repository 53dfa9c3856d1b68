/// Everything there is to say about one setting; reading, checking, help and the reference derive from it.
public struct SettingDeclaration: Sendable, Hashable {
    /// Dotted words, as in the settings file: `worker.checkpoint.intervalSeconds`.
    public let key: String
    public let kind: SettingKind
    /// nil: no value unless one is given.
    public let defaultText: String?
    /// Never printed, neither in errors nor in tables.
    public let isSecret: Bool
    /// One sentence.
    public let documentation: String

    /// The environment variable that sets it: `BECKON_WORKER_CHECKPOINT_INTERVALSECONDS`.
    public var environmentName: String {
        "BECKON_" + key.uppercased().map { $0 == "." ? "_" : String($0) }.joined()
    }

    /// - Precondition: the key is dotted words of letters and digits, and the kind takes the default.
    init(_ key: String, _ kind: SettingKind, default text: String?, secret: Bool, _ documentation: String) {
        let words = key.split(separator: ".", omittingEmptySubsequences: false)
        precondition(
            words.count > 1
                && words.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } },
            "setting key \(key)")
        precondition(text == nil || (try? kind.read(text!)) != nil, "default of setting \(key)")
        self.key = key
        self.kind = kind
        self.defaultText = text
        self.isSecret = secret
        self.documentation = documentation
    }

    /// The default's value.
    var defaultValue: SettingValue {
        guard let defaultText, let value = try? kind.read(defaultText) else { return .absent }
        return value
    }
}
