/// What reading the files of a rule set gave.
public struct RuleReading: Sendable {
    /// nil when there is any diagnostic.
    public let ruleSet: RuleSet?
    /// Everything that is wrong, in the order of files and lines; at most `diagnosticsMax`.
    public let diagnostics: [Diagnostic]
    /// What may be meant so, in the same order, at most as many; also where nothing is wrong.
    public let warnings: [Diagnostic]
    /// Of all rules, in the order of files and lines; empty when there is any diagnostic.
    public let tests: [RuleTest]
    /// All that are well formed, whatever else is wrong. In the order of files and lines.
    public let messages: [MessageDefinition]
    public let snippets: [SnippetDefinition]
    /// Of the rules that are well formed, in the order of files and lines.
    public let messageUses: [MessageUse]

    public static let diagnosticsMax = 1_000
}

extension RuleSet {
    public static let rulesMax = 10_000
    public static let foldsMax = 1_000
    public static let sourcesMax = 10_000

    /// Reads and checks all files of a rule set together. The order of the sources does not matter.
    ///
    /// - Complexity: linear in the text, except that folds that read folds are followed once a rule.
    public static func read(_ sources: [RuleSource]) -> RuleReading {
        var reader = RuleSetReader(sources: sources)
        return reader.read()
    }
}

/// Reads the files in two passes: which folds there are, then what everything says.
struct RuleSetReader {
    private let sources: [RuleSource]
    private var diagnostics: [Diagnostic] = []
    private var warnings: [Diagnostic] = []
    private var rules: [Rule] = []
    private var folds: [Fold] = []
    private var tests: [RuleTest] = []
    private var rulePlaces: [String: String] = [:]
    private var foldPlaces: [String: String] = [:]
    private var messagePlaces: [String: String] = [:]
    private var snippetPlaces: [String: String] = [:]
    private var messages: [MessageDefinition] = []
    private var snippets: [SnippetDefinition] = []
    private var messageUses: [MessageUse] = []
    /// Files of nothing but messages, which mean nothing to the engine: to change a text changes no rule.
    private var messageFiles: Set<String> = []
    private var readsZones = false
    private var defaultZone: (name: String, place: String)?

    init(sources: [RuleSource]) {
        self.sources = sources.sorted { $0.file.utf8.lexicographicallyPrecedes($1.file.utf8) }
    }

    mutating func read() -> RuleReading {
        checkFiles()
        let files = sources.prefix(RuleSet.sourcesMax).map { source in (source, YAMLReader.read(source.text)) }
        for (source, reading) in files {
            diagnostics += reading.problems.map { problem in
                Diagnostic(
                    file: source.file, line: problem.position.line, column: problem.position.column,
                    message: problem.message)
            }
        }
        let documents = files.flatMap { $0.1.documents }
        let kinds = Self.foldKinds(in: documents)
        let declared = DeclaredEvents(in: documents)
        for (source, reading) in files {
            var reader = RuleFileReader(source: source, folds: kinds, declared: declared)
            for document in reading.documents { read(document, with: &reader) }
            if Self.isAboutMessages(reading.documents) { messageFiles.insert(source.file) }
            diagnostics += reader.diagnostics
            warnings += reader.warnings
            readsZones = readsZones || reader.readsZones
        }
        checkBounds()
        return finished()
    }

    private mutating func checkFiles() {
        for (first, second) in zip(sources, sources.dropFirst()) where first.file == second.file {
            report("this file is given twice", in: first.file)
        }
        if sources.count > RuleSet.sourcesMax {
            report(
                "more than \(RuleSet.sourcesMax) files: this one and the rest are not read",
                in: sources[RuleSet.sourcesMax].file)
        }
    }

    private mutating func checkBounds() {
        guard let file = sources.last?.file else { return }
        if rules.count > RuleSet.rulesMax { report("more than \(RuleSet.rulesMax) rules in all", in: file) }
        if messages.count > MessageDefinition.messagesMax {
            report("more than \(MessageDefinition.messagesMax) messages in all", in: file)
        }
        if snippets.count > MessageDefinition.snippetsMax {
            report("more than \(MessageDefinition.snippetsMax) snippets in all", in: file)
        }
        if folds.count > RuleSet.foldsMax { report("more than \(RuleSet.foldsMax) folds in all", in: file) }
    }

    private mutating func report(_ message: String, in file: String) {
        diagnostics.append(Diagnostic(file: file, line: 1, column: 1, message: message))
    }

