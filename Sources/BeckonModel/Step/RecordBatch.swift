/// A record of an input, borrowed from whoever fetched it.
public struct InputRecord {
    public var value: UnsafeRawPointer?
    public var key: UnsafeRawPointer?
    /// Bytes; a nil `value` is a tombstone and counts 0.
    public var valueCount: Int32
    public var keyCount: Int32
    public var offset: Int64
    /// −1 where the record has none.
    public var timestampMs: Milliseconds

    @inlinable public init(
        value: UnsafeRawPointer?, valueCount: Int32, key: UnsafeRawPointer?, keyCount: Int32, offset: Int64,
        timestampMs: Milliseconds
    ) {
        self.value = value
        self.key = key
        self.valueCount = valueCount
        self.keyCount = keyCount
        self.offset = offset
        self.timestampMs = timestampMs
    }

    /// Folds one record into a range's checksum. Order matters.
    @inlinable public func checksum(after previous: UInt64) -> UInt64 {
        var hash = previous ^ UInt64(bitPattern: offset) &* 0x9E37_79B9_7F4A_7C15
        hash = (hash ^ UInt64(bitPattern: timestampMs)) &* 0xBF58_476D_1CE4_E5B9
        hash ^= UInt64(UInt32(bitPattern: valueCount)) << 32 | UInt64(UInt32(bitPattern: keyCount))
        if let key, keyCount >= 8 {
            hash ^= key.loadUnaligned(as: UInt64.self)
            hash ^= key.loadUnaligned(fromByteOffset: Int(keyCount) - 8, as: UInt64.self).byteSwapped
        } else if let key {
            for index in 0..<Int(keyCount) {
                hash ^= UInt64(key.load(fromByteOffset: index, as: UInt8.self)) << (8 * UInt64(index))
            }
        }
        hash = (hash ^ hash >> 29) &* 0x94D0_49BB_1331_11EB
        return hash ^ hash >> 32
    }
}

/// The records of a step, those of `step.ranges[0]` first, each range in the order of its offsets.
public struct RecordBatch: ~Copyable {
    public let records: UnsafeBufferPointer<InputRecord>

    @inlinable public init(_ records: UnsafeBufferPointer<InputRecord>) { self.records = records }
}
