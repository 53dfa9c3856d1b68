/// What may stand in a line's metadata.
public protocol LogValue {
    var logScalar: LogScalar { get }
}

/// A metadata value as it is written.
public enum LogScalar: Sendable, Equatable {
    case text(String)
    case integer(Int64)
    case number(Double)
    case boolean(Bool)
}

extension String: LogValue {
    public var logScalar: LogScalar { .text(self) }
}

extension Bool: LogValue {
    public var logScalar: LogScalar { .boolean(self) }
}

extension Double: LogValue {
    /// What JSON cannot say (infinity, not a number) becomes a text.
    public var logScalar: LogScalar { isFinite ? .number(self) : .text("\(self)") }
}

extension Int: LogValue {
    public var logScalar: LogScalar { .integer(Int64(self)) }
}

extension Int32: LogValue {
    public var logScalar: LogScalar { .integer(Int64(self)) }
}

extension Int64: LogValue {
    public var logScalar: LogScalar { .integer(self) }
}

extension UInt16: LogValue {
    public var logScalar: LogScalar { .integer(Int64(self)) }
}

extension UInt64: LogValue {
    /// Beyond the largest signed number it becomes a text.
    public var logScalar: LogScalar { Int64(exactly: self).map { .integer($0) } ?? .text("\(self)") }
}

extension Duration: LogValue {
    /// In seconds.
    public var logScalar: LogScalar { .number(Double(wholeMilliseconds) / 1_000) }
}
