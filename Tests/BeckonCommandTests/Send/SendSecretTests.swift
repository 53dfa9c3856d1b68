import BeckonKafka
import Foundation
import KafkaFixture
import MailServer
import Testing
import WebhookReceiver

/// Every secret that a sender knows reaches it by files or variables, and nobody else: neither who lists the machine's processes, nor who
/// reads the log or a topic.
@Suite(
    .tags(.kafka), .enabled(if: RealKafka.canStart && SecureListener.isAvailable && MailServer.isAvailable),
    .timeLimit(.minutes(4)))
struct `Secrets of a sender` {
    static let webhook = Data((1...32).map { UInt8($0) }).base64EncodedString()
    static let unsubscribe = Data((101...132).map { UInt8($0) }).base64EncodedString()
    static let smtp = "battery-staple-9"
    static let path = "tok-5f1e77"
    static let all = [webhook, unsubscribe, smtp, path, SecureListener.password]

    static let messages = """
        messages:
          cart-reminder:
            email: { to: "{{ email }}", subject: Your cart, text: "No more: {{ unsubscribe_url }}" }
        """

    @Test(arguments: ["variables", "files"])
    func `are neither on its command line nor in its log nor on a topic`(_ way: String) throws {
        let secure = try SecureListener(.plain)
        let cluster = try PrivateKafka(listener: secure.listener)
        defer { cluster.destroy() }
        let stage = try SendStage(RealKafka(cluster), partitionCount: 1)
        let receiver = try Receiver { request, _ in
            .status(String(decoding: request.body, as: UTF8.self).contains("refuse me") ? 400 : 200)
        }
        // The first relay refuses the login, the second one an address.
        let stranger = try MailServer(login: (user: "shop", password: "another"))
        let relay = try MailServer(login: (user: "shop", password: Self.smtp))
        let folder = try TemporaryFolder()
        let sender = try start(stage, secure, way, folder, receiver, [stranger, relay])
        for (id, channel, data) in [
            ("taken", "webhook", "{}"), ("refused", "webhook", #"{"say":"refuse me"}"#),
            ("mailed", "email", #"{"email":"ann@x.example"}"#), ("unmade", "email", #"{"email":"nobody"}"#),
        ] {
            let template = channel == "email" ? "cart-reminder" : nil
            try stage.write(
                SendStage.decision(id, person: "p", channel: channel, template: template, data: data), person: "p")
        }
        try stage.flush()
        let outcomes = try stage.awaitOutcomes(4, seconds: 90).map {
            "\($0["decision"] as? String ?? "") \($0["type"] as? String ?? "")"
        }
        #expect(
            outcomes.sorted() == ["mailed delivered", "refused failed", "taken delivered", "unmade failed"],
            "\(sender.written.errors)")
        // Each secret was put to use.
        #expect(receiver.requests.allSatisfy { $0.path == "/" + Self.path && $0.headers["webhook-signature"] != nil })
        #expect(
            relay.awaitMessages(1).first?.headers["List-Unsubscribe"]?.hasPrefix("<https://shop.example/u/A") == true)

        let line = try String(contentsOfFile: "/proc/\(sender.pid)/cmdline", encoding: .utf8)
        #expect(line.contains("send"))
        sender.terminate()
        let ending = sender.ending()
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.errors.contains("Partitions taken over"))
        let records = try allRecords(stage)
        #expect(records.contains("beckon-reason=deliveryFailed") && records.contains("beckon-reason=messageFailed"))
        for secret in Self.all {
            for (place, text) in [
                ("its command line", line), ("the log", ending.errors + ending.output), ("a topic", records),
            ] {
                #expect(!text.contains(secret), "\(secret) in \(place)")
            }
        }
    }

    private func start(
        _ stage: SendStage, _ secure: SecureListener, _ way: String, _ folder: TemporaryFolder, _ receiver: Receiver,
        _ relays: [MailServer]
    ) throws -> BeckonProcess {
        let areFiles = way == "files"
        var client = secure.clientProperties
        if areFiles { client["sasl.password"] = nil }
        var settings = [
            "BECKON_KAFKA_BROKERS": secure.listener.brokers, "BECKON_LOG_LEVEL": "debug",
            "BECKON_SENDER_PRIVATEHOSTS": "127.0.0.1",
            "BECKON_SENDER_MESSAGES": try folder.write("messages.yaml", Self.messages),
            "BECKON_SENDER_UNSUBSCRIBE_URL": "https://shop.example/u",
            "BECKON_SENDER_UNSUBSCRIBE_KEYFILE": try folder.write("unsubscribe", Self.unsubscribe),
            "BECKON_SENDER_CHANNELS_WEBHOOK_PROVIDERS": "hook",
            "BECKON_SENDER_CHANNELS_EMAIL_PROVIDERS": "relay0,relay1",
        ]
        for (property, value) in client {
            settings["BECKON_KAFKA_CLIENT_" + property.uppercased().replacing(".", with: "_")] = value
        }
        func give(_ name: String, _ secret: String) throws {
            let variable = "BECKON_SENDER_PROVIDERS_" + name
            if areFiles {
                settings[variable + "FILE"] = try folder.write(name, secret + "\n")
            } else {
                settings[variable] = secret
            }
        }
        try give("HOOK_URL", receiver.url("/" + Self.path))
        try give("HOOK_SECRET", "whsec_" + Self.webhook)
        for (place, relay) in relays.enumerated() {
            let prefix = "BECKON_SENDER_PROVIDERS_RELAY\(place)_"
            settings[prefix + "KIND"] = "smtp"
            settings[prefix + "URL"] = "smtp://127.0.0.1:\(relay.port)"
            settings[prefix + "TLS"] = "none"
            settings[prefix + "FROM"] = "news@shop.example"
            settings[prefix + "USER"] = "shop"
            try give("RELAY\(place)_PASSWORD", Self.smtp)
        }
        // Of Kafka's own there is no file but the settings'.
        let password = "kafka.client.sasl.password: \(SecureListener.password)\n"
        let file = areFiles ? ["--config", try folder.write("beckon.yaml", password)] : []
        return try BeckonProcess(
            ["send", "--instance", "one", "--http", "127.0.0.1:0"] + file, environment: stage.environment(settings))
    }

    /// Keys, values and Beckon's headers of all that a sender writes.
    private func allRecords(_ stage: SendStage) throws -> String {
        let reader = try KafkaConsumer(stage.kafka.configuration(.reader(group: "read")))
        defer { reader.close() }
        var text = ""
        let topics = stage.topics
        for topic in [topics.outcomes, topics.deadLetters, topics.ledger, topics.retries] {
            try reader.readToEnd(TopicPartition(topic, 0)) { message in
                for bytes in [message.key, message.value] {
                    if let bytes { text += String(decoding: bytes, as: UTF8.self) + "\n" }
                }
                for name in ["reason", "explanation", "detail"] {
                    guard let value = message.header("beckon-" + name) else { continue }
                    text += "beckon-\(name)=" + String(decoding: value, as: UTF8.self) + "\n"
                }
            }
        }
        return text
    }
}

@Suite struct `Secrets on the command line` {
    @Test(arguments: [
        ("--set", "sender.providers.hook.secret", "use secretFile, or a variable"),
        ("--set", "sender.providers.relay.password", "use passwordFile, or a variable"),
        (
            "--set", "kafka.client.sasl.password",
            "set BECKON_KAFKA_CLIENT_SASL_PASSWORD, or write it into the settings file"
        ),
        (
            "--kafka-client", "sasl.password",
            "set BECKON_KAFKA_CLIENT_SASL_PASSWORD, or write it into the settings file"
        ),
        ("--kafka-client", "ssl.key.password", "set BECKON_KAFKA_CLIENT_SSL_KEY_PASSWORD"),
    ])
    func `are refused in words that do not repeat them`(_ flag: String, _ key: String, _ remedy: String) throws {
        let ending = try BeckonProcess.run(
            "send", "--brokers", "127.0.0.1:1", "--set", "sender.providers.out.kind=log", "--set",
            "sender.channels.other.providers=out", flag, "\(key)=battery-staple-9")
        #expect(ending.status == 2)
        #expect(ending.errors.contains(remedy), "\(ending.errors)")
        #expect(!ending.errors.contains("battery") && !ending.output.contains("battery"))
    }
}
