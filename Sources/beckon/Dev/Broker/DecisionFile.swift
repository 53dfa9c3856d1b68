import Glibc

/// Writes decisions and cancels to a file as they stand on their topic, one JSON object a line.
final class DecisionFile {
    private let path: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    private static let bufferBytesMax = 1 << 16

    /// Replaces what was there.
    init(_ path: String) throws(UserError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw UserError("The file \(path) cannot be written: \(String(cString: strerror(errno))).")
        }
    }

    deinit { close(descriptor) }

    func add(_ record: [UInt8]) throws(UserError) {
        buffer += record
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count >= Self.bufferBytesMax { try flush() }
    }

    /// Whatever is not in the file yet.
    func flush() throws(UserError) {
        var start = 0
        while start < buffer.count {
            let count = buffer.withUnsafeBytes { write(descriptor, $0.baseAddress! + start, $0.count - start) }
            if count > 0 {
                start += count
            } else if errno != EINTR {
                throw UserError("The file \(path) cannot be written: \(String(cString: strerror(errno))).")
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
