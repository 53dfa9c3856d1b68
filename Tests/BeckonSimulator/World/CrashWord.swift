import Glibc
import Synchronization

/// Says which seed it was when the process traps in the middle of a run.
public enum CrashWord {
    private static let current = Atomic<UInt64>(0)

    /// The seed that runs.
    public static var seed: UInt64 {
        get { current.load(ordering: .relaxed) }
        set {
            current.store(newValue, ordering: .relaxed)
            for trap in [SIGILL, SIGTRAP, SIGABRT, SIGSEGV] {
                signal(trap) { number in
                    CrashWord.tell()
                    signal(number, SIG_DFL)
                    raise(number)
                }
            }
        }
    }

    private static func tell() {
        let text = "seed \(seed) ended the process; again: scripts/soak --from \(seed) --seeds 1\n"
        _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    }
}
