import BeckonKafka
import BeckonModel
import BeckonService
import CCrash
import Synchronization

/// What a worker thread lets others see and ask.
final class WorkerThread: Sendable {
    private let worker: Worker
    private let index: Int
    private let partitionCount: Int32
    private let thread: any HostThread
    private let status = Mutex<String?>("the worker is joining its group")

    init(worker: Worker, index: Int, partitionCount: Int32) {
        self.worker = worker
        self.index = index
        self.partitionCount = partitionCount
        thread = worker.configuration.host.makeThread()
    }

    func start() {
        thread.start { [self] in
            beckon_crash_watch_thread()
            do throws(WorkerError) {
                let loop = try WorkerLoop(
                    worker, index: index, partitionCount: partitionCount, isStopping: { self.thread.isCancelled }
                ) {
                    reason in self.status.withLock { $0 = reason }
                }
                try loop.run()
            } catch {
                if error.code == .stopped { return }
                worker.log.critical("Worker thread ended", [.thread: index, .error: error.description])
                worker.fail(error)
            }
        }
    }

    func requestStop() { thread.cancel() }
    func join() { thread.join() }

    /// nil while everything that is this thread's is restored.
    var notReadyReason: String? { status.withLock { $0 } }
}
