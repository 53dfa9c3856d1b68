import BeckonKafka

/// A consumer of the simulated cluster: a group member, or a reader on its own.
final class SimulatedConsumer: ConsumerClient {
    let process: SimulatedProcess
    let role: KafkaRole
    private(set) var isClosed = false
    var onRebalance: ((RebalanceEvent) -> Void)?
    private var fatal: KafkaError?
    private var driver: String?
    private var member: SimulatedGroup.Member?
    /// What the group has given, and nobody here has heard of yet.
    private var untold: (partitions: [Int32], generation: Int32)?
    /// What the owner has been told that it has.
    private var owned: [Int32]?
    private(set) var generation: Int32 = -1
    private var hasLost = false
    private var reading: [Reading] = []
    private var sleeper: SimulatedThread?
    private var emptyPollCount = 0

    private struct Reading {
        let log: SimulatedLog
        let topic: TopicIdentity
        var position: Int64
        var isEndTold = false
        var knownEnd: Int64?
        var isGone = false
    }

    init(_ process: SimulatedProcess, _ role: KafkaRole) {
        self.process = process
        self.role = role
    }

    private var scheduler: Scheduler { process.scheduler }
    private var cluster: SimulatedCluster { process.cluster }
    var clock: any MonotonicClock { process.clock }

    var fatalError: KafkaError? {
        process.isDead ? KafkaError(.closed, "killed", isFatal: true) : fatal
    }

    private var seesOpen: Bool {
        switch role {
        case .clockProbe, .uncommittedReader: true
        default: false
        }
    }

    // MARK: Group

    private var group: SimulatedGroup? {
        guard case .workerConsumer(let name, _) = role else { return nil }
        if let known = cluster.groups[name] { return known }
        let group = SimulatedGroup(cluster)
        cluster.groups[name] = group
        return group
    }

    func subscribe(toDriverTopic topic: String) throws(KafkaError) {
        driver = topic
        group?.follow(self)
        try join()
    }

    func takeAll(ofDriverTopic topic: String, timeoutMs: Int32) throws(KafkaError) {
        preconditionFailure("workers of a simulation have a group")
    }

    private func join() throws(KafkaError) {
        guard case .workerConsumer(_, let instance) = role, let driver, let group else { return }
        try process.call(timeoutMs: 60_000, "joining")
        member = group.join(self, instance: instance, topic: driver)
    }

    /// As the coordinator says; the owner is told when it consumes.
    func wasAssigned(_ member: SimulatedGroup.Member, _ generation: Int32) {
        untold = (member.assignment, generation)
        wake()
    }

    /// Has nothing that it would have to give up.
    var ownsNothing: Bool { owned == nil }
    var isAssignmentLost: Bool { hasLost }

    /// By the client's own thread, while the process runs.
    func heartbeat() {
        guard let member, let group, !isClosed, !process.isDead, !process.isStandingStill, fatal == nil else { return }
        if process.isCut {
            if scheduler.nowUs - member.lastBeatUs > 10_000_000 { hasLost = true }
        } else if group.isReplaced(member) {
            fatal = KafkaError(.fencedInstance, "another has the instance \(member.instance)", isFatal: true)
            wake()
        } else if !group.isCurrent(member) {
            hasLost = true
            wake()
        }
    }

    func proveMembership() throws(KafkaError) {
        guard let member, let group else { throw KafkaError(.state, "the consumer has no group") }
        try group.prove(member, generation)
    }

    private func serveGroup() throws(KafkaError) {
        guard let group, let member, fatal == nil else { return }
        if hasLost {
            untold = nil
            if let partitions = owned { onRebalance?(.revoked(partitions, lost: true)) }
            owned = nil
            follow([])
            hasLost = false
            if process.isCut { return }
            try join()
            return
        }
        if group.rebalancingSinceUs != nil, !member.hasJoined {
            untold = nil
            if let partitions = owned { onRebalance?(.revoked(partitions, lost: false)) }
            owned = nil
            follow([])
            if !process.isDead, group.isCurrent(member) { group.rejoin(member) }
        }
        if let (partitions, generation) = untold {
            untold = nil
            self.generation = generation
            // A member that comes back gets what it has: nothing changes for its owner.
            if owned != nil { onRebalance?(.revoked(owned ?? [], lost: true)) }
            owned = partitions
            onRebalance?(.assigned(partitions))
        }
    }

    // MARK: Assignment

    func assign(_ offsets: [TopicPartitionOffset]) throws(KafkaError) {
        if process.isDead { throw KafkaError(.closed, "killed", isFatal: true) }
        var new: [Reading] = []
        for offset in offsets {
            let log = try cluster.log(offset.topicPartition)
            let position: Int64 =
                switch offset.offset {
                case TopicPartitionOffset.beginning: log.low
                case TopicPartitionOffset.end: log.end
                default: offset.offset
                }
            new.append(Reading(log: log, topic: try cluster.identity(of: offset.topic), position: position))
        }
        follow(new)
    }

