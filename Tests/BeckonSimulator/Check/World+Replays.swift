import BeckonWorker

/// Whoever comes after: the same state from the journal's beginning, and from the images. The worker itself compares the hash
/// of the state with its owner's, and ends when they differ.
extension World {
    func checkReplays() {
        for source in ["images", "journal"] where failures.isEmpty {
            // The sessions of those before must be over.
            _ = scheduler.run(untilUs: scheduler.nowUs + 20_000_000)
            let process = SimulatedProcess(cluster, SimulatedMachine(), name: "check")
            var configuration = plan.configuration("check", &random)
            configuration.stateDirectory = nil
            configuration.replayWindowMs = source == "journal" ? nil : 60_000
            let log = LifeLog(log, "check.\(source)")
            let life = Life(process, configuration, rules, log)
            lives[0] = life
            let isReady = scheduler.run(untilUs: scheduler.nowUs + 120_000_000) {
                life.failure != nil || life.worker.readiness == .ready && restored(log).count >= plan.partitionCount
            }
            if let failure = life.failure {
                fail("from the \(source): \(failure)")
            } else if !isReady {
                fail("from the \(source): not ready: \(life.worker.readiness)")
            }
            for line in restored(log) where !line.contains("restore.from=\(source)") {
                fail("not from the \(source): \(line)")
            }
            stopAll()
        }
    }

    private func restored(_ log: LifeLog) -> [String] { log.lines.filter { $0.contains("Partition restored") } }
}
