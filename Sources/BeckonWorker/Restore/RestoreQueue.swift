import BeckonModel
import BeckonService
import Synchronization

/// Restores partitions, a few at a time, on threads of its own, so that the worker's thread goes on polling and serving.
final class RestoreQueue: Sendable {
    private struct Request: Sendable {
        let generation: Int
        let partition: Int32
        let parked: UncheckedBox<PartitionTask>?
    }

    /// A task that was handed over: whoever takes it is alone with it.
    struct Restored: Sendable {
        let generation: Int
        let partition: Int32
        let result: Result<UncheckedBox<PartitionTask>, WorkerError>
    }

    private struct State {
        var requests: [Request] = []
        var restored: [Restored] = []
        var generation = 0
        /// Of this generation.
        var wantedCount = 0
        var doneCount = 0
    }

    private final class Shared: Sendable {
        let state = Mutex(State())
        let signal: any HostSemaphore

        init(_ host: any WorkerHost) { signal = host.makeSemaphore() }

        func count(_ generation: Int) -> (done: Int, of: Int) {
            state.withLock {
                if $0.generation == generation { $0.doneCount += 1 }
                return ($0.doneCount, $0.wantedCount)
            }
        }
    }

    private let shared: Shared
    private let threads: [any HostThread]

    /// Most of it is waiting for brokers. Each restore may hold what its replay has fetched ahead: hence few.
    private static let threadCountMax = 4
    /// Over all worker threads.
    private static let allThreadsMax = 8

    init(_ configuration: WorkerConfiguration, partitionCount: Int32, log: Log<WorkerLogKey>) {
        let shared = Shared(configuration.host)
        self.shared = shared
        let count = min(
            Self.threadCountMax, max(1, Self.allThreadsMax / configuration.threadCount), Int(partitionCount))
        threads = (0..<count).map { _ in configuration.host.makeThread() }
        for thread in threads {
            thread.start { Self.run(shared, thread, configuration, partitionCount, log) }
        }
    }

    /// Asks for partitions; requests of an older generation are given up.
    func request(_ partitions: [Int32], parked: [Int32: PartitionTask], generation: Int) {
        let requests = partitions.map {
            Request(generation: generation, partition: $0, parked: parked[$0].map(UncheckedBox.init))
        }
        shared.state.withLock {
            $0.generation = generation
            $0.requests = requests
            $0.wantedCount = requests.count
            $0.doneCount = 0
        }
        for _ in requests { shared.signal.signal() }
    }

    func take() -> [Restored] {
        shared.state.withLock { state in
            defer { state.restored = [] }
            return state.restored
        }
    }

    func stop() {
        for thread in threads { thread.cancel() }
        for _ in threads { shared.signal.signal() }
        for thread in threads { thread.join() }
    }

    /// Kafka's troubles pass: they are waited out for as long as the partition is wanted.
    private static func restore(
        _ request: Request, _ restorer: Restorer, _ log: Log<WorkerLogKey>
    ) -> Result<UncheckedBox<PartitionTask>, WorkerError> {
        while true {
            do throws(WorkerError) {
                return .success(UncheckedBox(try restorer.restore(request.partition, parked: request.parked?.value)))
            } catch {
                if error.code != .kafka { return .failure(error) }
                if restorer.isCancelled() { return .failure(WorkerError(.stopped, "stopped while restoring")) }
                restorer.readers.close()
                log.warning("Restoring again", [.partition: Int(request.partition), .error: error.description])
                restorer.readers.configuration.host.clock.sleep(milliseconds: 200)
            }
        }
    }

    private static func run(
        _ shared: Shared, _ thread: any HostThread, _ configuration: WorkerConfiguration, _ partitionCount: Int32,
        _ log: Log<WorkerLogKey>
    ) {
        let readers = LogReaders(configuration)
        defer { readers.close() }
        while true {
            shared.signal.wait()
            if thread.isCancelled { return }
            let request: Request? = shared.state.withLock { $0.requests.isEmpty ? nil : $0.requests.removeFirst() }
            guard let request else { continue }
            let restorer = Restorer(
                readers, partitionCount: partitionCount, log: log,
                isCancelled: {
                    thread.isCancelled || shared.state.withLock { $0.generation != request.generation }
                }, count: { shared.count(request.generation) })
            let result = restore(request, restorer, log)
            let isLast = shared.state.withLock {
                $0.restored.append(
                    Restored(generation: request.generation, partition: request.partition, result: result))
                return $0.requests.isEmpty
            }
            // Until the next assignment, which may be days away.
            if isLast { readers.close() }
        }
    }
}
