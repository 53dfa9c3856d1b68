import Foundation
import Testing

@testable import beckon

@Suite struct `Dev run file` {
    @Test func `what is written is read by the same user, and removed by its run`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run.json"
        let run = DevRunFile(
            brokers: "127.0.0.1:5", topic: "events", pid: getpid(), recordTimestampMs: 4_102_444_799_999)
        try run.write(to: path)
        var status = stat()
        stat(path, &status)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(DevRunFile.read(from: path) == run)
        DevRunFile(brokers: "", topic: "", pid: 1).remove(at: path)
        #expect(DevRunFile.read(from: path) == run)
        run.remove(at: path)
        #expect(DevRunFile.read(from: path) == nil)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `a run whose process is gone is none`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run.json"
        let ended = Process()
        ended.executableURL = URL(fileURLWithPath: "/bin/true")
        try ended.run()
        ended.waitUntilExit()
        try DevRunFile(brokers: "b:1", topic: "events", pid: ended.processIdentifier).write(to: path)
        #expect(DevRunFile.read(from: path) == nil)
    }

    @Test func `a file that others can write or that is a link is not believed`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run.json"
        try DevRunFile(brokers: "b:1", topic: "events", pid: getpid()).write(to: path)
        chmod(path, 0o622)
        #expect(DevRunFile.read(from: path) == nil)
        chmod(path, 0o600)
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: path)
        #expect(DevRunFile.read(from: folder.path + "/link") == nil)
        #expect(DevRunFile.read(from: path) != nil)
    }

    @Test func `it lies in the user's runtime folder`() {
        #expect(DevRunFile.path(["XDG_RUNTIME_DIR": "/run/user/7"]) == "/run/user/7/beckon-dev-\(getuid()).json")
        #expect(DevRunFile.path(["XDG_RUNTIME_DIR": "relative"]).hasPrefix("/"))
        #expect(throws: UserError.self) {
            try DevRunFile(brokers: "", topic: "", pid: 1).write(to: "/nowhere/run.json")
        }
    }
}
