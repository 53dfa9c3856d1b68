/// A part of a YAML document with its place in the file.
struct YAMLNode: Sendable {
    indirect enum Content: Sendable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        /// In the order of the file; no key twice.
        case mapping([YAMLEntry])
    }

    let content: Content
    let position: YAMLPosition
    /// Itself and everything below it, aliases counted as what they stand for.
    let nodeCount: Int

    var scalar: YAMLScalar? {
        if case .scalar(let scalar) = content { return scalar }
        return nil
    }

    var entries: [YAMLEntry]? {
        if case .mapping(let entries) = content { return entries }
        return nil
    }

    var elements: [YAMLNode]? {
        if case .sequence(let elements) = content { return elements }
        return nil
    }

    /// A document without content, or `null`.
    var isNull: Bool { scalar?.value == .null }

    /// With its article, for sentences.
    var described: String {
        switch content {
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .scalar(let scalar): scalar.value == .null ? "nothing" : "`\(scalar.text.shortened)`"
        }
    }
}

struct YAMLEntry: Sendable {
    let key: String
    let keyPosition: YAMLPosition
    let value: YAMLNode
}

struct YAMLPosition: Sendable, Hashable {
    /// From 1.
    let line: Int
    /// From 1, in Unicode code points.
    let column: Int
}

/// A scalar with its meaning in the core schema of YAML 1.2.
struct YAMLScalar: Sendable {
    enum Style: Sendable { case plain, singleQuoted, doubleQuoted, literal, folded }

    enum Value: Sendable, Equatable {
        case null
        case bool(Bool)
        case int(Int64)
        case double(Double)
        case string
    }

    let text: String
    let style: Style
    let value: Value
    /// Whether it begins and ends on one line.
    let isOneLine: Bool

    init(text: String, style: Style, isOneLine: Bool) {
        self.text = text
        self.style = style
        self.isOneLine = isOneLine
        value = style == .plain ? Self.resolved(text) : .string
    }

    private static func resolved(_ text: String) -> Value {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .double(.infinity)
        case "-.inf", "-.Inf", "-.INF": return .double(-.infinity)
        case ".nan", ".NaN", ".NAN": return .double(.nan)
        default: return number(text) ?? .string
        }
    }

    private static func number(_ text: String) -> Value? {
        guard text.utf8.count <= 400, text.utf8.contains(where: \.isDigit),
            text.utf8.first.map({ $0.isDigit || "+-.".utf8.contains($0) }) == true
        else { return nil }
        if text.hasPrefix("0x") { return Int64(text.dropFirst(2), radix: 16).map { .int($0) } }
        if text.hasPrefix("0o") { return Int64(text.dropFirst(2), radix: 8).map { .int($0) } }
        guard text.utf8.allSatisfy({ $0.isDigit || "+-.eE".utf8.contains($0) }) else { return nil }
        if let whole = Int64(text) { return .int(whole) }
        return Double(text).map { .double($0) }
    }
}

extension String {
    /// For messages: at most 40 characters.
    var shortened: String { count <= 40 ? self : String(prefix(39)) + "…" }
}
