import Foundation
import KafkaFixture
import Testing
import WebhookReceiver

/// From a decision to the text at the receiver, against a real Kafka.
@Suite(.tags(.kafka), .enabled(if: RealKafka.isAvailable)) struct `Messages on a real Kafka` {
    static let messages = """
        messages:
          cart-reminder:
            webhook: { body: '{"items": {{ items | map: "name" | json }}, "total": {{ value | money: "EUR" | json }}}' }
            sms: { text: "{{ items[0].name }} is waiting" }
          sold-out:
            webhook: { body: '{% if items == empty %}{% abort_message("nothing is left of it") %}{% endif %}{}' }
          broken:
            webhook: { body: "{{ value | divided_by: 0 }}" }
        """
    static let data = #"{"value":60.5,"items":[{"name":"Lamp \"S\""},{"name":"Chair"}]}"#

    @Test func `a decision is rendered, delivered and told; one that ends itself or is broken is not sent`() throws {
        let receiver = try Receiver { _, _ in .status(200) }
        let stage = try SendStage(try RealKafka.shared())
        let folder = try TemporaryFolder()
        let path = try folder.write("messages.yaml", Self.messages)
        for (id, channel, template, data) in [
            ("good", "webhook", "cart-reminder", Self.data), ("text", "sms", "cart-reminder", Self.data),
            ("ended", "webhook", "sold-out", #"{"items":[]}"#), ("broken", "webhook", "broken", Self.data),
            ("nameless", "webhook", "cart-remainder", Self.data), ("silent", "email", "cart-reminder", Self.data),
            ("plain", "webhook", nil, Self.data),
        ] as [(String, String, String?, String)] {
            try stage.write(
                SendStage.decision(id, person: "ann-\(id)", channel: channel, template: template, data: data),
                person: "ann-\(id)")
        }
        try stage.flush()
        let sender = try stage.sender(
            "one",
            [
                "BECKON_SENDER_PRIVATEHOSTS": "127.0.0.1", "BECKON_SENDER_PROVIDERS_HOOK_URL": receiver.url("/"),
                "BECKON_SENDER_CHANNELS_OTHER_PROVIDERS": "hook", "BECKON_SENDER_MESSAGES": path,
            ])
        let outcomes = try stage.awaitOutcomes(7, seconds: 60).map { outcome in
            ["decision", "type", "class", "code", "reason", "detail"].compactMap { outcome[$0] as? String }
                .joined(separator: " ")
        }
        #expect(
            outcomes.sorted() == [
                "broken failed message template", "ended skipped aborted nothing is left of it", "good delivered",
                "nameless failed message noMessage", "plain delivered", "silent failed message noPart",
                "text delivered",
            ], "\(sender.written.errors)")
        sender.terminate()
        let ending = sender.ending()
        #expect(ending.status == 0, "\(ending.errors)")
        for text in ["Lamp", "is waiting", "ann-"] { #expect(!ending.errors.contains(text), "\(ending.errors)") }

        var bodies: [String: String] = [:]
        for request in receiver.requests { bodies[request.id] = String(decoding: request.body, as: UTF8.self) }
        #expect(bodies.keys.sorted() == ["good", "plain", "text"])
        #expect(bodies["good"] == #"{"items": ["Lamp \"S\"","Chair"], "total": "€60.50"}"#)
        #expect(bodies["plain"]?.contains(#""data":\#(Self.data),"#) == true)
        let text = try JSONSerialization.jsonObject(with: Data((bodies["text"] ?? "").utf8)) as? [String: Any]
        #expect(text?["content"] as? [String: String] == ["text": #"Lamp "S" is waiting"#])
        #expect(text?["id"] as? String == "text")

        let ledger = try stage.read(stage.topics.ledger)
        let attempted = ledger.filter { $0["type"] as? String == "attempt" }.compactMap { $0["id"] as? String }
        #expect(attempted.sorted() == ["good", "plain", "text"])
        #expect(
            try stage.read(stage.topics.deadLetters).compactMap { $0["id"] as? String }.sorted()
                == ["broken", "nameless", "silent"])
        try mend(stage, folder, receiver, path)
    }

    /// The dead letter says where the template is wrong; mended and replayed, it goes out.
    private func mend(_ stage: SendStage, _ folder: TemporaryFolder, _ receiver: Receiver, _ path: String) throws {
        let environment = stage.environment([:])
        let list = try BeckonProcess.run("dead-letters", "list", environment: environment)
        #expect(list.output.contains("In all: 3 messageFailed.\n"), "\(list.errors)")
        let line = try #require(list.output.split(separator: "\n").first { $0.contains("ann-broken") })
        let place = String(line.prefix { $0 != " " })
        let shown = try BeckonProcess.run("dead-letters", "show", place, environment: environment)
        #expect(shown.output.contains("Mend the message"))
        #expect(shown.output.contains("messages.yaml:8:34: "), "\(shown.output)")
        try folder.write("messages.yaml", Self.messages.replacing("divided_by: 0", with: "divided_by: 2"))
        let replay = try BeckonProcess.run("dead-letters", "replay", place, environment: environment)
        #expect(replay.output == "1 of 1 sent again.\n", "\(replay.errors)")
        let sender = try stage.sender(
            "one",
            [
                "BECKON_SENDER_PRIVATEHOSTS": "127.0.0.1", "BECKON_SENDER_PROVIDERS_HOOK_URL": receiver.url("/"),
                "BECKON_SENDER_CHANNELS_OTHER_PROVIDERS": "hook", "BECKON_SENDER_MESSAGES": path,
            ])
        #expect(try stage.awaitOutcomes(8, seconds: 60).count == 8, "\(sender.written.errors)")
        sender.terminate()
        #expect(sender.ending().status == 0)
        #expect(receiver.requests.last.map { String(decoding: $0.body, as: UTF8.self) } == "30.25")
    }

    @Test func `messages that cannot be used end it with 2, all told with their places`() throws {
        let folder = try TemporaryFolder()
        let log = ["--set", "sender.providers.out.kind=log", "--set", "sender.channels.other.providers=out"]
        func run(_ path: String) throws -> BeckonProcess.Ending {
            try BeckonProcess(["send", "--brokers", "127.0.0.1:9", "--messages", path] + log).ending()
        }
        let path = try folder.write(
            "m/a.yaml", "messages: { a: { sms: { text: '{{ x | upcas }}' } }, b: { fax: {} } }")
        let broken = try run(folder.path + "/m")
        #expect(broken.status == 2)
        #expect(broken.errors.contains("The messages cannot be used:"))
        #expect(broken.errors.contains("\(path):1:39: there is no filter `upcas`"), "\(broken.errors)")
        #expect(broken.errors.contains("\(path):1:"), "\(broken.errors)")
        #expect(broken.errors.contains("has no field `fax`"), "\(broken.errors)")
        let missing = try run("/nowhere/messages")
        #expect(missing.status == 2 && missing.errors.contains("There is no file or folder /nowhere/messages"))
        let other = try folder.write("r.yaml", "id: r\nwhen: { event: e }\nsend: { channels: [x] }\n")
        let none = try run(other)
        #expect(none.status == 2 && none.errors.contains("There are no messages in \(other)"), "\(none.errors)")
    }
}
