import BeckonModel
import CLZ4
import CXXHash
import Glibc

/// One checkpoint on disk.
///
/// *Wire form*: `BKC1`, then chunks: compressed length 32 bits, 64 bits of XXH3 over what follows (seeded by the chunk's
/// place, so that none can change places), an LZ4 frame with its content size. The first chunk is the header, the others
/// people; the last one is empty (length 0), followed by the last step any person may have seen (64 bits), the number of
/// chunks (32 bits) and 64 bits of XXH3 over these two.
package enum CheckpointFile {
    static let magic: [UInt8] = Array("BKC1".utf8)
    static let temporarySuffix = ".tmp"

    /// A file under a temporary name, until it is whole, on disk, and its steps are committed.
    final class Writer {
        private let temporary: String
        private let path: String
        private var descriptor: Int32
        private var chunkCount: UInt32 = 0
        private(set) var bytes = 0

        init(path: String) throws(WorkerError) {
            self.path = path
            temporary = path + CheckpointFile.temporarySuffix
            descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
            if descriptor < 0 { throw failed("creating") }
            try write(CheckpointFile.magic.withUnsafeBytes { Array($0) })
        }

        deinit { if descriptor >= 0 { discard() } }

        func append(_ chunk: UnsafeRawBufferPointer) throws(WorkerError) {
            var preferences = LZ4F_preferences_t()
            preferences.frameInfo.contentSize = UInt64(chunk.count)
            preferences.frameInfo.blockSizeID = LZ4F_max1MB
            let bound = LZ4F_compressFrameBound(chunk.count, &preferences)
            let frame = UnsafeMutableRawPointer.allocate(byteCount: bound, alignment: 16)
            defer { frame.deallocate() }
            let count = LZ4F_compressFrame(frame, bound, chunk.baseAddress, chunk.count, &preferences)
            precondition(LZ4F_isError(count) == 0, "LZ4 refuses a frame of its own bound")
            try write(UInt32(count))
            try write(beckon_hash64(frame, count, UInt64(chunkCount)))
            try write(UnsafeRawBufferPointer(start: frame, count: count))
            chunkCount += 1
        }

        /// Makes the file the newest checkpoint: written through, renamed, its folder written through.
        func publish(exactFromSeq: Int64) throws(WorkerError) {
            try write(UInt32(0))
            try write(CheckpointFile.trailer(exactFromSeq: exactFromSeq, chunkCount: chunkCount))
            if fsync(descriptor) != 0 { throw failed("writing through") }
            close(descriptor)
            descriptor = -1
            if rename(temporary, path) != 0 { throw failed("renaming") }
            let folder = open(String(path[..<path.lastIndex(of: "/")!]), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            if folder >= 0 {
                fsync(folder)
                close(folder)
            }
        }

        func discard() {
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
            unlink(temporary)
        }

        private func write<Integer: FixedWidthInteger>(_ value: Integer) throws(WorkerError) {
            let result: Result<Void, WorkerError> = withUnsafeBytes(of: value.littleEndian) { bytes in
                Result { () throws(WorkerError) in try write(bytes) }
            }
            try result.get()
        }

        private func write(_ bytes: [UInt8]) throws(WorkerError) {
            let result: Result<Void, WorkerError> = bytes.withUnsafeBytes { bytes in
                Result { () throws(WorkerError) in try write(bytes) }
            }
            try result.get()
        }

        private func write(_ bytes: UnsafeRawBufferPointer) throws(WorkerError) {
            var written = 0
            while written < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { throw failed("writing") }
                written += count
            }
            self.bytes += bytes.count
        }

        private func failed(_ action: String) -> WorkerError {
            WorkerError(.checkpoint, "\(action) \(temporary): \(String(cString: strerror(errno)))")
        }
    }

    /// What follows the chunks, with a checksum of its own: a wrong `exactFromSeq` would apply steps twice.
    private static func trailer(exactFromSeq: Int64, chunkCount: UInt32) -> [UInt8] {
        var buffer = ByteBuffer(capacity: 20)
        buffer.append(littleEndian: exactFromSeq)
        buffer.append(littleEndian: chunkCount)
        buffer.append(littleEndian: beckon_hash64(buffer.start, buffer.count, 0))
        return buffer.bytes
    }

    /// The header alone, of a file whose rest may be damaged.
    static func header(_ path: String) throws(WorkerError) -> CheckpointHeader {
        var header: CheckpointHeader?
        try mapped(path) { file throws(WorkerError) in
            var reader = BinaryReader(file)
            do {
                try readMagic(&reader)
                _ = try readChunk(0, &reader) { (_, chunk) throws(WorkerError) in
                    header = try CheckpointHeader(chunk)
                }
            } catch let error as WorkerError {
                throw error
            } catch {
                throw WorkerError(.checkpoint, "it ends within its header")
            }
        }
        guard let header else { throw WorkerError(.checkpoint, "it has no header") }
        return header
    }

    /// Reads a file chunk by chunk; the first is the header. Returns the last step any person may have seen.
    static func read(_ path: String, _ body: (Int, UnsafeRawBufferPointer) throws(WorkerError) -> Void)
        throws(WorkerError) -> Int64
    {
        var exactFromSeq: Int64 = 0
        try mapped(path) { file throws(WorkerError) in exactFromSeq = try read(file, body) }
        return exactFromSeq
    }

    private static func mapped(_ path: String, _ body: (UnsafeRawBufferPointer) throws(WorkerError) -> Void)
        throws(WorkerError)
    {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw WorkerError(.checkpoint, String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        fstat(descriptor, &status)
        let count = Int(status.st_size)
        guard count > magic.count, let base = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0),
            base != MAP_FAILED
        else {
            throw WorkerError(.checkpoint, "it is empty")
        }
        defer { munmap(base, count) }
        try body(UnsafeRawBufferPointer(start: base, count: count))
    }

    private static func readMagic(_ reader: inout BinaryReader) throws {
        guard try reader.bytes(magic.count).elementsEqual(magic) else {
            throw WorkerError(.checkpoint, "it does not begin with BKC1")
        }
    }

    /// Hands the next chunk over; false where there is none.
    private static func readChunk(
        _ index: Int, _ reader: inout BinaryReader, _ body: (Int, UnsafeRawBufferPointer) throws(WorkerError) -> Void
    ) throws -> Bool {
        let count = Int(try reader.integer(UInt32.self))
        if count == 0 { return false }
        let checksum = try reader.integer(UInt64.self)
        let frame = try reader.bytes(count)
        let found = beckon_hash64(frame.baseAddress, frame.count, UInt64(index))
        guard found == checksum else {
            throw WorkerError(
                .checkpoint,
                "chunk \(index): checksum: expected \(String(checksum, radix: 16)), found \(String(found, radix: 16))")
        }
        try decompress(frame, index, body)
        return true
    }

    package static func read(
        _ file: UnsafeRawBufferPointer, _ body: (Int, UnsafeRawBufferPointer) throws(WorkerError) -> Void
    ) throws(WorkerError) -> Int64 {
        var reader = BinaryReader(file)
        do {
            try readMagic(&reader)
            var index = 0
            while try readChunk(index, &reader, body) { index += 1 }
            let exactFromSeq = try reader.integer(Int64.self)
            let chunkCount = try reader.integer(UInt32.self)
            let checksum = try reader.integer(UInt64.self)
            guard
                trailer(exactFromSeq: exactFromSeq, chunkCount: chunkCount).suffix(8).elementsEqual(
                    withUnsafeBytes(of: checksum.littleEndian) { Array($0) })
            else { throw WorkerError(.checkpoint, "its end is damaged") }
            guard chunkCount == UInt32(index), reader.remaining == 0, index > 0 else { throw BinaryReader.Truncated() }
            return exactFromSeq
        } catch let error as WorkerError {
            throw error
        } catch {
            throw WorkerError(.checkpoint, "it is torn: it ends at byte \(reader.position)")
        }
    }

    private static func decompress(
        _ frame: UnsafeRawBufferPointer, _ index: Int, _ body: (Int, UnsafeRawBufferPointer) throws(WorkerError) -> Void
    ) throws(WorkerError) {
        var context: OpaquePointer?
        LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))
        defer { LZ4F_freeDecompressionContext(context) }
        var information = LZ4F_frameInfo_t()
        var headerCount = frame.count
        let hint = LZ4F_getFrameInfo(context, &information, frame.baseAddress, &headerCount)
        guard LZ4F_isError(hint) == 0, information.contentSize <= 64 << 20 else {
            throw WorkerError(.checkpoint, "chunk \(index) is damaged")
        }
        let capacity = Int(information.contentSize)
        let output = UnsafeMutableRawPointer.allocate(byteCount: max(capacity, 1), alignment: 16)
        defer { output.deallocate() }
        var produced = 0
        var consumed = headerCount
        var left = hint
        while left != 0 {
            var outputCount = capacity - produced
            var inputCount = frame.count - consumed
            if inputCount == 0 { break }
            left = LZ4F_decompress(
                context, output + produced, &outputCount, frame.baseAddress! + consumed, &inputCount, nil)
            if LZ4F_isError(left) != 0 {
                throw WorkerError(.checkpoint, "chunk \(index): \(String(cString: LZ4F_getErrorName(left)))")
            }
            // A damaged frame may want more room than it said, for ever.
            if outputCount == 0, inputCount == 0 { break }
            produced += outputCount
            consumed += inputCount
        }
        guard left == 0, produced == capacity, consumed == frame.count else {
            throw WorkerError(.checkpoint, "chunk \(index) is not as long as it says")
        }
        try body(index, UnsafeRawBufferPointer(start: output, count: produced))
    }
}
