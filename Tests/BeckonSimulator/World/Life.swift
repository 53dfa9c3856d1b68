import BeckonModel
import BeckonService
import BeckonWorker

/// A worker from its start to its end, in a process of its own.
final class Life: @unchecked Sendable {
    let process: SimulatedProcess
    let worker: Worker
    let log: LifeLog
    private let goodbye: SimulatedSemaphore
    private var startFailure: WorkerError?
    private(set) var hasStarted = false
    /// Asked to stop in order.
    private(set) var isStopping = false

    init(_ process: SimulatedProcess, _ configuration: WorkerConfiguration, _ rules: RuleSet, _ log: LifeLog) {
        self.process = process
        self.log = log
        goodbye = SimulatedSemaphore(process)
        var configuration = configuration
        configuration.host = process
        worker = Worker(
            configuration, rules: rules, clock: SimulatedWallClock(process: process), log: Log(log.output),
            metrics: Metrics())
        SimulatedThread(process).start { [self] in run() }
    }

    private func run() {
        do throws(WorkerError) { try worker.start() } catch { startFailure = error }
        hasStarted = true
        goodbye.wait()
        worker.stop()
    }

    /// Why it cannot go on; nil while it can.
    var failure: WorkerError? { startFailure ?? worker.endedBy }
    var hasEnded: Bool { hasStarted && process.hasEnded }

    func stop() {
        isStopping = true
        goodbye.signal()
    }

    func kill() {
        process.kill()
        goodbye.signal()
    }

    /// Goes over to other rules, as somebody asks it to.
    func use(_ rules: RuleSet) {
        SimulatedThread(process).start { [self] in try? worker.use(rules) }
    }
}

/// The lines of all lives of one run.
final class LifeLog: @unchecked Sendable {
    private(set) var lines: [String] = []
    /// Called with each line.
    var onLine: ((String) -> Void)?
    private let scheduler: Scheduler
    private let name: String
    private let shared: LifeLog?

    init(_ scheduler: Scheduler) {
        self.scheduler = scheduler
        name = ""
        shared = nil
    }

    init(_ shared: LifeLog, _ name: String) {
        scheduler = shared.scheduler
        self.name = name
        self.shared = shared
    }

    func add(_ line: String) {
        let seconds = Double(scheduler.nowUs) / 1e6
        lines.append("\(seconds) \(line)")
        if shared == nil { onLine?(lines[lines.count - 1]) }
        shared?.add("\(name): \(line)")
    }

    var output: LogOutput {
        LogOutput(
            level: .info, format: .text, clock: { 0 },
            sink: { [self] line in add(String(String(decoding: line, as: UTF8.self).dropFirst(25).dropLast())) })
    }
}
