/// One thing that is wrong with an expression.
public struct ExpressionProblem: Error, Sendable, Hashable {
    /// Bytes from the beginning of the expression's text.
    public let offset: Int
    /// A sentence that says what to write instead, where that is known.
    public let message: String
    /// The known word that is nearest to the unknown one.
    public let nearest: String?

    public init(offset: Int, message: String, nearest: String? = nil) {
        self.offset = offset
        self.message = message
        self.nearest = nearest
    }

    static func notYetKnown(_ what: String, at offset: Int) -> ExpressionProblem {
        ExpressionProblem(offset: offset, message: "\(what) not yet known to this version")
    }
}
