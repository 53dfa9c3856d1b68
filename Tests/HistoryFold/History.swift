import BeckonModel

/// A recorded history as text: rules, input records, journal records, and what the fold of them wrote.
///
/// A line each: `rules LINE`, `topic NAME PARTITION` (and `outcomes`, of the topic that has such), `record TOPIC OFFSET TIMESTAMP KEY VALUE`, `journal HEX`, and from
/// `fold` on what came of it. Bytes are printable ASCII, all others as `%41`; nothing at all is `-`.
public struct History {
    public struct Record {
        public let offset: Int64
        public let timestampMs: Int64
        public let key: [UInt8]?
        public let value: [UInt8]?

        public init(offset: Int64, timestampMs: Int64, key: [UInt8]?, value: [UInt8]?) {
            self.offset = offset
            self.timestampMs = timestampMs
            self.key = key
            self.value = value
        }
    }

    public struct Topic {
        public let name: String
        public let partition: Int32
        public let isOutcomes: Bool
        public var records: [Record]

        public init(name: String, partition: Int32, isOutcomes: Bool = false, records: [Record]) {
            self.name = name
            self.partition = partition
            self.isOutcomes = isOutcomes
            self.records = records
        }
    }

    public struct Malformed: Error { public let line: String }

    public var rules: String
    public var topics: [Topic]
    public var journal: [JournalRecord]
    /// What the fold wrote when it was recorded.
    public var fold: [String] = []

    public init(rules: String, topics: [Topic], journal: [JournalRecord]) {
        self.rules = rules
        self.topics = topics
        self.journal = journal
    }

    public init(text: String) throws {
        self.init(rules: "", topics: [], journal: [])
        var isFold = false
        for line in text.split(separator: "\n") {
            if isFold {
                fold.append(String(line))
            } else if line == "fold" {
                isFold = true
            } else {
                try read(line)
            }
        }
    }

    private mutating func read(_ line: Substring) throws {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        switch words[0] {
        case "rules": rules += line.dropFirst(6) + "\n"
        case "topic" where words.count == 3 || words.count == 4 && words[3] == "outcomes":
            topics.append(
                Topic(
                    name: String(words[1]), partition: Int32(words[2])!, isOutcomes: words.count == 4, records: []))
        case "record" where words.count == 6:
            guard let topic = Int(words[1]), topics.indices.contains(topic), let offset = Int64(words[2]),
                let time = Int64(words[3])
            else { throw Malformed(line: String(line)) }
            topics[topic].records.append(
                Record(
                    offset: offset, timestampMs: time, key: HistoryBytes.read(words[4]),
                    value: HistoryBytes.read(words[5])))
        case "journal" where words.count == 2:
            journal.append(try JournalRecord.decode(HistoryBytes.readHexadecimal(words[1])))
        default: throw Malformed(line: String(line))
        }
    }

    public var text: String {
        var lines = rules.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { "rules \($0)" }
        for topic in topics {
            lines.append("topic \(topic.name) \(topic.partition)" + (topic.isOutcomes ? " outcomes" : ""))
        }
        for (place, topic) in topics.enumerated() {
            lines += topic.records.map { record in
                "record \(place) \(record.offset) \(record.timestampMs) \(HistoryBytes.text(record.key)) \(HistoryBytes.text(record.value))"
            }
        }
        for record in journal {
            var bytes = ByteBuffer()
            record.encode(into: &bytes)
            lines.append("journal \(HistoryBytes.hexadecimal(bytes.bytes))")
        }
        return (lines + ["fold"] + fold).joined(separator: "\n") + "\n"
    }
}
