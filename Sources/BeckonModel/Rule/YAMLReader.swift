import CYAML

/// Reads the documents of one file through libyaml's events: no tags, no merge keys, aliases within a budget.
struct YAMLReader {
    /// Bytes of one file.
    static let bytesMax = 4 << 20
    /// Mappings and lists within each other.
    static let depthMax = 32
    /// Nodes of one file as written.
    static let nodesMax = 400_000
    /// Nodes of one file that come from aliases.
    static let aliasedNodesMax = 10_000

    struct Problem: Error {
        let position: YAMLPosition
        let message: String
    }

    /// What could be read, and the problem that ended it.
    struct Reading {
        var documents: [YAMLNode] = []
        /// Repeated keys, tags and the like, after which reading went on; the last one may have ended it.
        var problems: [Problem] = []
    }

    private var parser: UnsafeMutablePointer<yaml_parser_t>
    private let text: UnsafeBufferPointer<UInt8>
    private var anchors: [String: YAMLNode] = [:]
    private var nodeCount = 0
    private var aliasedNodeCount = 0
    private var problems: [Problem] = []

    static func read(_ text: [UInt8]) -> Reading {
        guard text.count <= bytesMax else {
            let problem = Problem(
                position: YAMLPosition(line: 1, column: 1), message: "larger than \(bytesMax >> 20) MiB: split the file"
            )
            return Reading(problems: [problem])
        }
        if let position = UTF8Check.firstInvalid(in: text) {
            return Reading(problems: [Problem(position: position, message: "not UTF-8: save the file in that encoding")]
            )
        }
        return text.withUnsafeBufferPointer { text in
            withUnsafeTemporaryAllocation(of: yaml_parser_t.self, capacity: 1) { memory in
                guard let parser = memory.baseAddress, yaml_parser_initialize(parser) == 1 else {
                    preconditionFailure("out of memory for a YAML parser")
                }
                defer { yaml_parser_delete(parser) }
                yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
                // libyaml takes a byte order mark for content once the encoding is set; and it wants a pointer even
                // where nothing is read.
                let mark = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
                let start = text.baseAddress.map { $0 + mark } ?? UnsafePointer(bitPattern: 1)
                yaml_parser_set_input_string(parser, start, text.count - mark)
                var reader = YAMLReader(parser: parser, text: text)
                return reader.documents()
            }
        }
    }

    private init(parser: UnsafeMutablePointer<yaml_parser_t>, text: UnsafeBufferPointer<UInt8>) {
        self.parser = parser
        self.text = text
    }

    private mutating func documents() -> Reading {
        var reading = Reading()
        do {
            var event = try next()
            while event.kind != .streamEnd {
                if event.kind == .documentStart {
                    anchors = [:]
                    reading.documents.append(try node(try next(), depth: 0))
                }
                event = try next()
            }
        } catch {
            problems.append(error)
        }
        reading.problems = problems
        return reading
    }
}

// MARK: Nodes

extension YAMLReader {
    private mutating func node(_ event: Event, depth: Int) throws(Problem) -> YAMLNode {
        nodeCount += 1
        guard nodeCount <= Self.nodesMax else {
            throw Problem(position: event.position, message: "more than \(Self.nodesMax) values: split the file")
        }
        guard depth <= Self.depthMax else {
            throw Problem(position: event.position, message: "nested deeper than \(Self.depthMax) levels")
        }
        if let tag = event.tag { reportTag(tag, at: event.position) }
        let node: YAMLNode
        switch event.kind {
        case .alias(let name): return try aliased(name, at: event.position)
        case .scalar(let scalar):
            node = YAMLNode(content: .scalar(scalar), position: event.position, nodeCount: 1)
        case .sequenceStart: node = try sequence(at: event.position, depth: depth)
        case .mappingStart: node = try mapping(at: event.position, depth: depth)
        default: throw Problem(position: event.position, message: "a value is missing here")
        }
        if let anchor = event.anchor { anchors[anchor] = node }
        return node
    }

    private mutating func reportTag(_ tag: String, at position: YAMLPosition) {
        guard tag != "!", tag != "tag:yaml.org,2002:str" else { return }
        problems.append(Problem(position: position, message: "tags such as `\(tag.shortened)` are not part of rules"))
    }

    private mutating func aliased(_ name: String, at position: YAMLPosition) throws(Problem) -> YAMLNode {
        guard let node = anchors[name] else {
            throw Problem(position: position, message: "no anchor `&\(name.shortened)` ends before this alias")
        }
        aliasedNodeCount += node.nodeCount
        guard aliasedNodeCount <= Self.aliasedNodesMax else {
            throw Problem(
                position: position, message: "aliases stand for more than \(Self.aliasedNodesMax) values in this file")
        }
        return node
    }

