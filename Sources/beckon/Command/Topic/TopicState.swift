import BeckonKafka
import BeckonService

/// A topic as the cluster has it, with the settings that matter here.
struct TopicState: Sendable {
    let description: TopicDescription
    /// By Kafka's names, as they are in force. Empty where the cluster does not tell.
    let settings: [String: String]

    /// Whether old records are replaced by newer ones of the same key.
    var isCompacted: Bool { cleanup.contains("compact") }
    /// Whether old records are deleted.
    var isDeleted: Bool { cleanup.contains("delete") }
    private var cleanup: [Substring] {
        (settings["cleanup.policy"] ?? "delete").split(separator: ",").map { $0.drop { $0 == " " } }
    }

    /// nil: kept for ever, or so long that nobody will see it end.
    var retentionMs: Int64? { settings["retention.ms"].flatMap { Int64($0) }.flatMap { $0 < 0 ? nil : $0 } }
    /// nil: without limit.
    var retentionBytes: Int64? { settings["retention.bytes"].flatMap { Int64($0) }.flatMap { $0 < 0 ? nil : $0 } }

    /// `4 partitions, 3 copies, deleted after 7d`
    var words: String {
        let partitions = CountText.text(description.partitionCount, "partition")
        let copies = CountText.text(description.replicationFactor, "copy", "copies")
        return "\(partitions), \(copies), \(retention)"
    }

    private var retention: String {
        let compacted = isCompacted ? "compacted" : nil
        let deleted = isDeleted ? retentionMs.map { "deleted after \(Self.words($0))" } ?? "kept for ever" : nil
        return [compacted, deleted].compactMap { $0 }.joined(separator: " and ")
    }

    /// Milliseconds in the largest unit that divides them.
    static func words(_ milliseconds: Int64) -> String { DurationText.write(.milliseconds(milliseconds)) }
}
