import Foundation
import Testing

@testable import beckon

@Suite struct `Rule folder` {
    func failure(_ path: String) -> String? {
        do throws(UserError) {
            _ = try RuleFolder.load(path)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `files come in the order of their paths' bytes, with relative names`() throws {
        let folder = try TemporaryFolder()
        for name in ["b.yaml", "a/z.yml", "B.yaml", "a.yaml", "a/notes.md", ".git/x.yaml", ".hidden.yaml"] {
            try folder.write(name, "# \(name)")
        }
        #expect(try RuleFolder.load(folder.path).sources.map(\.file) == ["B.yaml", "a.yaml", "a/z.yml", "b.yaml"])
        #expect(try RuleFolder.load(folder.path + "/").sources.count == 4)
    }

    @Test func `a file goes by its last name, wherever it lies`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("deep/rules.txt", "id: x")
        let sources = try RuleFolder.load(path).sources
        #expect(sources.map(\.file) == ["rules.txt"])
        #expect(sources.map(\.text) == [Array("id: x".utf8)])
    }

    @Test func `links are followed, as a config map needs it`() throws {
        let folder = try TemporaryFolder()
        try folder.write("..2026/cart.yaml", "id: x")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/cart.yaml", withDestinationPath: "..2026/cart.yaml")
        #expect(try RuleFolder.load(folder.path).sources.map(\.file) == ["cart.yaml"])
    }

    @Test func `a circle of links ends in words`() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.yaml", "id: x")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/again", withDestinationPath: ".")
        #expect(failure(folder.path)?.contains("a link in a circle?") == true)
    }

    @Test func `nothing to read is said in words`() throws {
        let folder = try TemporaryFolder()
        #expect(failure(folder.path)?.contains("has no rules") == true)
        #expect(failure(folder.path + "/none")?.hasPrefix("There is no file or folder") == true)
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/lost.yaml", withDestinationPath: "nowhere.yaml")
        #expect(failure(folder.path)?.contains("lost.yaml cannot be read: No such file or directory.") == true)
    }

    @Test func `too many files and too many bytes are refused`() throws {
        let folder = try TemporaryFolder()
        for number in 0...RuleFolder.filesMax { try folder.write("\(number).yaml", "") }
        #expect(failure(folder.path)?.contains("more than 1000 files") == true)
        let other = try TemporaryFolder()
        let path = try other.write("big.yaml", "")
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.truncate(atOffset: UInt64(RuleFolder.bytesMax) + 1)
        try file.close()
        #expect(failure(other.path)?.contains("more than 16 MiB") == true)
    }
}
