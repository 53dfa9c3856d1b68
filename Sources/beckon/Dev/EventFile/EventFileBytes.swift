import Glibc

/// Reads a whole file, or says why not.
enum EventFileBytes {
    static let bytesMax = 1 << 30

    static func read(_ path: String) throws(UserError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw UserError("The file \(path) cannot be read: \(String(cString: strerror(errno))).")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            throw UserError("\(path) is a folder; `--events` takes files.")
        }
        guard status.st_size <= bytesMax else {
            throw UserError("The file \(path) is larger than 1 GiB; play it in parts.")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(status.st_size))
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        while bytes.count <= bytesMax {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count == 0 { return bytes }
            if count > 0 {
                bytes += piece[..<count]
            } else if errno != EINTR {
                throw UserError("The file \(path) cannot be read: \(String(cString: strerror(errno))).")
            }
        }
        throw UserError("The file \(path) is larger than 1 GiB; play it in parts.")
    }
}
