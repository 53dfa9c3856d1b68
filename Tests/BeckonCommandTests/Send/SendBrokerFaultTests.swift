import BeckonKafka
import Foundation
import KafkaFixture
import Testing
import WebhookReceiver

/// Senders whose broker stands still, once for longer than a transaction may take.
@Suite(.tags(.kafka), .enabled(if: RealKafka.canStart), .serialized, .timeLimit(.minutes(6)))
struct `Senders before a broker that stands still` {
    @Test func `lose nothing, repeat nothing, and go on by themselves`() throws {
        let cluster = try PrivateKafka(settings: ["broker.session.timeout.ms": "600000"])
        let receiver = try Receiver { request, before in
            // One in twenty is slow, so that calls are under way when it happens.
            request.id.hasSuffix("7") && before == 0 ? .slow(milliseconds: 300) : .status(200)
        }
        let stage = try SendStage(RealKafka(cluster), partitionCount: 2)
        let settings = [
            "BECKON_SENDER_PRIVATEHOSTS": "127.0.0.1", "BECKON_SENDER_PROVIDERS_MANY_URL": receiver.url("/many"),
            "BECKON_SENDER_PROVIDERS_ONCE_URL": receiver.url("/once"),
            "BECKON_SENDER_CHANNELS_WEBHOOK_PROVIDERS": "many", "BECKON_SENDER_CHANNELS_SMS_PROVIDERS": "once",
        ]
        let senders = try ["one", "two"].map { try stage.sender($0, settings) }
        var count = 0
        func write(_ seconds: Double) throws {
            let deadline = Date().addingTimeInterval(seconds)
            while Date() < deadline {
                for _ in 0..<4 {
                    let person = "p\(count % 97)"
                    let channel = count % 2 == 0 ? "webhook" : "sms"
                    let text = SendStage.decision(SendStage.id(count), person: person, channel: channel)
                    try stage.write(text, person: person)
                    count += 1
                }
                try stage.flush()
                usleep(20_000)
            }
        }
        try write(3)
        cluster.pause()
        usleep(13_000_000)
        cluster.resume()
        try write(3)
        cluster.pause()
        usleep(4_000_000)
        cluster.resume()
        try write(2)
        let outcomes = try stage.awaitOutcomes(count, seconds: 90)
        for sender in senders {
            #expect(sender.isRunning, "\(sender.written.errors.suffix(3_000))")
            sender.terminate()
            let ending = sender.ending()
            #expect(ending.status == 0, "\(ending.errors.suffix(3_000))")
        }
        let account = try Account(stage, receiver, outcomes: outcomes)
        #expect(
            account.problems(count).isEmpty,
            "\(count) decisions:\n\(account.problems(count).prefix(10).joined(separator: "\n"))")
        print(account.summary(count))
    }
}
