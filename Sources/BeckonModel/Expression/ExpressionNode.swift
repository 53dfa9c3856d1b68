/// What an expression says, before its names mean anything.
struct ExpressionNode: Sendable {
    indirect enum Kind: Sendable {
        case literal(ExpressionLiteral)
        /// With its leading dot, if it has one: it then means the outermost scope.
        case name(String)
        case select(ExpressionNode, String)
        case index(ExpressionNode, ExpressionNode)
        case call(String, receiver: ExpressionNode?, arguments: [ExpressionNode])
        case not(ExpressionNode)
        case negate(ExpressionNode)
        case binary(BinaryOperator, ExpressionNode, ExpressionNode)
        case conditional(ExpressionNode, ExpressionNode, ExpressionNode)
        case list([ExpressionNode])
        /// Keys and values, in turn.
        case map([ExpressionNode])
    }

    let kind: Kind
    /// Bytes from the beginning of the text: of an operator, its own place.
    let offset: Int
    /// One more than the highest child: bounds the recursion of everything that walks the tree.
    let height: Int
}

enum BinaryOperator: String, Sendable {
    case or = "||"
    case and = "&&"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case contained = "in"
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"

    /// Larger binds tighter.
    var precedence: Int {
        switch self {
        case .or: 1
        case .and: 2
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .contained: 3
        case .add, .subtract: 4
        case .multiply, .divide, .remainder: 5
        }
    }
}

/// A value written in the text, or one that needs nothing but the text.
enum ExpressionLiteral: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case type(ValueType)
    case duration(ExactDuration)
    case timestamp(ExactTimestamp)
}
