import CCrash
import CMemory

/// The record that a partition's thread is applying, on a page of a file beside the checkpoints, and how often in a row
/// the process has crashed in it.
///
/// The page belongs to the kernel: what was written before a crash is there after it. Only signals that tell of the
/// thread's own doing are noted: a process that is killed from outside says nothing about the record at hand.
final class CrashMark {
    let pointer: UnsafeMutablePointer<beckon_mark>

    /// nil where the file cannot be made: then nothing is noted, and a record that crashes the process does so for ever.
    init?(path: String) {
        guard let pointer = beckon_mark_open(path) else { return nil }
        self.pointer = pointer
        beckon_mark_set(pointer, -1, 0)
        beckon_crash_watch()
    }

    deinit { beckon_mark_close(pointer) }

    struct Crashed: Equatable {
        let input: Int
        let offset: Int64
        /// In a row.
        let count: Int64
    }

    /// nil where the last life of the process did not crash in a record.
    var crashed: Crashed? {
        let mark = pointer.pointee
        guard mark.crash_count > 0 else { return nil }
        return Crashed(input: Int(mark.crashed_input), offset: mark.crashed_offset, count: mark.crash_count)
    }

    /// The record that has crashed the process twice, and is not to be applied again.
    var poison: Crashed? { crashed.flatMap { $0.count < 2 ? nil : $0 } }

    /// To be called once the partition stands there, committed.
    func passed(_ positions: [Int64]) {
        guard let crashed else { return }
        if crashed.input >= positions.count || crashed.offset < positions[crashed.input] {
            pointer.pointee.crash_count = 0
        }
    }

    /// From here to ``leave()`` a crash of this thread is noted.
    func enter() { beckon_crash_enter(pointer) }
    func leave() { beckon_crash_enter(nil) }
}
