import BeckonEngine
import BeckonModel
import BeckonWorker
import CXXHash

/// Checkpoint files as they stand and with checksums that fit; the input taken for a header, and for people.
enum CheckpointFuzz {
    static func run(_ input: UnsafeRawBufferPointer) {
        readFile(input)
        var fitting = Array(input)
        fit(&fitting)
        fitting.withUnsafeBytes { readFile($0) }
        readHeader(input)
        readPeople(input)
    }

    private static func readFile(_ bytes: UnsafeRawBufferPointer) {
        do throws(WorkerError) {
            _ = try CheckpointFile.read(bytes) { (index, chunk) throws(WorkerError) in
                if index == 0 { readHeader(chunk) } else { readPeople(chunk) }
            }
        } catch {
            expect(error.code == .checkpoint && !error.description.isEmpty, "no words: \(error)")
        }
    }

    private static func readHeader(_ bytes: UnsafeRawBufferPointer) {
        guard let header = try? CheckpointHeader(bytes) else { return }
        var encoded = ByteBuffer()
        header.encode(into: &encoded)
        let again = try? CheckpointHeader(encoded.buffer)
        expect(again == header, "written and read: \(String(describing: again)), not \(header)")
        var engine = PartitionEngine(inputs: header.inputs, partition: header.partition, hashSeed: 1)
        do {
            try engine.restore(header.head)
            expect(false, "restored with rules that nobody knows")
        } catch {
            expect(!error.description.isEmpty, "no words")
        }
    }

    private static func readPeople(_ bytes: UnsafeRawBufferPointer) {
        var engine = PartitionEngine(inputs: ["events"], partition: 0, hashSeed: 1)
        do {
            try engine.restorePeople(bytes)
        } catch {
            expect(!error.description.isEmpty, "no words")
        }
        engine.finishRestore(exactFromSeq: 1)
    }

    /// Gives every chunk that lies whole in the file, and the end, the checksum that belongs there.
    private static func fit(_ file: inout [UInt8]) {
        func length(at place: Int) -> Int { (0..<4).reduce(0) { $0 | Int(file[place + $1]) << (8 * $1) } }
        var place = 4
        var index: UInt64 = 0
        while place + 12 <= file.count {
            let count = length(at: place)
            if count == 0 {
                if place + 24 <= file.count { write(place + 4, 12, seed: 0, at: place + 16, &file) }
                return
            }
            guard place + 12 + count <= file.count else { return }
            write(place + 12, count, seed: index, at: place + 4, &file)
            place += 12 + count
            index += 1
        }
    }

    private static func write(_ start: Int, _ count: Int, seed: UInt64, at place: Int, _ file: inout [UInt8]) {
        let hash = file.withUnsafeBytes { beckon_hash64($0.baseAddress.unsafelyUnwrapped + start, count, seed) }
        for byte in 0..<8 { file[place + byte] = UInt8(truncatingIfNeeded: hash >> (8 * UInt64(byte))) }
    }
}
