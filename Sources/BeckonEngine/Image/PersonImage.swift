import BeckonModel
import CXXHash

/// One person on the topic of images.
///
/// *Wire form* (little-endian; the key is her id): layout 8 bits · the lower 32 bits of XXH3 over version, id and
/// entries, which is also her share of the state's hash · version 48 bits · entries.
enum PersonImage {
    static let layout: UInt8 = 1
    private static let headerBytes = 5
    private static let versionBytes = 6

    static func append(_ record: PersonRecord, to output: inout ByteBuffer) {
        let state = record.state
        output.append(layout)
        output.append(littleEndian: UInt32(truncatingIfNeeded: PartitionEngine.hash(record)))
        output.append(state.baseAddress!, count: versionBytes)
        let entries = versionBytes + record.idLength
        output.append(state.baseAddress! + entries, count: state.count - entries)
    }

    /// Writes the person's state as a checkpoint has it: version, id and entries.
    static func read(
        id: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, into state: inout ByteBuffer
    ) throws(PartitionEngine.Unusable) {
        guard let first = value.first else { throw PartitionEngine.Unusable(description: "an image is empty") }
        guard first == layout else {
            throw PartitionEngine.Unusable(
                description:
                    "an image has layout \(first), and this version reads \(layout): a newer one may have written it"
            )
        }
        guard PersonID.isValid(id.baseAddress, id.count) else {
            throw PartitionEngine.Unusable(description: "an image's key is no person's id")
        }
        let count = value.count - headerBytes + id.count
        guard value.count >= headerBytes + versionBytes, count + 10 <= RecordArena.blockBytesMax else {
            throw PartitionEngine.Unusable(description: "an image has an impossible length")
        }
        state.removeAll()
        state.append(value.baseAddress! + headerBytes, count: versionBytes)
        state.append(id.baseAddress!, count: id.count)
        let entries = headerBytes + versionBytes
        state.append(value.baseAddress! + entries, count: value.count - entries)
        let expected = value.loadUnaligned(fromByteOffset: 1, as: UInt32.self)
        let found = UInt32(truncatingIfNeeded: beckon_hash64(state.start, state.count, 0))
        guard found == expected else {
            throw PartitionEngine.Unusable(
                description:
                    "an image's checksum: expected \(String(expected, radix: 16)), found \(String(found, radix: 16))")
        }
    }
}
