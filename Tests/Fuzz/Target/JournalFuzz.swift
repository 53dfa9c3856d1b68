import BeckonModel
import CXXHash

/// The journal's records, as they stand and with a checksum that fits.
enum JournalFuzz {
    static func run(_ input: UnsafeRawBufferPointer) {
        read(input)
        // Nothing that is found by chance has the right checksum.
        var fitting = ByteBuffer()
        fitting.append(Array("BKJ1".utf8))
        let content = input.starts(with: Array("BKJ1".utf8)) ? input[4...] : input[...]
        let isWhole = content.count != input.count && content.count >= 8
        fitting.append(Array(isWhole ? content.dropLast(8) : content))
        fitting.append(littleEndian: beckon_hash64(fitting.start, fitting.count, 0))
        read(fitting.buffer)
    }

    private static func read(_ bytes: UnsafeRawBufferPointer) {
        let record: JournalRecord
        do {
            record = try JournalRecord.decode(bytes)
        } catch {
            expect(error.description.hasPrefix("journal record: "), "no words: \(error)")
            return
        }
        expect(record.lastSeq >= record.firstSeq - 1, "steps beyond the last number")
        var encoded = ByteBuffer()
        record.encode(into: &encoded)
        let again = try? JournalRecord.decode(encoded.buffer)
        expect(again == record, "written and read: \(String(describing: again)), not \(record)")
    }
}
