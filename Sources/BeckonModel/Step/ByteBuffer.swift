/// Growable bytes that never shrink and never share: what a step writes into and a commit sends from.
public struct ByteBuffer: ~Copyable {
    public private(set) var start: UnsafeMutableRawPointer
    public private(set) var count = 0
    private var capacity: Int

    public init(capacity: Int = 4096) {
        self.capacity = capacity
        start = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit { start.deallocate() }

    public var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }
    public var bytes: [UInt8] { Array(buffer) }

    @inline(__always)
    public mutating func reserve(_ additional: Int) {
        if count + additional > capacity { grow(additional) }
    }

    @inline(never)
    private mutating func grow(_ additional: Int) {
        capacity = max(capacity * 2, count + additional)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        larger.copyMemory(from: start, byteCount: count)
        start.deallocate()
        start = larger
    }

    public mutating func removeAll() { count = 0 }

    public mutating func truncate(to count: Int) {
        precondition(count <= self.count)
        self.count = count
    }

    /// Makes the buffer so many bytes longer; they are the caller's to set, from the pointer on, before the next call.
    @inline(__always)
    public mutating func extend(_ length: Int) -> UnsafeMutableRawPointer {
        reserve(length)
        defer { count += length }
        return start + count
    }

    @inline(__always)
    public mutating func append(_ byte: UInt8) {
        reserve(1)
        start.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    @inline(__always)
    public mutating func append(_ source: UnsafeRawPointer, count length: Int) {
        reserve(length)
        (start + count).copyMemory(from: source, byteCount: length)
        count += length
    }

    @inline(__always)
    public mutating func append(_ bytes: Bytes) { append(bytes.start, count: bytes.count) }

    @inline(__always)
    public mutating func append(_ literal: StaticString) { append(literal.utf8Start, count: literal.utf8CodeUnitCount) }

    public mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { if let base = $0.baseAddress { append(base, count: $0.count) } }
    }

    public mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { if let base = $0.baseAddress { append(UnsafeRawPointer(base), count: $0.count) } }
    }

    /// Little-endian, for binary forms.
    @inline(__always)
    public mutating func append<Integer: FixedWidthInteger>(littleEndian value: Integer) {
        let size = MemoryLayout<Integer>.size
        reserve(size)
        start.storeBytes(of: value.littleEndian, toByteOffset: count, as: Integer.self)
        count += size
    }

    public mutating func append(decimal value: Int64) {
        if value < 0 { append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        reserve(20)
        var digits = 1
        var bound: UInt64 = 10
        while digits < 19, rest >= bound {
            digits += 1
            bound *= 10
        }
        if digits == 19, rest >= 10_000_000_000_000_000_000 { digits = 20 }
        var place = count + digits
        count = place
        repeat {
            place -= 1
            start.storeBytes(
                of: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10), toByteOffset: place, as: UInt8.self)
            rest /= 10
        } while place > count - digits
    }

    /// `digits` digits with leading zeros.
    @inline(__always)
    public mutating func append(padded value: Int, digits: Int) {
        reserve(digits)
        var rest = value
        var place = count + digits
        while place > count {
            place -= 1
            start.storeBytes(
                of: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10), toByteOffset: place, as: UInt8.self)
            rest /= 10
        }
        count += digits
    }
}
