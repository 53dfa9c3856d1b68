import Foundation
import Glibc

/// The lines of a file or a pipe, one after another, as bytes.
struct ByteLines {
    private let file: FileHandle
    private let lineBytesMax: Int
    private var rest: [UInt8] = []
    /// Up to here there is no end of a line in `rest`.
    private var searched = 0
    private var isAtEnd = false
    /// Of the line that was handed out last, from 1.
    private(set) var number = 0

    private static let pieceBytes = 65_536

    init(_ file: FileHandle, lineBytesMax: Int) {
        self.file = file
        self.lineBytesMax = lineBytesMax
    }

    /// Without its end; nil behind the last one.
    /// - Throws: `UserError` for a line that is too long or cannot be read.
    mutating func next() throws(UserError) -> [UInt8]? {
        while true {
            if let end = rest[searched...].firstIndex(of: UInt8(ascii: "\n")) { return take(end, and: 1) }
            searched = rest.count
            if isAtEnd { return rest.isEmpty ? nil : take(rest.count, and: 0) }
            if rest.count > lineBytesMax {
                throw UserError("Line \(number + 1): is longer than \(lineBytesMax) bytes.")
            }
            try readMore()
        }
    }

    /// Passes over a line that is too long.
    mutating func skipLine() throws(UserError) {
        while true {
            if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                _ = take(end, and: 1)
                return
            }
            (rest, searched) = ([], 0)
            if isAtEnd { return }
            try readMore()
        }
    }

    /// What there is, without waiting for more: who writes a line may wait for its answer.
    private mutating func readMore() throws(UserError) {
        var piece = [UInt8](repeating: 0, count: Self.pieceBytes)
        var count = -1
        repeat {
            count = Glibc.read(file.fileDescriptor, &piece, piece.count)
        } while count < 0 && errno == EINTR
        guard count >= 0 else {
            throw UserError("Line \(number + 1): cannot be read: \(String(cString: strerror(errno))).")
        }
        isAtEnd = count == 0
        rest += piece[..<count]
    }

    private mutating func take(_ end: Int, and separator: Int) -> [UInt8] {
        let line = Array(rest[..<end])
        rest.removeFirst(end + separator)
        searched = 0
        number += 1
        return line
    }
}
