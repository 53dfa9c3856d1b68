import Foundation
import KafkaFixture
import MailServer
import Testing

/// From a decision to the email at a relay.
@Suite(.tags(.kafka), .enabled(if: RealKafka.isAvailable && MailServer.isAvailable))
struct `Emails on a real Kafka and a real mail server` {
    static let messages = """
        messages:
          cart-reminder:
            email:
              subject: "{{ name }}, your cart"
              text: "Hello {{ name }}: {{ unsubscribe_url }}"
              html: "<p>Hello {{ name }}</p>"
        """

    /// What an outcome says, in a line.
    func texts(_ outcomes: [[String: Any]]) -> [String] {
        outcomes.map { outcome in
            ["decision", "type", "provider", "class", "code"].compactMap { outcome[$0] as? String }.joined(
                separator: " ")
        }.sorted()
    }

    func settings(_ providers: [String: MailServer], _ folder: TemporaryFolder, guarantee: String = "atLeastOnce")
        throws
        -> [String: String]
    {
        let key = Data(repeating: 7, count: 32).base64EncodedString()
        var settings = [
            "BECKON_SENDER_PRIVATEHOSTS": "127.0.0.1", "BECKON_LOG_LEVEL": "info",
            "BECKON_SENDER_MESSAGES": try folder.write("messages.yaml", Self.messages),
            "BECKON_SENDER_UNSUBSCRIBE_URL": "https://shop.example/u",
            "BECKON_SENDER_UNSUBSCRIBE_KEYFILE": try folder.write("key", key),
            "BECKON_SENDER_CHANNELS_EMAIL_PROVIDERS": providers.keys.sorted().joined(separator: ","),
            "BECKON_SENDER_CHANNELS_EMAIL_GUARANTEE": guarantee,
        ]
        for (name, server) in providers {
            let prefix = "BECKON_SENDER_PROVIDERS_\(name.uppercased())_"
            settings["\(prefix)KIND"] = "smtp"
            settings["\(prefix)URL"] = "smtp://127.0.0.1:\(server.port)"
            settings["\(prefix)TLS"] = "none"
            settings["\(prefix)FROM"] = "Shop <news@shop.example>"
            settings["\(prefix)USER"] = "shop"
            settings["\(prefix)PASSWORD"] = "battery-staple"
        }
        return settings
    }

    func write(_ stage: SendStage, _ id: String, data: String) throws {
        try stage.write(
            SendStage.decision(id, person: "p-\(id)", channel: "email", template: "cart-reminder", data: data),
            person: "p-\(id)")
    }

    @Test func `an email goes to the next relay where one refuses, and nobody's address or password is told`() throws {
        let login = (user: "shop", password: "battery-staple")
        let first = try MailServer(login: (user: "shop", password: "another"))
        let second = try MailServer(login: login)
        let stage = try SendStage(try RealKafka.shared())
        let folder = try TemporaryFolder()
        try write(stage, "good", data: #"{"email":"ann@bücher.example","name":"Jürgen\r\nBcc: eve@x.example"}"#)
        try write(stage, "bare", data: #"{"name":"Ann"}"#)
        try write(stage, "letters", data: #"{"email":"jürgen@x.example","name":"Ann"}"#)
        try write(stage, "two", data: #"{"email":"ann@x.example, eve@x.example","name":"Ann"}"#)
        try stage.flush()
        let sender = try stage.sender("one", settings(["a": first, "b": second], folder))
        let outcomes = try stage.awaitOutcomes(4, seconds: 60)
        #expect(
            texts(outcomes) == [
                "bare failed message noAddress", "good delivered b", "letters failed message addressNotASCII",
                "two failed message address",
            ], "\(sender.written.errors)")
        let messages = second.awaitMessages(1)
        #expect(messages.count == 1 && first.messages.isEmpty)
        if let message = messages.first {
            #expect(message.subject == "Jürgen Bcc: eve@x.example, your cart")
            #expect(message.recipients == ["ann@xn--bcher-kva.example"])
            #expect(message.headers["Message-ID"] == "<good@shop.example>")
            let link = try #require(message.headers["List-Unsubscribe"])
            #expect(link.hasPrefix("<https://shop.example/u/A"))
            #expect(message.plain?.contains(link.dropFirst().dropLast()) == true)
            #expect(message.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click")
        }
        sender.terminate()
        let ending = sender.ending()
        #expect(ending.status == 0, "\(ending.errors)")
        for text in ["ann@", "jürgen", "Jürgen", "battery", "p-good"] {
            #expect(!ending.errors.contains(text) && !ending.output.contains(text), "\(text) in \(ending.errors)")
        }
        for letter in try stage.read(stage.topics.outcomes) { #expect(!"\(letter)".contains("@")) }
    }

    @Test(arguments: ["atLeastOnce", "atMostOnce"])
    func `an answer to a message that is lost is tried again, or is not`(_ guarantee: String) throws {
        let server = try MailServer(
            login: (user: "shop", password: "battery-staple"), faults: [.end: "drop"], once: true,
            remembersRefused: true)
        let spare = try MailServer(login: (user: "shop", password: "battery-staple"))
        let stage = try SendStage(try RealKafka.shared())
        let folder = try TemporaryFolder()
        try write(stage, "lost", data: #"{"email":"ann@x.example","name":"Ann"}"#)
        try stage.flush()
        let sender = try stage.sender("one", settings(["a": server, "b": spare], folder, guarantee: guarantee))
        let outcomes = texts(try stage.awaitOutcomes(1, seconds: 60))
        if guarantee == "atLeastOnce" {
            #expect(outcomes == ["lost delivered a"], "\(sender.written.errors)")
            let messages = server.awaitMessages(2)
            #expect(messages.count == 2 && Set(messages.map(\.raw)).count == 1, "the same, byte for byte")
        } else {
            #expect(outcomes == ["lost failed a unknown connection"], "\(sender.written.errors)")
            #expect(server.awaitMessages(1).count == 1)
        }
        #expect(spare.messages.isEmpty, "no other relay is asked")
        sender.terminate()
        #expect(sender.ending().status == 0)
    }
}
