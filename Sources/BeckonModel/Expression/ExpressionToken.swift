/// A word of the expression language with its place in the text.
struct ExpressionToken: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        case name(String)
        case int(UInt64)
        case uint(UInt64)
        case double(Double)
        case string(String)
        case bytes([UInt8])
        /// A member's name in backticks.
        case quotedName(String)
        /// An operator, bracket, comma, dot or question mark, as written.
        case symbol(String)
        case end
    }

    let kind: Kind
    /// Bytes from the beginning of the text.
    let offset: Int

    /// How errors call it.
    var described: String {
        switch kind {
        case .name(let name): "`\(name)`"
        case .quotedName: "a name in backticks"
        case .int, .uint, .double: "a number"
        case .string, .bytes: "a text"
        case .symbol(let symbol): "`\(symbol)`"
        case .end: "the end"
        }
    }
}
