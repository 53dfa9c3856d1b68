import BeckonKafka
import BeckonModel
import BeckonWorker
import Oracle

/// A fleet of workers, its Kafka and its people, for one run.
///
///     let failures = World(seed: 42).run()
public final class World {
    let plan: Plan
    let scheduler: Scheduler
    let cluster: SimulatedCluster
    let log: LifeLog
    var machines: [SimulatedMachine] = []
    /// By instance; nil while it is down.
    var lives: [Life?] = []
    /// Whether an instance is to be started again.
    var isWanted: [Bool] = []
    private var dying: [Life] = []
    private var lifeCount = 0
    private(set) var rules: RuleSet
    /// What did not hold, a sentence each.
    private(set) public var failures: [String] = []
    var random: SplitMix64
    var isHealed = false
    /// What a report is about: how much has happened.
    private(set) public var incidents: [String: Int] = [:]
    /// Decisions and the like that were compared.
    public internal(set) var lineCount = 0

    public init(seed: UInt64) {
        plan = Plan(seed: seed)
        scheduler = Scheduler(seed: seed &* 3)
        random = SplitMix64(seed: seed &* 5)
        cluster = SimulatedCluster(scheduler, beginMs: plan.beginMs)
        log = LifeLog(scheduler)
        rules = Self.read(plan.workload.yaml)
        cluster.faults = plan.faults
        makeTopics()
    }

    /// The lines of the workers' logs and what befell them.
    public var story: [String] { log.lines }
    /// Called with each of them.
    public func tell(_ body: @escaping (String) -> Void) { log.onLine = body }
    /// The same for the same seed.
    public var digest: UInt64 { scheduler.digest }
    public var virtualSeconds: Int { Int(scheduler.nowUs / 1_000_000) }
    var topics: BeckonTopics { BeckonTopics() }

    static func read(_ yaml: String) -> RuleSet {
        let reading = RuleSet.read([RuleSource(file: "rules.yaml", text: Array(yaml.utf8))])
        guard let rules = reading.ruleSet else { preconditionFailure("\(reading.diagnostics)\n\(yaml)") }
        return rules
    }

    private func makeTopics() {
        for topic in plan.workload.input.topics { cluster.create(topic.name, partitionCount: plan.partitionCount) }
        for name in topics.coPartitioned where name != topics.images {
            cluster.create(name, partitionCount: plan.partitionCount)
        }
        let compacted = ["cleanup.policy": "compact"]
        cluster.create(topics.images, partitionCount: plan.partitionCount, settings: compacted)
        cluster.create(topics.environment, partitionCount: 1, settings: compacted)
    }

    func fail(_ sentence: String) {
        failures.append(sentence)
        log.add("FAILURE: \(sentence)")
    }

    func note(_ incident: String, _ instance: Int? = nil) {
        incidents[incident, default: 0] += 1
        log.add("world: \(incident)\(instance.map { " w\($0)" } ?? "")")
    }

    // MARK: the run

    /// Everything that the seed has planned, then peace, then the checks.
    public func run() -> [String] { Processor.alone { runHere() } }

    private func runHere() -> [String] {
        for instance in 0..<plan.instanceCount {
            machines.append(SimulatedMachine())
            lives.append(nil)
            isWanted.append(false)
            scheduler.after(us: random.microseconds(upTo: 15_000_000)) { [self] in
                isWanted[instance] = true
                startIfDown(instance)
            }
        }
        scheduleEvents()
        scheduleIncidents()
        scheduleRuleChange()
        watch()
        _ = scheduler.run(untilUs: plan.lastEventUs + 30_000_000) { !failures.isEmpty }
        heal()
        awaitDrained()
        if failures.isEmpty { _ = scheduler.run(untilUs: scheduler.nowUs + plan.tailMs * 1_000) { !failures.isEmpty } }
        if failures.isEmpty { awaitDrained() }
        stopAll()
        if failures.isEmpty { checkOutputs() }
        if failures.isEmpty { checkReplays() }
        end()
        return failures
    }

    private func scheduleEvents() {
        for emission in plan.emissions {
            scheduler.after(us: emission.atUs) { [self] in
                let key = emission.record.key
                let partition: Int32
                if let key, !key.isEmpty {
                    partition = key.withUnsafeBytes { KeyPartitioner.partition(ofKey: $0, count: plan.partitionCount) }
                } else {
                    partition = Int32(random.number(below: Int(plan.partitionCount)))
                }
                _ = try? cluster.write(
                    OutgoingBytes(key: key, value: emission.record.value),
                    to: TopicPartition(emission.topic, partition), timestampMs: emission.record.timestamp)
            }
        }
    }

