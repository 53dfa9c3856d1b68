import Foundation
import Testing

@testable import BeckonWorker

@Suite struct `Checkpoint file` {
    /// A header, two chunks of people, of which one does not compress.
    static let chunks: [[UInt8]] = [
        Array("header".utf8), (0..<300).map { UInt8(truncatingIfNeeded: $0 / 7) },
        (0..<120).map { UInt8(truncatingIfNeeded: $0 &* 167 ^ $0 >> 3) },
    ]

    private static func written(exactFromSeq: Int64 = 77) throws -> [UInt8] {
        let path = NSTemporaryDirectory() + "checkpoint-\(UInt64.random(in: 0 ..< .max)).42"
        defer { unlink(path) }
        let writer = try CheckpointFile.Writer(path: path)
        for chunk in chunks { try chunk.withUnsafeBytes { try writer.append($0) } }
        #expect(!FileManager.default.fileExists(atPath: path))
        try writer.publish(exactFromSeq: exactFromSeq)
        return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private static func read(_ bytes: [UInt8]) throws -> (chunks: [[UInt8]], exactFromSeq: Int64) {
        var chunks: [[UInt8]] = []
        let seq = try bytes.withUnsafeBytes { bytes in
            try CheckpointFile.read(bytes) { (_, chunk) throws(WorkerError) in chunks.append(Array(chunk)) }
        }
        return (chunks, seq)
    }

    @Test func `gives back what was written`() throws {
        let found = try Self.read(Self.written(exactFromSeq: 1 << 40))
        #expect(found.chunks == Self.chunks && found.exactFromSeq == 1 << 40)
    }

    @Test func `is refused when any bit of it is flipped`() throws {
        let file = try Self.written()
        for place in file.indices {
            for bit in 0..<8 {
                var damaged = file
                damaged[place] ^= 1 << UInt8(bit)
                let found = try? Self.read(damaged)
                #expect(found == nil, "byte \(place) of \(file.count), bit \(bit)")
            }
        }
    }

    @Test func `is refused when torn at any length, or longer than it says`() throws {
        let file = try Self.written()
        for count in file.indices {
            #expect(throws: WorkerError.self, "\(count) of \(file.count) bytes") {
                try Self.read(Array(file[..<count]))
            }
        }
        #expect(throws: WorkerError.self) { try Self.read(file + [0]) }
    }

    @Test func `is not there before it is published, and nothing of it stays when given up`() throws {
        let folder = CheckpointFolder(
            stateDirectory: NSTemporaryDirectory() + "checkpoints-\(UInt64.random(in: 0 ..< .max))", group: "a b/c",
            inputs: ["x", "y"], partition: 3)
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        try folder.create()
        let writer = try CheckpointFile.Writer(path: folder.file(seq: 5))
        #expect(folder.files().isEmpty)
        writer.discard()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func `the last two that were written are kept, whatever their numbers`() throws {
        let folder = CheckpointFolder(
            stateDirectory: NSTemporaryDirectory() + "checkpoints-\(UInt64.random(in: 0 ..< .max))", group: "g",
            inputs: ["x"], partition: 0)
        let other = CheckpointFolder(
            stateDirectory: String(folder.path.dropLast(2)), group: "g", inputs: ["x"], partition: 1)
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        try folder.create()
        // The first is of a journal that is no more.
        for (place, seq) in [(9_000 as Int64), 10, 20, 30].enumerated() {
            try CheckpointFile.Writer(path: folder.file(seq: seq)).publish(exactFromSeq: seq)
            let date = Date(timeIntervalSinceNow: Double(place) - 100)
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: folder.file(seq: seq))
        }
        try CheckpointFile.Writer(path: other.file(seq: 1)).publish(exactFromSeq: 1)
        try Data([1]).write(to: URL(fileURLWithPath: folder.file(seq: 40) + ".tmp"))
        folder.prune()
        folder.removeHalfWritten()
        #expect(folder.files().map(\.seq) == [30, 20])
        #expect(other.files().map(\.seq) == [1])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 3)
    }
}
