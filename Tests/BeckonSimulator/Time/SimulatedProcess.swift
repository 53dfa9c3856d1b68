import BeckonKafka
import BeckonModel
import BeckonWorker
import Oracle

/// A process of a simulated machine: what a worker has instead of the real one.
///
/// A killed one is not torn down: every call it makes from then on fails at once and has no effect, until its threads have
/// come to their ends. That is what nobody outside can tell from a kill.
final class SimulatedProcess: WorkerHost, @unchecked Sendable {
    let scheduler: Scheduler
    let cluster: SimulatedCluster
    let machine: SimulatedMachine
    let name: String
    var threads: [SimulatedThread] = []
    private(set) var isDead = false
    /// By SIGSTOP, or a machine that does not get to it.
    var standsStillUntilUs: Int64?
    /// Its connections are cut.
    var isCutUntilUs: Int64 = 0
    /// What the time of a dead process has run ahead.
    private var aheadMs: Int64 = 0
    private var threadCount = 0

    init(_ cluster: SimulatedCluster, _ machine: SimulatedMachine, name: String) {
        scheduler = cluster.scheduler
        self.cluster = cluster
        self.machine = machine
        self.name = name
    }

    func takeThreadNumber() -> Int {
        threadCount += 1
        return threadCount
    }

    var isCut: Bool { isCutUntilUs > scheduler.nowUs }
    var isStandingStill: Bool { (standsStillUntilUs ?? 0) > scheduler.nowUs }

    func kill() {
        isDead = true
        for thread in threads where !thread.isFinished { scheduler.wake(thread, us: 0) }
    }

    var hasEnded: Bool { threads.allSatisfy(\.isFinished) }

    func reap() {
        for thread in threads { thread.reap() }
        threads = []
    }

    // MARK: WorkerHost

    func clients(_ configuration: WorkerConfiguration) -> any KafkaClients { SimulatedClients(self) }
    var clock: any MonotonicClock { ProcessClock(process: self) }
    var disk: any Disk { SimulatedDisk(self) }
    func makeThread() -> any HostThread { SimulatedThread(self) }
    func makeSemaphore() -> any HostSemaphore { SimulatedSemaphore(self) }
    /// A crash would be everybody's.
    var notesCrashes: Bool { false }
    func randomSeed() -> UInt64 { scheduler.random.next() }

    /// A little work, a call to a broker and back: time passes for the thread that calls.
    func pass(us: Int64) { scheduler.block(us: isDead ? 50 : us) }

    private struct ProcessClock: MonotonicClock {
        let process: SimulatedProcess

        func now() -> Duration { .microseconds(process.scheduler.nowUs + process.aheadMs * 1_000) }

        func sleep(milliseconds: Int) {
            if process.isDead { process.aheadMs += Int64(milliseconds) }
            process.pass(us: Int64(milliseconds) * 1_000)
        }
    }
}

/// What outlives processes: a disk, and a clock that may be wrong.
final class SimulatedMachine: @unchecked Sendable {
    var files = SimulatedFiles()
    /// By which its wall clock is off, milliseconds.
    var skewMs: Int64 = 0
}

/// The time of day on a machine.
struct SimulatedWallClock: WallClock {
    let process: SimulatedProcess
    func nowMs() -> Milliseconds {
        process.cluster.beginMs + process.scheduler.nowMs + process.machine.skewMs
    }
}

extension SplitMix64 {
    mutating func microseconds(upTo bound: Int64) -> Int64 { bound <= 0 ? 0 : Int64(next() % UInt64(bound + 1)) }
    mutating func number(below bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func happens(percent: Int) -> Bool { number(below: 100) < percent }
    mutating func one<Element>(of values: [Element]) -> Element { values[number(below: values.count)] }
}
