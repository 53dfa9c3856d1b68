import BeckonService
import BeckonWorker
import Foundation
import Synchronization

/// Keeps what a worker logs.
final class LogCatcher: Sendable {
    private let lines = Mutex<[UInt8]>([])

    var output: LogOutput {
        LogOutput(level: .info, format: .text, clock: { 0 }, sink: { line in self.lines.withLock { $0 += line } })
    }
    var text: String { lines.withLock { String(decoding: $0, as: UTF8.self) } }
}

extension Worker {
    /// Why it ended by itself; nil when it has not in time.
    func awaitEnd(seconds: Double = 30) -> WorkerError? {
        let deadline = Date().addingTimeInterval(seconds)
        while endedBy == nil, Date() < deadline { usleep(10_000) }
        return endedBy
    }
}

extension WorkerStage {
    func awaitReady(_ worker: Worker, seconds: Double = 30) throws {
        try wait(seconds, "the worker is ready") {
            if let error = worker.endedBy { throw BrokenPromise("\(error)") }
            return worker.readiness == .ready
        }
    }

    /// Waits until the partition's journal has a record, and stands at least there.
    func awaitJournal(_ partition: Int32, positions: [Int64] = [], seconds: Double = 30) throws {
        try wait(seconds, "the journal of partition \(partition) stands at \(positions)") {
            guard let last = try self.journal(partition).last else { return false }
            return !zip(last.standing.positions, positions).contains { $0 < $1 }
        }
    }

    func wait(_ seconds: Double, _ what: String, until isTrue: () throws -> Bool) throws {
        let deadline = Date().addingTimeInterval(seconds)
        while try !isTrue() {
            if Date() > deadline { throw BrokenPromise("not within \(seconds) s: \(what)") }
            usleep(50_000)
        }
    }
}
