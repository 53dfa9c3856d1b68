import BeckonKafka

/// A consumer group with static members and the eager protocol, as its coordinator has it.
final class SimulatedGroup {
    final class Member {
        let id: Int
        let instance: String
        let topic: String
        /// Who acts for it.
        let consumer: SimulatedConsumer
        var lastBeatUs: Int64
        var hasJoined = false
        var assignment: [Int32] = []

        init(id: Int, instance: String, topic: String, _ consumer: SimulatedConsumer, nowUs: Int64) {
            self.id = id
            self.instance = instance
            self.topic = topic
            self.consumer = consumer
            lastBeatUs = nowUs
        }
    }

    private let cluster: SimulatedCluster
    private(set) var generation: Int32 = 0
    private(set) var members: [String: Member] = [:]
    /// Since when members are waited for; nil while all have what they have.
    private(set) var rebalancingSinceUs: Int64?
    var committed: [TopicPartition: Int64] = [:]
    private var nextMember = 1
    /// Everybody who has ever joined and is still there, member or not.
    private var consumers: [SimulatedConsumer] = []

    private static let sessionUs: Int64 = 10_000_000
    private static let rebalanceUs: Int64 = 60_000_000

    init(_ cluster: SimulatedCluster) { self.cluster = cluster }

    private var scheduler: Scheduler { cluster.scheduler }
    private var sorted: [Member] { members.values.sorted { $0.instance < $1.instance } }

    /// A member that comes, or comes back. One with the same instance takes the place of the one before, which is fenced;
    /// while nothing else happens he gets what that one had.
    func join(_ consumer: SimulatedConsumer, instance: String, topic: String) -> Member {
        let member = Member(id: nextMember, instance: instance, topic: topic, consumer, nowUs: scheduler.nowUs)
        nextMember += 1
        let last = members.updateValue(member, forKey: instance)
        if let last, rebalancingSinceUs == nil {
            member.assignment = last.assignment
            member.hasJoined = true
            consumer.wasAssigned(member, generation)
        } else {
            member.hasJoined = true
            rebalance()
        }
        return member
    }

    func rejoin(_ member: Member) {
        member.hasJoined = true
        completeIfAllJoined()
    }

    func isCurrent(_ member: Member) -> Bool { members[member.instance] === member }
    /// Somebody with the same instance has taken its place.
    func isReplaced(_ member: Member) -> Bool { members[member.instance].map { $0 !== member } ?? false }

    /// - Throws: what fences a commit.
    func prove(_ member: Member, _ generation: Int32) throws(KafkaError) {
        if isReplaced(member) {
            throw KafkaError(.fencedInstance, "\(member.instance) has another owner", requiresAbort: true)
        }
        guard isCurrent(member) else {
            throw KafkaError(.unknownMember, "\(member.instance) is no member", requiresAbort: true)
        }
        if generation != self.generation {
            throw KafkaError(
                .illegalGeneration, "generation \(generation) is over, \(self.generation) goes on", requiresAbort: true)
        }
    }

    func follow(_ consumer: SimulatedConsumer) { consumers.append(consumer) }
    func unfollow(_ consumer: SimulatedConsumer) { consumers.removeAll { $0 === consumer } }

    /// At the end of a run: nothing refers to anybody any more.
    func dissolve() {
        consumers = []
        members = [:]
    }

    private func rebalance() {
        if rebalancingSinceUs == nil {
            rebalancingSinceUs = scheduler.nowUs
            for member in sorted { member.hasJoined = member.consumer.ownsNothing }
        }
        for member in sorted { member.consumer.wake() }
        scheduler.after(us: 20_000) { [self] in completeIfAllJoined() }
    }

    private func completeIfAllJoined() {
        guard rebalancingSinceUs != nil, !members.isEmpty, members.values.allSatisfy(\.hasJoined) else { return }
        rebalancingSinceUs = nil
        generation += 1
        // As the range assignor does.
        let all = sorted
        let count = cluster.logs[all[0].topic]?.count ?? 0
        var next = 0
        for (place, member) in all.enumerated() {
            let share = count / all.count + (place < count % all.count ? 1 : 0)
            member.assignment = (next..<next + share).map { Int32($0) }
            next += share
            member.consumer.wasAssigned(member, generation)
        }
    }

    /// Now and then: hearts that beat, sessions that are over, members that do not come.
    func sweep() {
        var isMissingSome = false
        for member in sorted {
            let process = member.consumer.process
            if !process.isDead, !process.isStandingStill, !process.isCut, !member.consumer.isClosed {
                member.lastBeatUs = scheduler.nowUs
            }
            let isOverdue =
                rebalancingSinceUs.map { scheduler.nowUs - $0 > Self.rebalanceUs && !member.hasJoined } ?? false
            if scheduler.nowUs - member.lastBeatUs > Self.sessionUs || isOverdue {
                members[member.instance] = nil
                isMissingSome = true
            }
        }
        if isMissingSome, !members.isEmpty { rebalance() }
        completeIfAllJoined()
        for consumer in consumers { consumer.heartbeat() }
    }
}
