import Foundation
import KafkaFixture
import Oracle

/// Three workers and three brokers, and what is done to them.
final class AuditFleet {
    private let brokers: AuditBrokers
    private let workers: [AuditWorker]
    private var random: SplitMix64
    /// What comes when, for example the end of a pause.
    private var agenda: [(at: Date, action: () throws -> Void)] = []
    private var isSettling = false
    private var planned: (fault: AuditFault, isEarly: Bool)?
    private(set) var counts: [AuditFault: Int] = [:]
    private(set) var killCount = 0

    /// How long a worker that was asked to end may take, while a broker may be away.
    private static let endSecondsMax = 120.0

    init(_ stage: WorkerStage, _ brokers: AuditBrokers, rules: String, seed: UInt64) throws {
        self.brokers = brokers
        random = SplitMix64(seed: seed)
        workers = (1...3).map { AuditWorker($0, stage, rules: rules) }
        for worker in workers { try worker.start(&random) }
    }

    var record: AuditRecord {
        workers.reduce(into: AuditRecord()) { $0.add($1.record) }
    }

    var runningCount: Int { workers.count { !$0.isBusy && $0.process != nil } }

    /// Does what is due, and starts again who has ended by himself.
    func turn() throws {
        let now = Date()
        let due = agenda.filter { $0.at <= now }
        agenda.removeAll { $0.at <= now }
        for item in due { try item.action() }
        for worker in workers where !worker.isBusy && worker.hasEnded() { comeBack(worker, after: 0.5) }
        _ = try brokers.isWhole()
    }

    /// Does the next thing to somebody who is well. False when nobody is: then it is still the next thing.
    func inject() throws -> Bool {
        // Some are hit while they start or restore; the others have lived, however slow the machine is.
        let next = planned ?? (AuditFault.random(&random), random.next() % 4 == 0)
        planned = next
        let (fault, isEarly) = next
        let well = workers.filter { !$0.isBusy && (isEarly || $0.hasRestored) }
        switch fault {
        case .brokerKill, .brokerPause:
            let node = 1 + Int(random.next() % UInt64(brokers.cluster.nodeCount))
            let seconds = seconds(1, fault == .brokerKill ? 8 : 14)
            // For workers there is no need to wait until then.
            if try !brokers.isWhole() {
                planned = nil
                return false
            }
            brokers.fail(node: node, isKilled: fault == .brokerKill, seconds: seconds)
        case .killAll:
            if well.count < workers.count { return false }
            for worker in well { kill(worker) }
        case .kill, .terminate, .pause, .zombie:
            guard !well.isEmpty else { return false }
            let worker = well[Int(random.next() % UInt64(well.count))]
            if fault == .kill { kill(worker) } else { disturb(worker, fault) }
        }
        counts[fault, default: 0] += 1
        planned = nil
        return true
    }

    private func disturb(_ worker: AuditWorker, _ fault: AuditFault) {
        worker.isBusy = true
        switch fault {
        case .terminate:
            worker.signal(SIGTERM)
            awaitEnd(worker, until: Date().addingTimeInterval(Self.endSecondsMax))
        default:
            let session = AuditWorker.sessionSeconds
            let seconds = fault == .pause ? seconds(0.3, 4) : seconds(session + 1, session + 8)
            worker.signal(SIGSTOP)
            after(seconds) {
                worker.signal(SIGCONT)
                worker.isBusy = false
            }
        }
    }

    private func kill(_ worker: AuditWorker) {
        worker.kill()
        killCount += 1
        worker.choose(&random)
        // Mostly at once, so that the group has not noticed; or after its session.
        let wait = [0, 0, 0, seconds(0, 4), seconds(0, 4), AuditWorker.sessionSeconds + seconds(1, 4)]
        comeBack(worker, after: wait[Int(random.next() % UInt64(wait.count))])
    }

    private func awaitEnd(_ worker: AuditWorker, until deadline: Date) {
        after(0.1) { [unowned self] in
            if worker.hasEnded() {
                worker.choose(&random)
                comeBack(worker, after: seconds(0, 2))
            } else if Date() > deadline {
                throw BrokenPromise("asked to end, a worker has not: \(worker.process?.log.suffix(3_000) ?? "")")
            } else {
                awaitEnd(worker, until: deadline)
            }
        }
    }

    private func comeBack(_ worker: AuditWorker, after wait: Double) {
        worker.isBusy = true
        after(wait) { [unowned self] in
            try worker.start(&random, isLast: isSettling)
            worker.isBusy = false
        }
    }

    private func after(_ seconds: Double, _ action: @escaping () throws -> Void) {
        agenda.append((Date().addingTimeInterval(seconds), action))
    }

    private func seconds(_ least: Double, _ most: Double) -> Double {
        least + (most - least) * Double(random.next() % 1_000) / 1_000
    }

    /// Whether nothing is under way any more, and all are in their last life, in which nothing happens to them.
    func isSettled() throws -> Bool {
        guard try agenda.isEmpty && brokers.isWhole() else { return false }
        if isSettling { return true }
        isSettling = true
        for worker in workers { disturb(worker, .terminate) }
        return false
    }

    /// Asks all to end, and waits for it.
    func stop() throws {
        for worker in workers { worker.signal(SIGTERM) }
        let deadline = Date().addingTimeInterval(Self.endSecondsMax)
        while workers.contains(where: { !$0.hasEnded() }), Date() < deadline { usleep(50_000) }
        for worker in workers where worker.process != nil {
            throw BrokenPromise("asked to end, a worker has not: \(worker.process?.log.suffix(3_000) ?? "")")
        }
    }
}
