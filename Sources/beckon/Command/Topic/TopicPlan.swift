import BeckonKafka
import BeckonWorker

/// The topics that should be there and are not, as they are to be created.
struct TopicPlan {
    let events: [String]
    let own: BeckonTopics
    /// Of the events' topics that are to be created; nil: as many as those that are there.
    let partitionCount: Int32?
    /// -1: the cluster's default.
    let replicationFactor: Int32

    private static let dayMs: Int64 = 86_400_000
    static let decisionsRetentionMs = 7 * dayMs
    static let deadLettersRetentionMs = 28 * dayMs
    /// Longer than decisions and the longest retry.
    static let sendingRetentionMs = 14 * dayMs
    /// A rule set is one record: as large as the rules may be.
    static let environmentBytesMax = RuleFolder.bytesMax + (1 << 20)

    /// Small segments, cleaned early: a restore reads what is there, superseded or not. A partition's head names every rule.
    static let imageSettings = [
        "cleanup.policy": "compact", "segment.bytes": "67108864", "min.cleanable.dirty.ratio": "0.3",
        "max.message.bytes": String(environmentBytesMax),
    ]

    /// All that worker and sender need, in the order in which it is shown.
    var names: [String] { events + own.coPartitioned + own.sending + [own.environment] }

    /// - Throws: `UserError` when nothing says how many partitions there should be.
    func missing(from states: [String: TopicState]) throws(UserError) -> [TopicSpecification] {
        let missing = names.filter { states[$0] == nil }
        let hasCopartitioned = missing.contains { $0 != own.environment }
        let count = try hasCopartitioned ? partitions(states, missing) : 1
        return missing.map { name in
            TopicSpecification(
                name, partitionCount: name == own.environment ? 1 : count, replicationFactor: replicationFactor,
                settings: settings(name, states))
        }
    }

    /// As many as the events' topics have, where there are any: the rest follows them.
    private func partitions(_ states: [String: TopicState], _ missing: [String]) throws(UserError) -> Int32 {
        if let present = events.lazy.compactMap({ states[$0]?.description.partitionCount }).first { return present }
        if let partitionCount { return partitionCount }
        if let own = (own.coPartitioned + own.sending).lazy.compactMap({ states[$0]?.description.partitionCount }).first
        {
            return own
        }
        let topics = events.filter { missing.contains($0) }
        throw UserError(
            "\(topics.joined(separator: ", ")): \(topics.count == 1 ? "there is no such topic" : "there are no such topics") of "
                + "events, and nothing says how many partitions to create. Add `--partitions 12`, or another number: it "
                + "cannot change later without losing people's state, so take more than you need today.")
    }

    private func settings(_ name: String, _ states: [String: TopicState]) -> [String: String] {
        if name == own.environment {
            return ["cleanup.policy": "compact", "max.message.bytes": String(Self.environmentBytesMax)]
        }
        if name == own.images { return Self.imageSettings }
        if events.contains(name) { return ["cleanup.policy": "delete"] }
        return ["cleanup.policy": "delete", "retention.ms": String(retentionMs(name, states)), "retention.bytes": "-1"]
    }

    private func retentionMs(_ name: String, _ states: [String: TopicState]) -> Int64 {
        if name == own.deadLetters { return Self.deadLettersRetentionMs }
        if own.sending.contains(name) { return Self.sendingRetentionMs }
        guard name == own.journal else { return Self.decisionsRetentionMs }
        let inputs = events.compactMap { states[$0] }
        if inputs.contains(where: { $0.retentionMs == nil }) { return -1 }
        // Of topics that are only now being created, what they will have is not known: the journal outlives Kafka's week.
        return inputs.compactMap(\.retentionMs).max().map { max($0, Self.decisionsRetentionMs) } ?? -1
    }
}
