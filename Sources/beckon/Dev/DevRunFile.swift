import Foundation

/// Where a running `beckon dev` can be reached: a file that it writes and other commands read.
///
/// `beckon-dev-UID.json` in the user's `XDG_RUNTIME_DIR`, else in the temporary folder, readable by its user alone.
/// One that another user owns or could have written is not believed, nor one whose process is gone.
struct DevRunFile: Codable, Sendable, Equatable {
    /// `host:port` of the embedded broker.
    var brokers: String
    /// The topic that events go to.
    var topic: String
    /// Of the process that runs.
    var pid: Int32
    /// The record timestamp that senders of events should write, milliseconds since 1970; nil is the time of sending.
    ///
    /// With a virtual clock that is one in the far future, which the worker takes for its own present.
    var recordTimestampMs: Int64?

    /// - Parameter environment: of the process.
    static func path(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        let runtime = environment["XDG_RUNTIME_DIR"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let folder = URL(fileURLWithPath: runtime ?? NSTemporaryDirectory(), isDirectory: true)
        return folder.appendingPathComponent("beckon-dev-\(getuid()).json").path
    }

    /// Replaces what was there: of two that run, the one started last is found.
    /// - Throws: `UserError`, with the path.
    func write(to path: String = DevRunFile.path()) throws(UserError) {
        let temporary = "\(path).\(pid)"
        unlink(temporary)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw Self.failure("written", path) }
        let bytes = (try? JSONEncoder().encode(self)).map { Array($0) } ?? []
        let isWritten = Glibc.write(file, bytes, bytes.count) == bytes.count
        guard close(file) == 0, isWritten, rename(temporary, path) == 0 else {
            let error = Self.failure("written", path)
            unlink(temporary)
            throw error
        }
    }

    /// nil when no `beckon dev` of this user runs.
    static func read(from path: String = DevRunFile.path()) -> DevRunFile? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_uid == getuid(), status.st_mode & 0o077 == 0,
            status.st_mode & S_IFMT == S_IFREG
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: bytesMax)
        let count = Glibc.read(file, &bytes, bytes.count)
        guard count > 0, let run = try? JSONDecoder().decode(DevRunFile.self, from: Data(bytes[..<count])) else {
            return nil
        }
        return run.isRunning ? run : nil
    }

    /// Removes the file if it is still this run's.
    func remove(at path: String = DevRunFile.path()) {
        if Self.read(from: path)?.pid == pid { unlink(path) }
    }

    private static let bytesMax = 4_096

    private var isRunning: Bool { pid > 0 && (kill(pid, 0) == 0 || errno == EPERM) }

    private static func failure(_ verb: String, _ path: String) -> UserError {
        UserError("\(path) cannot be \(verb): \(String(cString: strerror(errno))).")
    }
}
