import Glibc

/// The two streams of a command: results on standard output, words about them on standard error.
enum Terminal {
    /// Ends the process quietly when the reader has gone away, as in `beckon decisions | head`.
    static func show(_ text: String) {
        write(text, STDOUT_FILENO)
    }

    static func complain(_ text: String) {
        write("beckon: " + text + "\n", STDERR_FILENO)
    }

    private static func write(_ text: String, _ descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = UnsafeBufferPointer(rebasing: rest)
                let count = Glibc.write(descriptor, piece.baseAddress, piece.count)
                if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { exit(1) }
            }
        }
    }
}
