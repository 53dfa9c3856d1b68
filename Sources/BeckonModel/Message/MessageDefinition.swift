/// A message as its file has it: a part for each channel, in the template language, not yet read as such.
public struct MessageDefinition: Sendable {
    public let name: PlacedText
    /// In the order of the file, at least one; no channel twice.
    public let parts: [MessagePartDefinition]

    /// Of a rule set.
    public static let messagesMax = 10_000
    /// Of a rule set.
    public static let snippetsMax = 1_000
}

public struct MessagePartDefinition: Sendable {
    public let channel: PlacedText
    /// In the order of the file; no field twice.
    public let fields: [MessageFieldDefinition]
}

public struct MessageFieldDefinition: Sendable {
    /// `subject`, `html` and so on, as the channel has them.
    public let name: String
    public let template: PlacedText
}

/// A text that messages may show, as its file has it.
public struct SnippetDefinition: Sendable {
    public let name: PlacedText
    public let template: PlacedText
}

/// A text and where it stands, so that what is wrong inside it can be told with its place in the file.
public struct PlacedText: Sendable {
    public let text: String
    private let source: RuleSource
    private let scalar: YAMLScalar
    let start: YAMLPosition

    init(_ scalar: YAMLScalar, at start: YAMLPosition, in source: RuleSource) {
        text = scalar.text
        self.scalar = scalar
        self.start = start
        self.source = source
    }

    /// A key, which stands where it begins.
    init(key: String, at start: YAMLPosition, in source: RuleSource) {
        self.init(YAMLScalar(text: key, style: .plain, isOneLine: true), at: start, in: source)
    }

    public var file: String { source.file }
    /// From 1.
    public var line: Int { start.line }

    /// - Parameter offset: in bytes of the text. Where folding hides the place it is that of the text's beginning.
    public func diagnostic(
        at offset: Int, severity: Diagnostic.Severity = .error, _ message: String, nearest: String? = nil
    ) -> Diagnostic {
        var reader = RuleFileReader(source: source, folds: [:], declared: DeclaredEvents(in: []))
        let place = reader.position(of: offset, in: scalar, at: start)
        return Diagnostic(
            file: source.file, line: place.line, column: place.column, severity: severity, message: message,
            nearest: nearest)
    }
}
