import Foundation

/// Starts programs.
public enum Spawn {
    /// glibc's POSIX_SPAWN_SETSID, which its headers show to GNU sources only.
    private static let newSession: Int16 = 0x80

    /// - Parameters:
    ///   - words: the program, found on PATH, and its arguments.
    ///   - log: where its output goes; /dev/null without one.
    ///   - input: a file descriptor that becomes its standard input; /dev/null without one.
    public static func run(_ words: [String], log: URL?, input: Int32? = nil) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 1, log?.path ?? "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A session of its own: a Ctrl-C at the tests must not reach it before its guardian does.
        posix_spawnattr_setflags(&attributes, newSession)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, words[0], &actions, &attributes, &arguments, environ)
        if code != 0 { throw KafkaFixtureError("\(words[0]) could not be started: \(String(cString: strerror(code)))") }
        return pid
    }
}
