import BeckonModel

/// Images of people, encoded for the topic, until their commit is confirmed. Reused from commit to commit.
public struct ImageBatch: ~Copyable {
    /// Keys and values of the images.
    public private(set) var bytes = ByteBuffer()
    public private(set) var images: [Image] = []

    /// Places in `bytes`; the key is the person's id.
    public struct Image: Sendable {
        public let keyStart: Int
        public let keyCount: Int
        public let valueStart: Int
        public let valueCount: Int
    }

    /// A buffer that once was larger is given back.
    private static let keptBytesMax = 1 << 20

    public init() {}

    public mutating func removeAll() {
        images.removeAll(keepingCapacity: images.count < 65_536)
        if bytes.count > Self.keptBytesMax { bytes = ByteBuffer() } else { bytes.removeAll() }
    }

    mutating func append(_ record: PersonRecord) {
        let keyStart = bytes.count
        bytes.append(record.id)
        let valueStart = bytes.count
        PersonImage.append(record, to: &bytes)
        images.append(
            Image(
                keyStart: keyStart, keyCount: valueStart - keyStart, valueStart: valueStart,
                valueCount: bytes.count - valueStart))
    }
}
