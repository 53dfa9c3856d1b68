import BeckonKafka
import BeckonSender
import Foundation
import KafkaFixture

/// Topics of a sender's own on a Kafka, decisions on them, and what senders have written.
final class SendStage {
    let kafka: RealKafka
    let partitionCount: Int32
    let group: String
    private(set) var topics = SenderTopics()
    private let producer: KafkaProducer
    private let folder = try! TemporaryFolder()

    init(_ kafka: RealKafka, partitionCount: Int32 = 4) throws {
        self.kafka = kafka
        self.partitionCount = partitionCount
        group = RealKafka.uniqueName("send")
        let made = try kafka.makeTopics(
            "decisions", "outcomes", "dead-letters", "ledger", "retries", partitionCount: partitionCount)
        topics.decisions = made[0]
        topics.outcomes = made[1]
        topics.deadLetters = made[2]
        topics.ledger = made[3]
        topics.retries = made[4]
        producer = try KafkaProducer(kafka.configuration(.plainProducer))
    }

    deinit { producer.close() }

    /// The program's environment: the topics, the group, and settings by their variables.
    func environment(_ settings: [String: String]) -> [String: String] {
        [
            "BECKON_KAFKA_BROKERS": kafka.brokers, "BECKON_TOPICS_DECISIONS": topics.decisions,
            "BECKON_TOPICS_OUTCOMES": topics.outcomes, "BECKON_TOPICS_DEADLETTERS": topics.deadLetters,
            "BECKON_TOPICS_LEDGER": topics.ledger, "BECKON_TOPICS_RETRIES": topics.retries,
            "BECKON_SENDER_GROUP": group,
        ].merging(settings) { $1 }
    }

    /// Starts `beckon send`.
    func sender(_ instance: String, _ settings: [String: String], http: String = "127.0.0.1:0") throws -> BeckonProcess
    {
        try BeckonProcess(["send", "--instance", instance, "--http", http], environment: environment(settings))
    }

    static func time(_ ms: Int64) -> String {
        let date = Date(timeIntervalSince1970: Double(ms) / 1_000)
        return date.formatted(
            .iso8601.year().month().day().time(includingFractionalSeconds: true).timeZone(separator: .omitted))
    }

    static var nowMs: Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }

    static func decision(
        _ id: String, person: String, channel: String, expiresInMs: Int64 = 3_600_000, mode: String = "live",
        template: String? = nil, data: String = #"{"value":60}"#
    ) -> String {
        let now = nowMs
        let named = template.map { #""template":"\#($0)","# } ?? ""
        return """
            {"type":"decision","id":"\(id)","rule":"cart","version":"0123456789ab","person":"\(person)","key":{},\
            "cause":"timer","dueAt":"\(time(now))","decidedAt":"\(time(now))","eventAt":"\(time(now))",\
            "expiresAt":"\(time(now + expiresInMs))","class":"marketing","channel":"\(channel)",\
            \(named)"data":\(data),"reason":"Left a cart","mode":"\(mode)"}
            """
    }

    static func cancel(_ id: String, person: String) -> String {
        """
        {"type":"cancel","id":"\(id)","rule":"cart","version":"0123456789ab","person":"\(person)","key":{},\
        "cause":"events-0-7","decidedAt":"\(time(nowMs))","eventAt":"\(time(nowMs))","reason":"recalled"}
        """
    }

    /// An id as decisions have it.
    static func id(_ number: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: 32 - text.count) + text
    }

    func partition(of person: String) -> Int32 {
        Array(person.utf8).withUnsafeBytes { KeyPartitioner.partition(ofKey: $0, count: partitionCount) }
    }

    func write(_ text: String, person: String, topic: String? = nil) throws {
        try producer.produce(
            to: producer.topic(topic ?? topics.decisions), partition: partition(of: person), key: Array(person.utf8),
            value: Array(text.utf8))
    }

    func flush() throws { try producer.awaitReports() }

    /// What a `read_committed` consumer sees of a topic, as JSON objects, partition by partition.
    func read(_ topic: String) throws -> [[String: Any]] {
        let reader = try KafkaConsumer(kafka.configuration(.reader(group: "read")))
        defer { reader.close() }
        var found: [[String: Any]] = []
        for partition in 0..<partitionCount {
            try reader.readToEnd(TopicPartition(topic, partition)) { message in
                guard let value = message.value,
                    let object = try? JSONSerialization.jsonObject(with: Data(value)) as? [String: Any]
                else { return }
                found.append(object)
            }
        }
        return found
    }

    /// Waits until so many outcomes are there.
    func awaitOutcomes(_ count: Int, seconds: Double) throws -> [[String: Any]] {
        let deadline = Date().addingTimeInterval(seconds)
        while true {
            let found = try read(topics.outcomes)
            if found.count >= count || Date() > deadline { return found }
            usleep(1_000_000)
        }
    }
}
