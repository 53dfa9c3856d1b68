/// Why an expression has no value. Counted by the engine, named by `explain`.
public struct EvaluationError: Error, Sendable, Hashable, BitwiseCopyable {
    /// What was wrong.
    public enum Reason: UInt8, Sendable, BitwiseCopyable {
        case noSuchOverload, divisionByZero, overflow, invalidArgument, indexOutOfRange, noSuchKey, duplicateKey
        case unsupportedKey, invalidUTF8, unknownZone, invalidPattern, unknownName, unknownFunction
        case stepsExceeded, memoryExceeded, tooDeep
    }

    public let reason: Reason
    /// Bytes from the beginning of the expression's text; -1 where that is not known.
    public let offset: Int32

    @inlinable public init(_ reason: Reason, offset: Int32 = -1) {
        self.reason = reason
        self.offset = offset
    }

    /// The same at a place, unless it has one.
    func located(_ place: Int32) -> EvaluationError {
        offset < 0 ? EvaluationError(reason, offset: place) : self
    }
}

extension EvaluationError {
    @inlinable public static var overflow: EvaluationError { EvaluationError(.overflow) }
    static var noSuchOverload: EvaluationError { EvaluationError(.noSuchOverload) }
    static var divisionByZero: EvaluationError { EvaluationError(.divisionByZero) }
    static var invalidArgument: EvaluationError { EvaluationError(.invalidArgument) }
    static var indexOutOfRange: EvaluationError { EvaluationError(.indexOutOfRange) }
    static var noSuchKey: EvaluationError { EvaluationError(.noSuchKey) }
    static var duplicateKey: EvaluationError { EvaluationError(.duplicateKey) }
    static var unsupportedKey: EvaluationError { EvaluationError(.unsupportedKey) }
    static var invalidUTF8: EvaluationError { EvaluationError(.invalidUTF8) }
    static var unknownZone: EvaluationError { EvaluationError(.unknownZone) }
    static var invalidPattern: EvaluationError { EvaluationError(.invalidPattern) }
    static var stepsExceeded: EvaluationError { EvaluationError(.stepsExceeded) }
    static var memoryExceeded: EvaluationError { EvaluationError(.memoryExceeded) }
    static var tooDeep: EvaluationError { EvaluationError(.tooDeep) }
}

extension EvaluationError.Reason {
    /// A clause for people.
    public var described: String {
        switch self {
        case .noSuchOverload: "no such overload: the operator or function does not take values of these types"
        case .divisionByZero: "division by zero"
        case .overflow: "out of range: the result does not fit its type"
        case .invalidArgument: "invalid argument: the text cannot be read as a value of this type"
        case .indexOutOfRange: "index out of range: the positions of a list are whole numbers from 0 to size() - 1"
        case .noSuchKey: "no such key: ask with has() or `in` first"
        case .duplicateKey: "duplicate key: a map has each key once"
        case .unsupportedKey: "unsupported key type: the keys of a map are ints, uints, booleans and texts"
        case .invalidUTF8: "invalid UTF-8: these bytes are no text"
        case .unknownZone: "unknown time zone: write a name such as \"Europe/Berlin\", or an offset such as \"+01:00\""
        case .invalidPattern: "not a regular expression of RE2, or too large a one"
        case .unknownName: "undeclared reference: no variable or type has this name"
        case .unknownFunction: "undeclared reference: no function has this name"
        case .stepsExceeded: "too many steps: the expression was stopped at its bound"
        case .memoryExceeded: "too much memory: the expression was stopped at its bound"
        case .tooDeep: "values nested too deep to compare"
        }
    }
}
