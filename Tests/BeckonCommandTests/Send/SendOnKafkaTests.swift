import BeckonKafka
import Foundation
import KafkaFixture
import Testing
import WebhookReceiver

/// `beckon send` and `beckon dead-letters` against a real Kafka.
@Suite(.tags(.kafka), .enabled(if: RealKafka.isAvailable)) struct `Sending on a real Kafka` {
    func settings(_ receiver: Receiver, _ more: [String: String] = [:]) -> [String: String] {
        [
            "BECKON_SENDER_PRIVATEHOSTS": "127.0.0.1", "BECKON_SENDER_PROVIDERS_HOOK_URL": receiver.url("/secret-path"),
            "BECKON_SENDER_CHANNELS_WEBHOOK_PROVIDERS": "hook", "BECKON_LOG_LEVEL": "info",
        ].merging(more) { $1 }
    }

    func texts(_ outcomes: [[String: Any]]) -> [String] {
        outcomes.map { outcome in
            [outcome["decision"], outcome["type"], outcome["class"], outcome["code"], outcome["reason"]]
                .compactMap { $0 as? String }.joined(separator: " ")
        }.sorted()
    }

    @Test func `every decision has an outcome, and the log tells nobody's secrets`() throws {
        let receiver = try Receiver { request, _ in .status(request.id == "bad" ? 422 : 204) }
        let stage = try SendStage(try RealKafka.shared())
        for (id, channel, mode, expires) in [
            ("good", "webhook", "live", 3_600_000), ("bad", "webhook", "live", 3_600_000),
            ("late", "webhook", "live", -1_000), ("shade", "webhook", "shadow", 3_600_000),
            ("fax", "fax", "live", 3_600_000), ("back", "webhook", "live", 3_600_000),
        ] {
            let text = SendStage.decision(
                id, person: "ann-\(id)", channel: channel, expiresInMs: Int64(expires), mode: mode)
            try stage.write(text, person: "ann-\(id)")
        }
        try stage.write(SendStage.cancel("back", person: "ann-back"), person: "ann-back")
        try stage.write("nonsense", person: "ann")
        try stage.flush()
        // A port that was free a moment ago.
        let spare = try Receiver { _, _ in .status(200) }
        let port = spare.port
        spare.stop()
        let sender = try stage.sender("one", settings(receiver), http: "127.0.0.1:\(port)")
        let outcomes = try stage.awaitOutcomes(6, seconds: 30)
        #expect(
            texts(outcomes) == [
                "back recalled", "bad failed refused 422", "fax skipped channel", "good delivered", "late expired",
                "shade skipped shadow",
            ], "\(sender.written.errors)")
        #expect(`Commands on a real Kafka`().get("127.0.0.1:\(port)", "/readyz").contains("200 OK"))
        let metrics = `Commands on a real Kafka`().get("127.0.0.1:\(port)", "/metrics")
        #expect(
            metrics.contains(#"beckon_sender_attempts_total{channel="webhook",provider="hook",result="delivered"} 1"#))
        #expect(metrics.contains("beckon_sender_unreadable_total 1"))
        sender.terminate()
        let ending = sender.ending()
        #expect(ending.status == 0, "\(ending.errors)")
        for text in ["ann", "secret-path", "Left a cart", "127.0.0.1:\(receiver.port)"] {
            #expect(!ending.errors.contains(text) && !ending.output.contains(text), "\(text) in \(ending.errors)")
        }

        func run(_ words: String...) throws -> BeckonProcess.Ending {
            try BeckonProcess(words, environment: stage.environment([:])).ending()
        }
        let list = try run("dead-letters", "list")
        #expect(list.output.contains("In all: 1 decisionUnreadable, 1 deliveryFailed.\n"), "\(list.errors)")
        let line = try #require(list.output.split(separator: "\n").first { $0.contains("deliveryFailed") })
        let place = String(line.prefix { $0 != " " })
        let shown = try run("dead-letters", "show", place)
        #expect(shown.output.contains(#""id":"bad""#) && shown.output.contains("no provider took the message"))
        #expect(try run("dead-letters", "replay").status == 2)
        #expect(try run("dead-letters", "shwo").errors.contains("Did you mean `show`?"))
        let unreadable = try run("dead-letters", "replay", "--reason", "decisionUnreadable")
        #expect(unreadable.status == 1 && unreadable.output.contains("0 of 1 sent again"))
    }

    @Test func `a replayed decision is tried again, and once however often it is replayed`() throws {
        let receiver = try Receiver { _, before in .status(before == 0 ? 400 : 200) }
        let stage = try SendStage(try RealKafka.shared())
        try stage.write(SendStage.decision("d1", person: "ann", channel: "webhook"), person: "ann")
        try stage.flush()
        let sender = try stage.sender("one", settings(receiver))
        #expect(texts(try stage.awaitOutcomes(1, seconds: 30)) == ["d1 failed refused 400"], "\(sender.written.errors)")
        let environment = stage.environment([:])
        for _ in 0..<2 {
            let ending = try BeckonProcess.run(
                "dead-letters", "replay", "--reason", "deliveryFailed", environment: environment)
            #expect(ending.output == "1 of 1 sent again.\n", "\(ending.errors)")
        }
        #expect(texts(try stage.awaitOutcomes(2, seconds: 30)) == ["d1 delivered", "d1 failed refused 400"])
        usleep(1_000_000)
        sender.terminate()
        #expect(sender.ending().status == 0)
        #expect(receiver.requests.count == 2)
        #expect(try stage.read(stage.topics.outcomes).count == 2)
    }

    /// The worker's dead letters, by hand: what is mended is applied.
    @Test func `a replayed event goes to its topic`() throws {
        let stage = try SendStage(try RealKafka.shared())
        let events = try stage.kafka.makeTopics("events", partitionCount: stage.partitionCount)[0]
        let producer = try KafkaProducer(stage.kafka.configuration(.plainProducer))
        defer { producer.close() }
        let headers: [(name: String, value: [UInt8])] = [
            ("beckon-reason", Array("name".utf8)), ("beckon-explanation", Array("it has no name".utf8)),
            ("beckon-topic", Array(events.utf8)), ("beckon-partition", Array("2".utf8)),
            ("beckon-offset", Array("7".utf8)),
        ]
        for value in [#"{"number":1}"#, #"{"number":2}"#] {
            try Array("ann".utf8).withUnsafeBytes { key in
                try Array(value.utf8).withUnsafeBytes { value in
                    try producer.produce(
                        to: producer.topic(stage.topics.deadLetters), partition: 2, key: key, value: value,
                        headers: headers)
                }
            }
        }
        try producer.awaitReports()
        let ending = try BeckonProcess.run("dead-letters", "replay", "2-1", environment: stage.environment([:]))
        #expect(ending.output == "1 of 1 sent again.\n", "\(ending.errors)")
        #expect(try stage.read(events).map { $0["number"] as? Int } == [2])
        let missing = try BeckonProcess.run("dead-letters", "show", "2-9", environment: stage.environment([:]))
        #expect(missing.status == 2 && missing.errors.contains("There is no dead letter at 2-9."))
    }

    @Test func `a retry waits on its topic, through a restart`() throws {
        let receiver = try Receiver { _, before in
            before == 0 ? .status(429, headers: "retry-after: 12\r\n") : .status(200)
        }
        let stage = try SendStage(try RealKafka.shared())
        try stage.write(SendStage.decision("d1", person: "ann", channel: "webhook"), person: "ann")
        try stage.flush()
        let first = try stage.sender("one", settings(receiver))
        let deadline = Date().addingTimeInterval(20)
        while try stage.read(stage.topics.retries).isEmpty, Date() < deadline { usleep(100_000) }
        kill(first.pid, SIGKILL)
        _ = first.ending()
        #expect(try stage.read(stage.topics.outcomes).isEmpty)
        let second = try stage.sender("one", settings(receiver))
        #expect(texts(try stage.awaitOutcomes(1, seconds: 40)) == ["d1 delivered"], "\(second.written.errors)")
        second.terminate()
        #expect(second.ending().status == 0)
        let requests = receiver.requests
        #expect(requests.count == 2 && requests[1].atMs - requests[0].atMs >= 12_000)
    }

    @Test func `settings that cannot work end it with 2, before it looks at Kafka`() throws {
        let ending = try BeckonProcess.run(
            "send", "--brokers", "127.0.0.1:9", environment: ["BECKON_SENDER_CHANNELS_EMAIL_PROVIDERS": "shop"])
        #expect(ending.status == 2)
        #expect(ending.errors.contains("names `shop`, and there is no sender.providers.shop"))
    }

    @Test func `a sender without its topics ends with 1 and says which`() throws {
        let brokers = try RealKafka.shared().brokers
        let ending = try BeckonProcess.run(
            "send", "--brokers", brokers, "--decisions", RealKafka.uniqueName("none"), "--http", "127.0.0.1:0", "--set",
            "sender.providers.out.kind=log", "--set", "sender.channels.other.providers=out")
        #expect(ending.status == 1)
        #expect(ending.errors.contains("does not exist: `beckon topics --create`"))
    }
}
