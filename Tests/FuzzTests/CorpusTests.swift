import Foundation
import Fuzz
import Testing

/// What fuzzing has found, and what it began with, in a build that checks exclusivity as well.
@Suite struct `Inputs kept by fuzzing` {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fuzz/Corpus")

    @Test(arguments: FuzzTarget.allCases) func `end in a value or in words`(target: FuzzTarget) throws {
        let folder = Self.folder.appending(path: target.rawValue)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(!files.isEmpty, "a target without inputs: \(target)")
        for file in files { try Data(contentsOf: file).withUnsafeBytes { target.run($0) } }
    }

    @Test(arguments: FuzzTarget.allCases) func `may be empty, or one byte`(target: FuzzTarget) {
        target.run(UnsafeRawBufferPointer(start: nil, count: 0))
        for byte in UInt8.min...UInt8.max { withUnsafeBytes(of: byte) { target.run($0) } }
    }
}