    /// The kinds of all folds, as far as they can be told before they are checked.
    private static func foldKinds(in documents: [YAMLNode]) -> [String: FoldKind] {
        var kinds: [String: FoldKind] = [:]
        for document in documents {
            guard let folds = document.entries?.first(where: { $0.key == "folds" })?.value.entries else { continue }
            for fold in folds where kinds[fold.key] == nil {
                let fields = Set(fold.value.entries?.map(\.key) ?? [])
                let anything = PropertyPath(root: .properties, names: [])
                let named = FoldKind.names.first(where: fields.contains).flatMap { FoldKind(named: $0, of: anything) }
                if fields.contains("items") {
                    kinds[fold.key] = .items(.nothing)
                    continue
                }
                kinds[fold.key] = fields.contains("count") ? .count : named ?? .last(anything)
            }
        }
        return kinds
    }

    private mutating func read(_ document: YAMLNode, with reader: inout RuleFileReader) {
        guard !document.isNull else { return }
        switch reader.kind(of: document) {
        case .rule:
            guard let read = reader.rule(document) else { return }
            let place = reader.place(read.position)
            if let first = rulePlaces.updateValueIfAbsent(place, forKey: read.rule.id) {
                reader.report("a rule `\(read.rule.id)` is already at \(first)", at: read.position)
            } else {
                rules.append(read.rule)
                tests += read.tests
                if let use = read.messageUse { messageUses.append(use) }
            }
        case .definitions:
            guard let fields = reader.fields(document, of: .definitions) else { return }
            if let events = fields["events"] { reader.checkDeclaredEvents(events) }
            if let node = fields["messages"] { readMessages(node, with: &reader) }
            if let node = fields["snippets"] { readSnippets(node, with: &reader) }
            if let (zone, position) = reader.defaultZone(document) {
                if let defaultZone {
                    reader.report("a `defaultZone` is already at \(defaultZone.place)", at: position)
                } else {
                    defaultZone = (zone, reader.place(position))
                }
            }
            for (fold, position) in reader.folds(fields) {
                let place = reader.place(position)
                if let first = foldPlaces.updateValueIfAbsent(place, forKey: fold.name) {
                    reader.report("a fold `\(fold.name)` is already at \(first)", at: position)
                } else {
                    folds.append(fold)
                }
            }
        case nil: break
        }
    }

    private mutating func readMessages(_ node: YAMLNode, with reader: inout RuleFileReader) {
        for message in reader.messages(node) {
            let place = "\(message.name.file):\(message.name.line)"
            if let first = messagePlaces.updateValueIfAbsent(place, forKey: message.name.text) {
                reader.report("a message `\(message.name.text)` is already at \(first)", at: message.name.start)
            } else {
                messages.append(message)
            }
        }
    }

    private mutating func readSnippets(_ node: YAMLNode, with reader: inout RuleFileReader) {
        for snippet in reader.snippets(node) {
            let place = "\(snippet.name.file):\(snippet.name.line)"
            if let first = snippetPlaces.updateValueIfAbsent(place, forKey: snippet.name.text) {
                reader.report("a snippet `\(snippet.name.text)` is already at \(first)", at: snippet.name.start)
            } else {
                snippets.append(snippet)
            }
        }
    }

    private static func isAboutMessages(_ documents: [YAMLNode]) -> Bool {
        let documents = documents.filter { !$0.isNull }
        return !documents.isEmpty
            && documents.allSatisfy { document in
                document.entries?.allSatisfy { ["messages", "snippets"].contains($0.key) } ?? false
            }
    }

    private func finished() -> RuleReading {
        let warnings = Array(warnings.sorted().prefix(RuleReading.diagnosticsMax))
        guard diagnostics.isEmpty else {
            return RuleReading(
                ruleSet: nil, diagnostics: Array(diagnostics.sorted().prefix(RuleReading.diagnosticsMax)),
                warnings: warnings, tests: [], messages: messages, snippets: snippets, messageUses: messageUses)
        }
        let sources = sources.filter { !messageFiles.contains($0.file) }
        let foldsByName = Dictionary(uniqueKeysWithValues: folds.map { ($0.name, $0) })
        let zone = defaultZone?.name ?? RuleSet.defaultZoneStandard
        let ruleSet = RuleSet(
            hash: CanonicalEncoding.hash(of: sources, zones: readsZones ? ZoneTable.standard.version : nil),
            sources: sources,
            rules: rules.map { $0.versioned(with: foldsByName, defaultZone: zone) }.sorted {
                $0.id.utf8.lexicographicallyPrecedes($1.id.utf8)
            },
            folds: folds.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }, defaultZone: zone)
        return RuleReading(
            ruleSet: ruleSet, diagnostics: [], warnings: warnings, tests: tests, messages: messages,
            snippets: snippets, messageUses: messageUses)
    }
}

extension Dictionary {
    /// What was there before; nil when the new value has been put.
    fileprivate mutating func updateValueIfAbsent(_ value: Value, forKey key: Key) -> Value? {
        if let present = self[key] { return present }
        self[key] = value
        return nil
    }
}
