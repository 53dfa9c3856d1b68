import Foundation

/// Kills what a fixture has started and removes its folder when this process is gone, however it went: a small shell that
/// waits for the end of a pipe whose other end only this process has.
final class Guardian: Sendable {
    private let writeEnd: Int32
    private let pid: pid_t

    init(folder: URL) throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0, fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0 else {
            throw KafkaFixtureError("no pipe: \(errno)")
        }
        writeEnd = ends[1]
        let script = """
            read -r line
            for file in "$0"/*/pid; do [ -f "$file" ] && kill -KILL "$(cat "$file")"; done
            sleep 0.2
            rm -rf "$0"
            """
        pid = try Spawn.run(["sh", "-c", script, folder.path], log: nil, input: ends[0])
        close(ends[0])
    }

    deinit {
        close(writeEnd)
        waitpid(pid, nil, 0)
    }
}
