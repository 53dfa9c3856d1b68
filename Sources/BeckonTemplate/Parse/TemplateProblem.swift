/// What is wrong with a template, and where.
public struct TemplateProblem: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable {
        /// It cannot be read.
        case syntax
        /// Names that nobody knows.
        case unknownFilter, unknownVariable, unknownSnippet
        /// A snippet reads a variable that `render` does not pass to it.
        case notPassed
        /// A value that a tag or filter cannot work with.
        case value
        /// A bound of the sandbox was reached.
        case limit
        /// The template ended itself: `abort_message`.
        case aborted
    }

    public let kind: Kind
    /// The snippet's name; empty for the template itself.
    public let snippet: String
    /// In bytes from the beginning of that text.
    public let offset: Int
    /// From 1.
    public let line: Int
    /// From 1, in Unicode code points.
    public let column: Int
    /// A sentence without a full stop; of an abort the reason as the template gives it.
    public let message: String
    /// The known word that is nearest to an unknown one.
    public let nearest: String?

    /// `line 3, column 7: message; did you mean …?`
    public var description: String {
        let place = (snippet.isEmpty ? "" : "snippet `\(snippet)`, ") + "line \(line), column \(column): "
        let words = kind == .aborted ? "the template ends itself" + (message.isEmpty ? "" : ": \(message)") : message
        return place + words + (nearest.map { "; did you mean `\($0)`?" } ?? "")
    }
}

/// The text of a template, and where things stand in it.
struct TemplateSource: Sendable {
    /// The snippet's name; empty for a template.
    let name: String
    let bytes: [UInt8]

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    func problem(
        _ kind: TemplateProblem.Kind, _ message: String, at offset: Int, nearest: String? = nil
    ) -> TemplateProblem {
        let before = bytes.prefix(offset)
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return TemplateProblem(
            kind: kind, snippet: name, offset: offset,
            line: 1 + before.count { $0 == UInt8(ascii: "\n") },
            column: 1 + before[lineStart...].count { $0 & 0xC0 != 0x80 }, message: message, nearest: nearest)
    }
}