    private mutating func sequence(at position: YAMLPosition, depth: Int) throws(Problem) -> YAMLNode {
        var elements: [YAMLNode] = []
        var count = 1
        var event = try next()
        while event.kind != .sequenceEnd {
            let element = try node(event, depth: depth + 1)
            count += element.nodeCount
            elements.append(element)
            event = try next()
        }
        return YAMLNode(content: .sequence(elements), position: position, nodeCount: count)
    }

    private mutating func mapping(at position: YAMLPosition, depth: Int) throws(Problem) -> YAMLNode {
        var entries: [YAMLEntry] = []
        var lines: [[UInt8]: Int] = [:]
        var count = 1
        var event = try next()
        while event.kind != .mappingEnd {
            let key = try node(event, depth: depth + 1)
            let value = try node(try next(), depth: depth + 1)
            count += key.nodeCount + value.nodeCount
            event = try next()
            guard let name = key.scalar?.text else {
                problems.append(Problem(position: key.position, message: "a key is a word, not \(key.described)"))
                continue
            }
            if let line = lines[Array(name.utf8)] {
                problems.append(
                    Problem(position: key.position, message: "`\(name.shortened)` is here twice; first on line \(line)")
                )
                continue
            }
            lines[Array(name.utf8)] = key.position.line
            entries.append(YAMLEntry(key: name, keyPosition: key.position, value: value))
        }
        return YAMLNode(content: .mapping(entries), position: position, nodeCount: count)
    }
}

// MARK: Events

extension YAMLReader {
    private struct Event {
        enum Kind: Equatable {
            case streamEnd, documentStart, sequenceStart, sequenceEnd, mappingStart, mappingEnd, other
            case alias(String)
            case scalar(YAMLScalar)

            static func == (left: Kind, right: Kind) -> Bool {
                switch (left, right) {
                case (.streamEnd, .streamEnd), (.documentStart, .documentStart), (.sequenceStart, .sequenceStart),
                    (.sequenceEnd, .sequenceEnd), (.mappingStart, .mappingStart), (.mappingEnd, .mappingEnd):
                    true
                default: false
                }
            }
        }

        var kind: Kind
        var position: YAMLPosition
        var anchor: String?
        var tag: String?
    }

    private mutating func next() throws(Problem) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure }
        defer { yaml_event_delete(&event) }
        let mark = event.start_mark
        var read = Event(kind: .other, position: YAMLPosition(line: mark.line + 1, column: mark.column + 1))
        switch event.type {
        case YAML_STREAM_END_EVENT: read.kind = .streamEnd
        case YAML_DOCUMENT_START_EVENT: read.kind = .documentStart
        case YAML_SEQUENCE_END_EVENT: read.kind = .sequenceEnd
        case YAML_MAPPING_END_EVENT: read.kind = .mappingEnd
        case YAML_ALIAS_EVENT: read.kind = .alias(Self.string(event.data.alias.anchor) ?? "")
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            (read.kind, read.anchor, read.tag) = (.sequenceStart, Self.string(start.anchor), Self.string(start.tag))
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            (read.kind, read.anchor, read.tag) = (.mappingStart, Self.string(start.anchor), Self.string(start.tag))
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let style: YAMLScalar.Style = scalar.style.scalarStyle
            read.anchor = Self.string(scalar.anchor)
            read.tag = Self.string(scalar.tag)
            read.kind = .scalar(
                YAMLScalar(
                    text: String(decoding: bytes, as: UTF8.self),
                    style: read.tag != nil && style == .plain ? .doubleQuoted : style,
                    isOneLine: mark.line == event.end_mark.line))
        default: break
        }
        return read
    }

    private static func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        guard let text else { return nil }
        return String(decodingCString: UnsafePointer(text), as: UTF8.self)
    }

    private var failure: Problem {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "not YAML"
        guard parser.pointee.error != YAML_READER_ERROR else {
            let position = UTF8Check.position(of: parser.pointee.problem_offset, in: text)
            return Problem(position: position, message: "not YAML: \(problem)")
        }
        let mark = parser.pointee.problem_mark
        let context = parser.pointee.context.map { " (\(String(cString: $0)))" } ?? ""
        return Problem(
            position: YAMLPosition(line: mark.line + 1, column: mark.column + 1),
            message: "not YAML: \(problem)\(context)")
    }
}

extension yaml_scalar_style_t {
    fileprivate var scalarStyle: YAMLScalar.Style {
        switch self {
        case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
        case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
        case YAML_LITERAL_SCALAR_STYLE: .literal
        case YAML_FOLDED_SCALAR_STYLE: .folded
        default: .plain
        }
    }
}
