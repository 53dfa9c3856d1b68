/// One thing that is wrong with the rules, and where.
public struct Diagnostic: Error, Sendable, Hashable, CustomStringConvertible {
    public let file: String
    /// From 1.
    public let line: Int
    /// From 1, in Unicode code points.
    public let column: Int
    /// A sentence without a full stop that says what to write instead, where that is known.
    public let message: String
    /// The known word that is nearest to an unknown one.
    public let nearest: String?

    public init(file: String, line: Int, column: Int, message: String, nearest: String? = nil) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.nearest = nearest
    }

    /// `file:line:column: message; did you mean …?`
    public var description: String {
        "\(file):\(line):\(column): \(message)" + (hint.map { "; \($0)" } ?? "")
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
