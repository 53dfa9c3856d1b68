import BeckonModel
import BeckonService
import Synchronization

/// Restores partitions one after another on a thread of its own, so that the worker's thread goes on polling and serving.
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
    }

    private final class Shared: Sendable {
        let state = Mutex(State())
        let signal = Semaphore()
    }

    private let shared = Shared()
    private let thread = WorkThread()

    init(_ configuration: WorkerConfiguration, partitionCount: Int32, log: Log<WorkerLogKey>) {
        let shared = shared
        let thread = thread
        thread.start { Self.run(shared, thread, configuration, partitionCount, log) }
    }

    /// Asks for partitions; requests of an older generation are given up.
    func request(_ partitions: [Int32], parked: [Int32: PartitionTask], generation: Int) {
        let requests = partitions.map {
            Request(generation: generation, partition: $0, parked: parked[$0].map(UncheckedBox.init))
        }
        shared.state.withLock {
            $0.generation = generation
            $0.requests = requests
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
        thread.cancel()
        shared.signal.signal()
        thread.join()
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
                log.warning("Restoring again", [.partition: Int(request.partition), .error: error.description])
                sleepMs(200)
            }
        }
    }

    private static func run(
        _ shared: Shared, _ thread: WorkThread, _ configuration: WorkerConfiguration, _ partitionCount: Int32,
        _ log: Log<WorkerLogKey>
    ) {
        while true {
            shared.signal.wait()
            if thread.isCancelled { return }
            let request: Request? = shared.state.withLock { $0.requests.isEmpty ? nil : $0.requests.removeFirst() }
            guard let request else { continue }
            let restorer = Restorer(configuration: configuration, partitionCount: partitionCount, log: log) {
                thread.isCancelled || shared.state.withLock { $0.generation != request.generation }
            }
            let result = restore(request, restorer, log)
            shared.state.withLock {
                $0.restored.append(
                    Restored(generation: request.generation, partition: request.partition, result: result))
            }
        }
    }
}
