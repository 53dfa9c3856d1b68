import BeckonKafka
import BeckonModel
import BeckonWorker
import Foundation
import KafkaFixture
import Testing

@Suite(.enabled(if: RealKafka.isAvailable), .tags(.kafka), .timeLimit(.minutes(1)))
struct `Dead letters on a real Kafka` {
    private static let names = ["reason", "explanation", "topic", "partition", "offset", "timestamp", "original-bytes"]

    @Test func `hold the event as it was, with its reason and where it came from`() throws {
        let stage = try WorkerStage(try RealKafka.shared(), partitionCount: 1)
        let worker = stage.worker(WorkerStage.rules(`Worker on a real Kafka`.rules))
        try worker.start()
        defer { worker.stop() }
        let producer = try KafkaProducer(stage.kafka.configuration(.plainProducer))
        defer { producer.close() }
        let topic = try producer.topic(stage.events[0])
        let timestampMs = Int64(Date().timeIntervalSince1970 * 1000) - 5_000
        func write(_ key: String?, _ value: [UInt8]?) throws {
            let key = key.map { Array($0.utf8) }
            try (key ?? []).withUnsafeBytes { keyBytes in
                try (value ?? []).withUnsafeBytes { valueBytes in
                    try producer.produce(
                        to: topic, partition: 0, key: key == nil ? nil : keyBytes,
                        value: value == nil ? nil : valueBytes, timestampMs: timestampMs)
                }
            }
        }
        let large = Array(repeating: UInt8(ascii: " "), count: EventDecoder.eventBytesMax + 9)
        try write("ann", Array("no json".utf8))
        try write("ben", nil)
        try write(nil, Array(#"{"event":"login"}"#.utf8))
        try write("cat", large)
        try producer.awaitReports()
        let topicName = stage.configuration.topics.deadLetters
        _ = try stage.await(topicName, count: 3)
        try stage.wait(15, "four dead letters") { try stage.records(topicName, 0).count == 4 }
        let found = try stage.records(topicName, 0, headers: Self.names.map { "beckon-\($0)" })
        #expect(found.map { $0.headers["beckon-reason"] } == ["notJSON", "tombstone", "key", "tooLarge"])
        #expect(found.map { $0.key.map { String(decoding: $0, as: UTF8.self) } } == ["ann", "ben", nil, "cat"])
        #expect(found[0].value == Array("no json".utf8) && found[1].value == nil)
        #expect(found[2].value == Array(#"{"event":"login"}"#.utf8))
        #expect(found[3].value == Array(large.prefix(EventDecoder.eventBytesMax)))
        #expect(found.map { $0.headers["beckon-original-bytes"] } == [nil, nil, nil, "\(large.count)"])
        for (offset, letter) in found.enumerated() {
            #expect(letter.headers["beckon-topic"] == stage.events[0] && letter.headers["beckon-partition"] == "0")
            #expect(letter.headers["beckon-offset"] == "\(offset)")
            #expect(letter.headers["beckon-timestamp"] == "\(timestampMs)")
            #expect(letter.headers["beckon-explanation"]?.isEmpty == false)
        }
    }
}
