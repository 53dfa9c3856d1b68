/// A value of the expression language while it is being evaluated: trivial, 17 bytes, no reference counts.
///
/// Strings, bytes, JSON, lists and maps are borrowed: they point into the event, the person's record or the evaluation's
/// scratch memory, and end with the evaluation. None of them holds a value that is missing or failed.
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
    case bytes(Bytes)
    /// An object or array as JSON text, as it stood in the event; opened one level at a time where it is used.
    case json(Bytes)
    case list(ValueList)
    case map(ValueMap)
    case type(ValueType)
    case duration(seconds: Int64, nanoseconds: Int32)
    /// Seconds since 1970-01-01T00:00:00Z.
    case timestamp(seconds: Int64, nanoseconds: Int32)
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

    @inlinable public var values: UnsafeBufferPointer<Value> { UnsafeBufferPointer(start: start, count: count) }
}

/// Borrowed entries of a map, in the order in which they were written: key, value, key, value. No key is there twice.
public struct ValueMap: BitwiseCopyable {
    public let start: UnsafePointer<Value>?
    /// Entries.
    public let count: Int

    @inlinable public init(start: UnsafePointer<Value>?, count: Int) {
        self.start = start
        self.count = count
    }

    @inlinable public func key(_ index: Int) -> Value { start.unsafelyUnwrapped[2 * index] }
    @inlinable public func value(_ index: Int) -> Value { start.unsafelyUnwrapped[2 * index + 1] }
}
