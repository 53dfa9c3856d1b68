/// One thing that is wrong with the rules, or probably not meant so, and where.
public struct Diagnostic: Error, Sendable, Hashable, CustomStringConvertible {
    public let file: String
    /// From 1.
    public let line: Int
    /// From 1, in Unicode code points.
    public let column: Int
    public let severity: Severity
    /// A sentence without a full stop that says what to write instead, where that is known.
    public let message: String
    /// The known word that is nearest to an unknown one.
    public let nearest: String?

    public enum Severity: String, Sendable {
        /// The rules are not taken.
        case error
        /// They are.
        case warning
    }

    public init(
        file: String, line: Int, column: Int, severity: Severity = .error, message: String, nearest: String? = nil
    ) {
        self.file = file
        self.line = line
        self.column = column
        self.severity = severity
        self.message = message
        self.nearest = nearest
    }

    /// `file:line:column: message; did you mean …?`, and before the message of a warning that word.
    public var description: String {
        let kind = severity == .warning ? "warning: " : ""
        return "\(file):\(line):\(column): \(kind)\(message)" + (hint.map { "; \($0)" } ?? "")
    }

    /// `did you mean …?`; nil where no known word is near.
    public var hint: String? { nearest.map { "did you mean `\($0)`?" } }
}

extension Diagnostic: Comparable {
    /// By file, line, column, then message.
    public static func < (left: Diagnostic, right: Diagnostic) -> Bool {
        if left.file != right.file { return left.file.utf8.lexicographicallyPrecedes(right.file.utf8) }
        if left.line != right.line { return left.line < right.line }
        if left.column != right.column { return left.column < right.column }
        return left.message.utf8.lexicographicallyPrecedes(right.message.utf8)
    }
}
