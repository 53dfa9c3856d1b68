import Dispatch
import Foundation
import Synchronization

/// The end of a partition's log, with the time before which the question was sent.
public struct EndOfLog: Sendable, Equatable {
    /// By the caller's clock, read before the request: everything written by then lies below the high watermark.
    public let askedAtWallMs: Int64
    public let highWatermark: Int64

    public init(askedAtWallMs: Int64, highWatermark: Int64) {
        self.askedAtWallMs = askedAtWallMs
        self.highWatermark = highWatermark
    }
}

/// Asks for high watermarks on a thread of its own, so that the worker never waits for them.
///
/// It asks only for what is wanted, once for each time it is wanted, and at most every so many milliseconds. A question
/// that fails leaves no result and is counted; whoever still needs it asks again.
///
/// Sendable: everything that changes is in a mutex; the consumer lives on the probe's thread alone.
public final class ClockProbe: EndProbe {
    private struct Mailbox {
        var wanted: Set<TopicPartition> = []
        var results: [TopicPartition: EndOfLog] = [:]
        var failureCount = 0
        var lastError: KafkaError?
        var isClosed = false
    }

    private let mailbox = Mutex(Mailbox())
    private let wake = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let wallMs: @Sendable () -> Int64
    private let intervalMs: Int32
    private let timeoutMs: Int32

    /// Most partitions wanted at once; a worker thread has far fewer.
    public static let wantedCountMax = 10_000

    /// - Parameters:
    ///   - configuration: with the role `clockProbe`.
    ///   - intervalMs: the shortest time between two questions.
    ///   - timeoutMs: of one question.
    ///   - wallMs: the wall clock in milliseconds since 1970.
    public init(
        _ configuration: KafkaConfiguration, intervalMs: Int32 = 10, timeoutMs: Int32 = 1_000,
        wallMs: @escaping @Sendable () -> Int64
    ) throws(KafkaError) {
        precondition(configuration.role == .clockProbe, "\(configuration.role) does not see high watermarks")
        self.wallMs = wallMs
        self.intervalMs = intervalMs
        self.timeoutMs = timeoutMs
        // Safe: made here to throw here, and used by the thread alone.
        nonisolated(unsafe) let handle = try KafkaHandle(configuration)
        Thread.detachNewThread { [self] in run(handle) }
    }

    /// Adds partitions to the next question.
    public func want(_ partitions: [TopicPartition]) {
        let isNew = mailbox.withLock { box in
            let isFirst = box.wanted.isEmpty
            box.wanted.formUnion(partitions)
            precondition(box.wanted.count <= Self.wantedCountMax, "\(box.wanted.count) partitions are wanted at once")
            return isFirst && !box.wanted.isEmpty
        }
        if isNew { wake.signal() }
    }

    /// The answers since the last call, the newest for each partition.
    public func take() -> [TopicPartition: EndOfLog] {
        mailbox.withLock { box in
            defer { box.results.removeAll(keepingCapacity: true) }
            return box.results
        }
    }

    /// Questions that had no answer, for one partition or all.
    public var failureCount: Int { mailbox.withLock { $0.failureCount } }
    /// The newest of them.
    public var lastError: KafkaError? { mailbox.withLock { $0.lastError } }

    /// Ends the thread. Returns when it is gone or the time is up.
    @discardableResult
    public func close(deadlineMs: Int32 = 5_000) -> Bool {
        mailbox.withLock { $0.isClosed = true }
        wake.signal()
        defer { ended.signal() }
        return ended.wait(timeout: .now() + .milliseconds(Int(deadlineMs))) == .success
    }

    // MARK: The thread

    private func run(_ handle: KafkaHandle) {
        while true {
            wake.wait()
            let (partitions, isClosed) = mailbox.withLock { box in
                defer { box.wanted.removeAll(keepingCapacity: true) }
                return (Array(box.wanted), box.isClosed)
            }
            if isClosed { break }
            if partitions.isEmpty { continue }
            ask(handle, partitions)
            handle.poll(timeoutMs: 0)
            Thread.sleep(forTimeInterval: Double(intervalMs) / 1_000)
        }
        handle.close(deadlineMs: KafkaHandle.closeDeadlineMs)
        ended.signal()
    }

    private func ask(_ handle: KafkaHandle, _ partitions: [TopicPartition]) {
        let askedAt = wallMs()
        let list = TopicPartitionList(partitions, offset: TopicPartitionOffset.end)
        do throws(KafkaError) {
            try list.askForOffsets(handle, timeoutMs: timeoutMs)
            let ends = list.offsets
            mailbox.withLock { box in
                for end in ends {
                    box.results[end.topicPartition] = EndOfLog(askedAtWallMs: askedAt, highWatermark: end.offset)
                }
            }
            try list.checkElements("asking for the end")
        } catch {
            mailbox.withLock { box in
                box.failureCount += 1
                box.lastError = error
            }
        }
    }
}
