/// Reads the documents of one file and gathers everything that is wrong with them.
struct RuleFileReader {
    let source: RuleSource
    /// All folds of the rule set by name; for `sum` and `last` the path is left out.
    let folds: [String: FoldKind]
    /// All declared events of the rule set.
    let declared: DeclaredEvents
    private(set) var diagnostics: [Diagnostic] = []
    /// What may be meant so.
    private(set) var warnings: [Diagnostic] = []
    private var lineStarts: [Int]?
    /// Whether an expression that was read asks for time zones.
    var readsZones = false

    init(source: RuleSource, folds: [String: FoldKind], declared: DeclaredEvents) {
        self.source = source
        self.folds = folds
        self.declared = declared
    }

    mutating func report(_ message: String, at position: YAMLPosition, nearest: String? = nil) {
        // A file of noise must not fill the memory.
        guard diagnostics.count < RuleReading.diagnosticsMax else { return }
        diagnostics.append(
            Diagnostic(
                file: source.file, line: position.line, column: position.column, message: message, nearest: nearest))
    }

    mutating func warn(_ message: String, at position: YAMLPosition, nearest: String? = nil) {
        guard warnings.count < RuleReading.diagnosticsMax else { return }
        warnings.append(
            Diagnostic(
                file: source.file, line: position.line, column: position.column, severity: .warning, message: message,
                nearest: nearest))
    }

    func place(_ position: YAMLPosition) -> String { "\(source.file):\(position.line)" }

    /// The bytes of a line without its end.
    mutating func line(_ number: Int) -> ArraySlice<UInt8> {
        let starts = lineStarts ?? [0] + source.text.indices.filter { source.text[$0] == 0x0A }.map { $0 + 1 }
        lineStarts = starts
        guard number >= 1, number <= starts.count else { return [] }
        return source.text[starts[number - 1]...].prefix { $0 != 0x0A && $0 != 0x0D }
    }

    enum DocumentKind { case rule, definitions }

    /// nil after a report.
    mutating func kind(of document: YAMLNode) -> DocumentKind? {
        guard let entries = document.entries else {
            report(
                "a document is a rule (id, when, send) or definitions (folds, events, policy), not \(document.described)",
                at: document.position)
            return nil
        }
        let keys = Set(entries.map(\.key))
        if keys.contains("id") || keys.contains("when") { return .rule }
        return keys.isDisjoint(with: FieldSet.definitions.all) ? .rule : .definitions
    }
}
