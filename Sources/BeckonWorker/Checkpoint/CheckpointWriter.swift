import BeckonKafka
import BeckonModel
import Glibc
import Synchronization

/// Compresses and writes checkpoints on a thread of its own, in the order in which they come; bounded.
final class CheckpointWriter: Sendable {
    enum Work: Sendable {
        case begin(id: Int, path: String)
        case chunk(id: Int, [UInt8])
        /// After the commit of `exactFromSeq` was confirmed.
        case publish(id: Int, CheckpointFolder, exactFromSeq: Int64)
        case abandon(id: Int)
    }

    struct Outcome: Sendable {
        let id: Int
        let bytes: Int
        let failure: WorkerError?
    }

    private struct State {
        var queue: [Work] = []
        var queuedBytes = 0
        var outcomes: [Outcome] = []
        var nextId = 0
        var isBusy = false
    }

    static let queuedBytesMax = 16 << 20

    /// What the owner and the writing thread share.
    private final class Shared: Sendable {
        let state = Mutex(State())
        let signal: any HostSemaphore

        init(_ host: any WorkerHost) { signal = host.makeSemaphore() }
    }

    private let shared: Shared
    private let thread: any HostThread
    private let clock: any MonotonicClock

    init(_ host: any WorkerHost) {
        shared = Shared(host)
        thread = host.makeThread()
        clock = host.clock
        // A process's limit of file size is an error of the write like a full disk, not the worker's end.
        signal(SIGXFSZ, SIG_IGN)
        let shared = shared
        let thread = thread
        let disk = host.disk
        thread.start { Self.run(shared, thread, disk) }
    }

    func takeId() -> Int {
        shared.state.withLock {
            $0.nextId += 1
            return $0.nextId
        }
    }

    /// Whether another chunk may be handed in; a walk waits otherwise.
    var hasRoom: Bool { shared.state.withLock { $0.queuedBytes < Self.queuedBytesMax } }

    func add(_ work: Work) {
        shared.state.withLock {
            if case .chunk(_, let bytes) = work { $0.queuedBytes += bytes.count }
            $0.queue.append(work)
        }
        shared.signal.signal()
    }

    func takeOutcomes() -> [Outcome] {
        shared.state.withLock { state in
            defer { state.outcomes = [] }
            return state.outcomes
        }
    }

    /// Waits until everything handed in is done.
    func drain() {
        while shared.state.withLock({ !$0.queue.isEmpty || $0.isBusy }) { clock.sleep(milliseconds: 1) }
    }

    func stop() {
        drain()
        thread.cancel()
        shared.signal.signal()
        thread.join()
    }

    private static func run(_ shared: Shared, _ thread: any HostThread, _ disk: any Disk) {
        var files: [Int: CheckpointFile.Writer] = [:]
        while true {
            shared.signal.wait()
            if thread.isCancelled { return }
            let work: Work? = shared.state.withLock {
                if $0.queue.isEmpty { return nil }
                $0.isBusy = true
                return $0.queue.removeFirst()
            }
            guard let work else { continue }
            let outcome = perform(work, &files, disk)
            shared.state.withLock {
                $0.isBusy = false
                if case .chunk(_, let bytes) = work { $0.queuedBytes -= bytes.count }
                if let outcome { $0.outcomes.append(outcome) }
            }
        }
    }

    private static func perform(_ work: Work, _ files: inout [Int: CheckpointFile.Writer], _ disk: any Disk)
        -> Outcome?
    {
        do throws(WorkerError) {
            switch work {
            case .begin(let id, let path):
                files[id] = try CheckpointFile.Writer(path: path, on: disk)
            case .chunk(let id, let bytes):
                guard let file = files[id] else { return nil }
                let result: Result<Void, WorkerError> = bytes.withUnsafeBytes { bytes in
                    Result { () throws(WorkerError) in try file.append(bytes) }
                }
                try result.get()
            case .publish(let id, let folder, let exactFromSeq):
                guard let file = files.removeValue(forKey: id) else { return nil }
                try file.publish(exactFromSeq: exactFromSeq)
                folder.prune()
                return Outcome(id: id, bytes: file.bytes, failure: nil)
            case .abandon(let id): files.removeValue(forKey: id)?.discard()
            }
            return nil
        } catch {
            let id: Int
            switch work {
            case .begin(let number, _), .chunk(let number, _), .publish(let number, _, _), .abandon(let number):
                id = number
            }
            files.removeValue(forKey: id)?.discard()
            return Outcome(id: id, bytes: 0, failure: error)
        }
    }
}
