/// A value of the expression language while it is being evaluated: trivial, 17 bytes, no reference counts.
///
/// Strings, JSON and lists are borrowed: they point into the event, the person's record or the evaluation's scratch
/// memory, and end with the evaluation.
public enum Value: BitwiseCopyable {
    /// The property, fold or trait is not there. Makes a condition false; `has()` asks first.
    case missing
    /// The evaluation failed; absorbed by `&&`, `||` and `?:` as CEL says.
    case failed(EvaluationError)
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    /// Valid UTF-8, unescaped.
    case string(Bytes)
    /// An object or array as JSON text, as it stood in the event.
    case json(Bytes)
    case list(ValueList)
    case duration(seconds: Int64, nanoseconds: Int32)
    /// Seconds since 1970-01-01T00:00:00Z.
    case timestamp(seconds: Int64, nanoseconds: Int32)
}

/// Why an expression has no value. Counted by the engine, named by `explain`.
public enum EvaluationError: UInt8, Sendable, BitwiseCopyable {
    case noSuchOverload, divisionByZero, overflow, invalidArgument, indexOutOfRange, noSuchKey, stepsExceeded
}

/// Borrowed bytes.
public struct Bytes: BitwiseCopyable {
    public let start: UnsafeRawPointer
    public let count: Int

    @inlinable public init(start: UnsafeRawPointer, count: Int) {
        self.start = start
        self.count = count
    }

    @inlinable public var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }
}

/// Borrowed values.
public struct ValueList: BitwiseCopyable {
    public let start: UnsafePointer<Value>?
    public let count: Int

    @inlinable public init(start: UnsafePointer<Value>?, count: Int) {
        self.start = start
        self.count = count
    }
}
