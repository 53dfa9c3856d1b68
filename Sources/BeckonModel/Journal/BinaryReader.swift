/// Reads what `ByteBuffer` wrote; every read is checked against the end.
public struct BinaryReader {
    public struct Truncated: Error {
        public init() {}
    }

    private let bytes: UnsafeRawBufferPointer
    public private(set) var position = 0

    /// Borrows `bytes` for its lifetime.
    public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    public var remaining: Int { bytes.count - position }

    public mutating func integer<Integer: FixedWidthInteger>(_ type: Integer.Type) throws(Truncated) -> Integer {
        let size = MemoryLayout<Integer>.size
        guard remaining >= size else { throw Truncated() }
        defer { position += size }
        return Integer(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Integer.self))
    }

    /// A LEB128 number of at most 64 bits.
    public mutating func varint() throws(Truncated) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let byte = try integer(UInt8.self)
            if shift == 63, byte > 1 { throw Truncated() }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw Truncated()
    }

    public mutating func signed() throws(Truncated) -> Int64 {
        let value = try varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// A number that is not negative.
    public mutating func number() throws(Truncated) -> Int {
        guard let number = Int(exactly: try varint()) else { throw Truncated() }
        return number
    }

    /// A number of things that each take at least one byte: never more than there are bytes.
    public mutating func count() throws(Truncated) -> Int {
        let value = try varint()
        guard value <= UInt64(remaining) else { throw Truncated() }
        return Int(value)
    }

    public mutating func bytes(_ count: Int) throws(Truncated) -> UnsafeRawBufferPointer {
        guard count >= 0, remaining >= count else { throw Truncated() }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }

    public mutating func text() throws(Truncated) -> String {
        let count = try count()
        return String(decoding: try bytes(count), as: UTF8.self)
    }

    public mutating func hash() throws(Truncated) -> ContentHash {
        ContentHash(high: try integer(UInt64.self), low: try integer(UInt64.self))
    }
}

extension ByteBuffer {
    public mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    public mutating func append(signed value: Int64) { append(varint: UInt64(bitPattern: value << 1 ^ value >> 63)) }

    public mutating func append(counted bytes: [UInt8]) {
        append(varint: UInt64(bytes.count))
        append(bytes)
    }

    public mutating func append(hash: ContentHash) {
        append(littleEndian: hash.high)
        append(littleEndian: hash.low)
    }
}
