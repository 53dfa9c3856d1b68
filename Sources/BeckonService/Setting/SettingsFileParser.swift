import CYAML

/// Reads a settings file: YAML mappings, nested or with dotted keys, of plain values and lists of them.
///
/// Anchors, aliases, tags and a second document are refused: a settings file has no use for them, and aliases can
/// make a short file grow without bound.
struct SettingsFileParser {
    /// In bytes.
    static let sizeMax = 1 << 20
    private static let depthMax = 16

    private let file: String
    private var parser = yaml_parser_t()
    private var entries: [SettingsFileEntry] = []
    private var problems: [SettingsProblem] = []
    private var seen: [String: String] = [:]

    /// The file's entries in their order, and what is wrong with it; after a syntax error, those before it.
    static func parse(_ bytes: [UInt8], file: String) -> (entries: [SettingsFileEntry], problems: [SettingsProblem]) {
        guard bytes.count <= sizeMax else {
            let message = "The file has \(bytes.count) bytes; a settings file has at most \(sizeMax)."
            return ([], [SettingsProblem(origin: file, message: message)])
        }
        var parser = SettingsFileParser(file: file)
        parser.run(bytes)
        return (parser.entries, parser.problems)
    }

    private init(file: String) {
        self.file = file
    }

    private mutating func run(_ bytes: [UInt8]) {
        precondition(yaml_parser_initialize(&parser) == 1, "out of memory")
        defer { yaml_parser_delete(&parser) }
        bytes.withUnsafeBufferPointer { buffer in
            yaml_parser_set_input_string(&parser, buffer.baseAddress, buffer.count)
            do throws(Stop) {
                try document()
            } catch {
                problems.append(error.problem)
            }
        }
    }

    /// Ends the reading of the file: what follows cannot be trusted.
    private struct Stop: Error {
        let problem: SettingsProblem
    }

    private mutating func document() throws(Stop) {
        _ = try next()  // the stream's start
        guard try next().kind == YAML_DOCUMENT_START_EVENT else { return }  // an empty file
        let root = try next()
        if root.kind == YAML_MAPPING_START_EVENT {
            try mapping(prefix: "", depth: 1)
        } else if root.kind != YAML_SCALAR_EVENT || !root.text.isEmpty {
            throw stop(root.place, "A settings file is a mapping, such as `worker:` with indented keys below it.")
        }
        _ = try next()  // the document's end
        let after = try next()
        if after.kind != YAML_STREAM_END_EVENT {
            throw stop(after.place, "A settings file has one document; remove the second `---`.")
        }
    }

    private mutating func mapping(prefix: String, depth: Int) throws(Stop) {
        while true {
            let name = try next()
            if name.kind == YAML_MAPPING_END_EVENT { return }
            guard name.kind == YAML_SCALAR_EVENT, !name.text.isEmpty else {
                throw stop(name.place, "A key is a word, such as `brokers`.")
            }
            let key = prefix.isEmpty ? name.text : "\(prefix).\(name.text)"
            let value = try next()
            switch value.kind {
            case YAML_MAPPING_START_EVENT:
                guard depth < Self.depthMax else { throw stop(value.place, "Keys are nested too deep.") }
                try mapping(prefix: key, depth: depth + 1)
            case YAML_SEQUENCE_START_EVENT: add(key, try sequence(key), name.place)
            // A key without a value, as in `threads:`, sets nothing.
            case _ where value.isNull: continue
            default: add(key, value.text, name.place)
            }
        }
    }

    private mutating func sequence(_ key: String) throws(Stop) -> String {
        var items: [String] = []
        while true {
            let item = try next()
            if item.kind == YAML_SEQUENCE_END_EVENT { return items.joined(separator: ",") }
            guard item.kind == YAML_SCALAR_EVENT else {
                throw stop(item.place, "The items of `\(key)` are plain words.")
            }
            if item.text.contains(",") {
                problems.append(SettingsProblem(origin: item.place, message: "An item of a list has no comma in it."))
            }
            items.append(item.text)
        }
    }

    private mutating func add(_ key: String, _ text: String, _ place: String) {
        if let first = seen[key] {
            problems.append(SettingsProblem(origin: place, message: "`\(key)` is set twice, first at \(first)."))
        } else {
            seen[key] = place
            entries.append(SettingsFileEntry(key: key, text: text, place: place))
        }
    }

    private func stop(_ place: String, _ message: String) -> Stop {
        Stop(problem: SettingsProblem(origin: place, message: message))
    }

    private struct Event {
        let kind: yaml_event_type_t
        let text: String
        let isPlain: Bool
        let place: String

        var isNull: Bool { kind == YAML_SCALAR_EVENT && isPlain && ["", "~", "null"].contains(text) }
    }

    private mutating func next() throws(Stop) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(&parser, &event) == 1 else { throw syntaxError() }
        defer { yaml_event_delete(&event) }
        let place = "\(file):\(event.start_mark.line + 1):\(event.start_mark.column + 1)"
        var text = ""
        var isPlain = false
        switch event.type {
        case YAML_ALIAS_EVENT: throw stop(place, "Aliases (`*name`) are not used in settings files.")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            if scalar.anchor != nil || scalar.tag != nil {
                throw stop(place, "Anchors (`&name`) and tags (`!name`) are not used in settings files.")
            }
            text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
        default: break
        }
        return Event(kind: event.type, text: text, isPlain: isPlain, place: place)
    }

    private func syntaxError() -> Stop {
        let words = parser.problem.map { String(cString: $0) } ?? "not YAML"
        let isScanned = parser.error == YAML_SCANNER_ERROR || parser.error == YAML_PARSER_ERROR
        let place =
            isScanned ? "\(file):\(parser.problem_mark.line + 1):\(parser.problem_mark.column + 1)" : file
        return stop(place, "This is not YAML: \(words).")
    }
}
