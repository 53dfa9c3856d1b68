import BeckonModel
import CXXHash

/// How far a partition's images go: all that steps up to `header.head.seq` have changed is in the images before it.
///
/// *Wire form*: on the topic of images under the key FF, with which no person's id begins: `BKI1`, the header
/// of a checkpoint file, 64 bits of XXH3 over all before.
struct ImageHead: Equatable {
    static let key: [UInt8] = [0xFF]
    private static let magic: [UInt8] = Array("BKI1".utf8)

    /// Where the partition stood then. The journal record is the first committed one at or after `journalOffset`: a
    /// head that is written with that very record does not know more.
    var header: CheckpointHeader

    init(header: CheckpointHeader) { self.header = header }

    var bytes: [UInt8] {
        var buffer = ByteBuffer()
        buffer.append(Self.magic)
        header.encode(into: &buffer)
        buffer.append(littleEndian: beckon_hash64(buffer.start, buffer.count, 0))
        return buffer.bytes
    }

    init(_ bytes: UnsafeRawBufferPointer) throws(WorkerError) {
        guard bytes.count >= Self.magic.count + 8, bytes.prefix(Self.magic.count).elementsEqual(Self.magic) else {
            throw WorkerError(.images, "their head does not begin with BKI1; a newer version may have written it")
        }
        let checked = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - 8)])
        let expected = bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)
        let found = beckon_hash64(checked.baseAddress, checked.count, 0)
        guard found == expected else {
            throw WorkerError(
                .images,
                "their head's checksum: expected \(String(expected, radix: 16)), found \(String(found, radix: 16))")
        }
        var reader = BinaryReader(UnsafeRawBufferPointer(rebasing: checked[Self.magic.count...]))
        guard let rest = try? reader.bytes(reader.remaining) else {
            throw WorkerError(.images, "their head ends too early")
        }
        header = try CheckpointHeader(rest)
    }
}
