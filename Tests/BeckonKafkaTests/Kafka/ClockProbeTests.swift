import BeckonKafka
import Foundation
import KafkaFixture
import Synchronization
import Testing

@Suite(.tags(.kafka), .enabled(if: RealKafka.isAvailable), .serialized, .timeLimit(.minutes(2)))
struct `Clock probe on a real Kafka` {
    @Test func `answers with the high watermark, asked once for each wish`() throws {
        let kafka = try RealKafka.shared()
        let topic = try kafka.makeTopics("probed", partitionCount: 2)[0]
        let producer = try kafka.producer()
        try producer.beginTransaction()
        try producer.write(topic, 0, "open", "open")
        try producer.awaitReports()
        let clock = TickingClock()
        let probe = try ClockProbe(try kafka.configuration(.clockProbe)) { clock.next() }
        probe.want([TopicPartition(topic, 0), TopicPartition(topic, 1)])
        let answers = awaitAnswers(probe, count: 2)
        #expect(answers[TopicPartition(topic, 0)] == EndOfLog(askedAtWallMs: 1, highWatermark: 2))
        #expect(answers[TopicPartition(topic, 1)] == EndOfLog(askedAtWallMs: 1, highWatermark: 0))
        #expect(probe.take().isEmpty)
        probe.want([TopicPartition(topic, 1)])
        #expect(awaitAnswers(probe, count: 1).values.map(\.askedAtWallMs) == [2])
        #expect(probe.failureCount == 0)
        #expect(probe.close())
        try producer.abortTransaction()
    }
}

@Suite struct `Clock probe` {
    @Test func `counts what is not answered and leaves no result`() throws {
        let probe = try ClockProbe(
            try KafkaConfiguration(.clockProbe, brokers: "127.0.0.1:9"), timeoutMs: 50
        ) { 0 }
        probe.want([TopicPartition("events", 0)])
        let deadline = Date().addingTimeInterval(10)
        while probe.failureCount == 0 && Date() < deadline { Thread.sleep(forTimeInterval: 0.005) }
        #expect(probe.failureCount == 1)
        #expect(probe.take().isEmpty)
        #expect(probe.lastError != nil)
        #expect(probe.close())
    }
}

/// 1, 2, 3 …
private final class TickingClock: Sendable {
    private let ticks = Mutex<Int64>(0)

    func next() -> Int64 {
        ticks.withLock { ticks in
            ticks += 1
            return ticks
        }
    }
}

private func awaitAnswers(_ probe: ClockProbe, count: Int) -> [TopicPartition: EndOfLog] {
    var answers: [TopicPartition: EndOfLog] = [:]
    let deadline = Date().addingTimeInterval(10)
    while answers.count < count && Date() < deadline {
        answers.merge(probe.take()) { _, new in new }
        Thread.sleep(forTimeInterval: 0.002)
    }
    return answers
}
