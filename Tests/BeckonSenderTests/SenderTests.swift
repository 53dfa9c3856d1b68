import BeckonKafka
import BeckonService
import BeckonTemplate
import Foundation
import Synchronization
import Testing

@testable import BeckonSender

/// The embedded broker is enough: a group with one member, offsets, and no transactions.
@Suite struct `Sending decisions` {
    /// What a provider was given; its clock stands still.
    final class Desk: Sendable {
        let delivered = Mutex<[String]>([])
        let said = Mutex<[String]>([])
        let clock = Mutex(DecisionTexts.dueAtMs)
        let metrics = Metrics()

        func sender(
            _ cluster: MockCluster, group: String = "senders", renderer: MessageRenderer = MessageRenderer()
        ) -> Sender {
            let provider = LogProvider { attempt in
                self.delivered.withLock { $0.append(attempt.idempotencyKey) }
                self.said.withLock { $0.append(String(decoding: attempt.message.body, as: UTF8.self)) }
            }
            var configuration = SenderConfiguration(brokers: cluster.brokers, group: group, instance: "one")
            configuration.topics.decisions = "decisions"
            return Sender(
                configuration, routes: ChannelRoutes([:], other: .deliver(ChannelRoute(["log"]))),
                providers: ["log": ProviderSetup(provider)], renderer: renderer,
                log: Log(LogOutput(level: .error, format: .text)), metrics: metrics
            ) { self.clock.withLock { $0 } }
        }

        var ids: [String] { delivered.withLock { $0 } }
    }

    func cluster(partitions: Int32) throws -> MockCluster {
        var topics = SenderTopics()
        topics.decisions = "decisions"
        return try MockCluster(topics: Dictionary(uniqueKeysWithValues: topics.all.map { ($0, partitions) }))
    }

    func write(_ cluster: MockCluster, _ texts: String..., partition: Int32 = 0) throws {
        let producer = try KafkaProducer(KafkaConfiguration(.plainProducer, brokers: cluster.brokers))
        defer { producer.close() }
        for text in texts {
            try Array(text.utf8).withUnsafeBytes {
                try producer.produce(
                    to: producer.topic("decisions"), partition: partition, key: nil, value: $0)
            }
        }
        try producer.awaitReports()
    }

    func reached(_ isDone: () -> Bool) -> Bool {
        let deadline = Date().addingTimeInterval(20)
        while !isDone() {
            if Date() > deadline { return false }
            usleep(5_000)
        }
        return true
    }

    @Test func `decisions are delivered, recalled and expired ones are not`() throws {
        let cluster = try cluster(partitions: 2)
        try write(
            cluster, DecisionTexts.decision("d1"), DecisionTexts.decision("d2"), DecisionTexts.cancel("d2"),
            DecisionTexts.decision("d3", expiresAt: DecisionTexts.dueAt), "nonsense")
        try write(cluster, DecisionTexts.decision("d4", person: "bob"), partition: 1)
        let desk = Desk()
        let sender = desk.sender(cluster)
        try sender.start()
        #expect(reached { sender.progress == [0: 5, 1: 1] })
        sender.stop()
        #expect(desk.ids.sorted() == ["d1", "d4"])
        #expect(sender.endedBy == nil)
        let exposition = desk.metrics.exposition()
        for line in [
            #"beckon_sender_attempts_total{channel="push",provider="log",result="delivered"} 2"#,
            #"beckon_sender_outcomes_total{outcome="recalled"} 1"#,
            #"beckon_sender_outcomes_total{outcome="expired"} 1"#,
            "beckon_sender_unreadable_total 1", "beckon_sender_cancels_total 1",
        ] { #expect(exposition.contains(line + "\n"), "\(line)") }
    }

    @Test func `a restart goes on behind what was committed`() throws {
        let cluster = try cluster(partitions: 1)
        try write(cluster, DecisionTexts.decision("d1"))
        let desk = Desk()
        let first = desk.sender(cluster)
        try first.start()
        #expect(reached { first.progress == [0: 1] })
        first.stop()
        try write(cluster, DecisionTexts.decision("d2"))
        let second = Desk()
        let sender = second.sender(cluster)
        try sender.start()
        #expect(reached { sender.progress == [0: 2] })
        sender.stop()
        sender.stop()
        #expect(desk.ids == ["d1"])
        #expect(second.ids == ["d2"])
    }

    /// Blocks at their bound, and one beyond, in the sender's own thread: its stack must hold them.
    @Test func `a template as deep as may be is rendered there, a deeper one is a dead letter`() throws {
        let cluster = try cluster(partitions: 1)
        let messages = try MessageTexts.set(
            """
            messages:
              deep: { push: { title: "{{ text }}", body: "\(MessageTexts.nested(100))" } }
              circle: { push: { title: x, body: "{% include 'circle' %}" } }
            snippets:
              circle: "{% tablerow i in (1..1) %}{% if true %}{% include 'circle' %}{% endif %}{% endtablerow %}"
            """)
        try write(
            cluster, DecisionTexts.decision("d1", template: "deep", data: #"{"text":"Hello"}"#),
            DecisionTexts.decision("d2", template: "circle"))
        let desk = Desk()
        let sender = desk.sender(cluster, renderer: MessageRenderer(messages: messages))
        try sender.start()
        #expect(reached { sender.progress == [0: 2] })
        sender.stop()
        #expect(sender.endedBy == nil)
        #expect(desk.delivered.withLock { $0 } == ["d1"])
        #expect(desk.said.withLock { $0 } == ["Hello"])
        let exposition = desk.metrics.exposition()
        #expect(
            exposition.contains(#"beckon_sender_without_message_total{channel="push",reason="template"} 1"# + "\n"))
        #expect(exposition.contains(#"beckon_sender_dead_letters_total{reason="messageFailed"} 1"# + "\n"))
    }

    @Test func `messages that are put in its hands hold from then on`() throws {
        let cluster = try cluster(partitions: 1)
        let desk = Desk()
        func messages(_ title: String) throws -> MessageSet {
            try MessageTexts.set("messages: { cart-reminder: { push: { title: \(title), body: x } } }")
        }
        let sender = desk.sender(cluster, renderer: MessageRenderer(messages: try messages("first")))
        try sender.start()
        try write(cluster, DecisionTexts.decision("d1"))
        #expect(reached { sender.progress == [0: 1] })
        sender.use(try messages("second"))
        try write(cluster, DecisionTexts.decision("d2"))
        #expect(reached { sender.progress == [0: 2] })
        sender.stop()
        #expect(desk.said.withLock { $0 } == ["first", "second"])
    }

    @Test func `an empty partition is drained at once`() throws {
        let cluster = try cluster(partitions: 3)
        let sender = Desk().sender(cluster)
        try sender.start()
        #expect(reached { sender.progress == [0: 0, 1: 0, 2: 0] })
        sender.stop()
    }

    @Test func `a missing topic is named, and nothing is started`() throws {
        let cluster = try MockCluster(topics: ["other": 1])
        let sender = Desk().sender(cluster)
        let error = #expect(throws: SenderError.self) { try sender.start() }
        #expect(error?.code == .topic)
        #expect(error?.description.hasPrefix("the topic decisions does not exist") == true)
        sender.stop()
    }
}