    private func follow(_ new: [Reading]) {
        for reading in reading { reading.log.followers.removeAll { $0 === self } }
        reading = new
        for reading in reading { reading.log.followers.append(self) }
    }

    func identity(ofTopic name: String) throws(KafkaError) -> TopicIdentity { try cluster.identity(of: name) }

    // MARK: Consuming

    func consumeBatch(max: Int, timeoutMs: Int32) throws(KafkaError) -> MessageBatch {
        if process.isDead || isClosed { throw KafkaError(.closed, "killed", isFatal: true) }
        try serveGroup()
        if process.isDead { throw KafkaError(.closed, "killed", isFatal: true) }
        if let fatal { return MessageBatch([MadeMessage.error(fatal.code, topic: nil, partition: -1, offset: -1)]) }
        var found = gather(max)
        if found.isEmpty {
            wait(timeoutMs)
            if process.isDead { throw KafkaError(.closed, "killed", isFatal: true) }
            found = gather(max)
        }
        if found.isEmpty { emptyPollCount += 1 } else { emptyPollCount = 0 }
        return MessageBatch(found)
    }

    /// A worker that has nothing to do is given the processor the more seldom: hours pass, and it still sees everything.
    private func wait(_ timeoutMs: Int32) {
        var us = Int64(timeoutMs) * 1_000
        if group != nil { us = min(us << min(emptyPollCount, 16), Self.idleUsMax) }
        guard let thread = scheduler.current else { preconditionFailure("nobody's thread consumes") }
        sleeper = thread
        thread.mayBeWoken = true
        scheduler.block(us: us)
        thread.mayBeWoken = false
        sleeper = nil
    }

    private static let idleUsMax: Int64 = 10_000_000

    func wake() {
        emptyPollCount = 0
        guard let thread = sleeper else { return }
        scheduler.wake(thread, us: scheduler.random.microseconds(upTo: cluster.faults.roundTripUs))
    }

    private func gather(_ max: Int) -> [Message] {
        if process.isCut || reading.isEmpty { return [] }
        var found: [Message] = []
        let start = scheduler.random.number(below: reading.count)
        for step in reading.indices {
            let place = (start + step) % reading.count
            // Fetches end anywhere.
            let most = scheduler.random.happens(percent: 30) ? 1 + scheduler.random.number(below: 5) : max
            take(&reading[place], min(most, max - found.count), into: &found)
        }
        return found
    }

    private func take(_ reading: inout Reading, _ most: Int, into found: inout [Message]) {
        let log = reading.log
        let limit = seesOpen ? log.end : log.lastStable
        reading.knownEnd = limit
        if reading.isGone || most <= 0 { return }
        if reading.position < log.low || reading.position > log.end {
            reading.isGone = true
            found.append(
                MadeMessage.error(
                    .offsetGone, topic: reading.topic, partition: log.place.partition, offset: reading.position))
            return
        }
        var count = 0
        var index = log.index(of: reading.position)
        while index < log.records.count, log.records[index].offset < limit, count < most {
            let record = log.records[index]
            index += 1
            reading.position = record.offset + 1
            if record.isControl || record.isAborted && !seesOpen { continue }
            reading.isEndTold = false
            count += 1
            found.append(
                MadeMessage.record(
                    topic: reading.topic, partition: log.place.partition, offset: record.offset,
                    timestampMs: record.timestampMs, key: record.key, value: record.value))
        }
        if count < most, !reading.isEndTold, reading.position >= limit {
            reading.isEndTold = true
            found.append(
                MadeMessage.error(
                    .partitionEnd, topic: reading.topic, partition: log.place.partition, offset: reading.position))
        }
    }

    // MARK: Ends

    func watermarks(of partition: TopicPartition, timeoutMs: Int32) throws(KafkaError) -> Watermarks {
        try process.call(timeoutMs: Int64(timeoutMs), "asking for the ends of \(partition)")
        let log = try cluster.log(partition)
        return Watermarks(low: log.low, end: seesOpen ? log.end : log.lastStable)
    }

    func knownEnd(of partition: TopicPartition) -> Int64? {
        reading.first { $0.log.place == partition }?.knownEnd
    }

    func endOffsets(of partitions: [TopicPartition], timeoutMs: Int32) throws(KafkaError) -> [TopicPartitionOffset] {
        try process.call(timeoutMs: Int64(timeoutMs), "asking for ends")
        var found: [TopicPartitionOffset] = []
        for place in partitions {
            let log = try cluster.log(place)
            found.append(
                TopicPartitionOffset(place.topic, place.partition, offset: seesOpen ? log.end : log.lastStable))
        }
        process.pass(us: scheduler.random.microseconds(upTo: cluster.faults.roundTripUs))
        return found
    }

    func close(deadlineMs: Int32) -> Bool {
        isClosed = true
        onRebalance = nil
        follow([])
        group?.unfollow(self)
        return true
    }
}