    private func scheduleRuleChange() {
        guard let later = plan.workload.laterYAML else { return }
        scheduler.after(us: random.microseconds(upTo: plan.lastEventUs)) { [self] in
            note("rules change")
            rules = Self.read(later)
            for life in lives { life?.use(rules) }
        }
    }

    // MARK: lives

    func startIfDown(_ instance: Int) {
        guard isWanted[instance], lives[instance] == nil else { return }
        lifeCount += 1
        let name = "w\(instance)"
        let process = SimulatedProcess(cluster, machines[instance], name: name)
        var configuration = plan.configuration(name, &random)
        if isHealed { configuration.timersPerStepMax = 4_096 }
        lives[instance] = Life(process, configuration, rules, LifeLog(log, "\(name).\(lifeCount)"))
    }

    /// The process ends without a word.
    func kill(_ instance: Int) {
        guard let life = lives[instance] else { return }
        life.kill()
        dying.append(life)
        lives[instance] = nil
    }

    func restart(_ instance: Int, within us: Int64) {
        scheduler.after(us: random.microseconds(upTo: us)) { [self] in startIfDown(instance) }
    }

    /// Coordinators and whoever starts workers again, once a second.
    private func watch() {
        scheduler.after(us: 1_000_000) { [self] in
            cluster.endOldTransactions()
            for name in cluster.groups.keys.sorted() { cluster.groups[name]!.sweep() }
            for instance in lives.indices {
                guard let life = lives[instance] else { continue }
                if life.failure != nil, !life.isStopping { judge(life, instance) }
                if life.hasEnded {
                    life.process.reap()
                    lives[instance] = nil
                    restart(instance, within: 5_000_000)
                }
            }
            dying.removeAll { life in
                if life.hasEnded { life.process.reap() }
                return life.hasEnded
            }
            watch()
        }
    }

    /// A worker may end by itself when another has taken its place, or Kafka does not answer; else it is a failure.
    private func judge(_ life: Life, _ instance: Int) {
        guard let error = life.failure else { return }
        if [.fenced, .kafka, .lost, .stopped].contains(error.code) {
            note("ended by itself: \(error.code.rawValue)", instance)
        } else {
            fail("w\(instance) ended: \(error.code.rawValue): \(error)")
        }
        life.stop()
    }

    // MARK: peace

    private func heal() {
        isHealed = true
        cluster.faults = SimulatedFaults()
        for instance in machines.indices {
            machines[instance].files.isFull = false
            lives[instance]?.process.isCutUntilUs = 0
            lives[instance]?.process.standsStillUntilUs = nil
            isWanted[instance] = true
            startIfDown(instance)
        }
        log.add("world: peace")
    }

    /// Lag returns to zero within ten minutes.
    private func awaitDrained() {
        let limit = scheduler.nowUs + 600_000_000
        while failures.isEmpty {
            if undrained() == nil { return }
            if scheduler.nowUs >= limit { return fail("after ten minutes of peace: \(undrained() ?? "")") }
            _ = scheduler.run(untilUs: scheduler.nowUs + 1_000_000) { !failures.isEmpty }
        }
    }

    private func undrained() -> String? {
        for life in lives {
            guard let life else { return "a worker is down" }
            if life.worker.readiness != .ready { return "\(life.process.name): \(life.worker.readiness)" }
        }
        for partition in 0..<plan.partitionCount {
            let journal = committed(topics.journal, partition)
            guard let bytes = journal.last?.value, let last = try? JournalRecord.decode(bytes) else {
                return "partition \(partition) has no journal"
            }
            for (input, topic) in plan.workload.input.topics.enumerated() {
                guard let end = committed(topic.name, partition).last?.offset else { continue }
                let position = last.standing.positions[input]
                if position <= end { return "\(topic.name)-\(partition) is read up to \(position) of \(end)" }
            }
        }
        return nil
    }

    func committed(_ topic: String, _ partition: Int32) -> [SimulatedLog.Record] {
        cluster.logs[topic]![Int(partition)].committed
    }

    func stopAll() {
        for instance in lives.indices {
            isWanted[instance] = false
            lives[instance]?.stop()
        }
        let isStopped = scheduler.run(untilUs: scheduler.nowUs + 300_000_000) { lives.allSatisfy { $0 == nil } }
        if !isStopped { fail("a worker does not stop") }
    }

    /// Whatever still lives is killed, so that no thread is left.
    private func end() {
        for instance in lives.indices {
            isWanted[instance] = false
            kill(instance)
        }
        let hasEnded = scheduler.run(untilUs: scheduler.nowUs + 3_600_000_000) { dying.isEmpty }
        if !hasEnded { fail("a killed worker's threads do not come to their ends") }
        for group in cluster.groups.values { group.dissolve() }
    }
}
