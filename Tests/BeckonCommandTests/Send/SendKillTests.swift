import BeckonKafka
import Foundation
import KafkaFixture
import MailServer
import Oracle
import Testing
import WebhookReceiver

/// Several senders that are killed and paused under load, before a receiver and a mail server that fail at random.
@Suite(.tags(.kafka), .enabled(if: RealKafka.isAvailable), .serialized, .timeLimit(.minutes(15)))
struct `Killed senders on a real Kafka` {
    /// `BECKON_SEND_SEED`, `…_KILLS`, `…_RATE`, `…_COUNT` and `…_PAUSE` run another one.
    static func knob(_ name: String, _ standard: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? standard
    }
    static let seed = UInt64(knob("BECKON_SEND_SEED", Int.random(in: 0..<1_000_000)))
    static let kills = knob("BECKON_SEND_KILLS", 5)
    /// Decisions a second.
    static let rate = knob("BECKON_SEND_RATE", 300)
    /// So many decisions at least.
    static let count = knob("BECKON_SEND_COUNT", 0)
    /// Of one sender, seconds: longer than its session.
    static let pause = knob("BECKON_SEND_PAUSE", 10)

    static let messages = """
        messages:
          cart:
            email: { from: "Shop <news@shop.example>", to: "ann@shop.example", subject: "Your cart", text: "{{ value }} €" }
        """
    static let mailFaults: [MailServer.Phase: [String: Double]] = [
        .greeting: ["421 4.3.2 busy": 1], .mail: ["451 4.3.0 later": 2], .rcpt: ["550 5.1.1 nobody": 1, "drop": 1],
        .end: ["450 4.2.0 later": 3, "554 5.6.0 no": 1, "drop": 4],
    ]

    /// An answer that depends on the id and how often it came, so that a run can be told by its seed; the third time it is good.
    static func answer(_ request: Receiver.Request, _ before: Int) -> Receiver.Answer {
        let number = UInt64(request.id.suffix(8), radix: 16)!
        // These go through the retries topic, while senders are killed.
        if number < 300, number % 10 == 0, request.path == "/many" { return .status(before < 3 ? 500 : 200) }
        var random = SplitMix64(seed: seed ^ number &* 31 &+ UInt64(before))
        if before >= 2 { return .status(200) }
        switch random.next() % 100 {
        case 0..<5: return .status(500)
        case 5..<10: return .status(503)
        case 10..<13: return .status(429)
        case 13..<18: return .dropAfter
        case 18..<19: return .status(404)
        case 19..<30: return .slow(milliseconds: Int(random.next() % 400))
        default: return .status(200)
        }
    }

    @Test func `lose nothing that is sent at least once, and repeat nothing that is sent at most once`() throws {
        var random = SplitMix64(seed: Self.seed)
        let started = ContinuousClock.now
        var times: [String] = []
        func note(_ what: String) { times.append("\(what) at \((ContinuousClock.now - started).components.seconds) s") }
        let receiver = try Receiver(Self.answer)
        let stage = try SendStage(try RealKafka.shared())
        var settings = [
            "BECKON_SENDER_PRIVATEHOSTS": "127.0.0.1", "BECKON_SENDER_PROVIDERS_MANY_URL": receiver.url("/many"),
            "BECKON_SENDER_PROVIDERS_ONCE_URL": receiver.url("/once"),
            "BECKON_SENDER_CHANNELS_WEBHOOK_PROVIDERS": "many", "BECKON_SENDER_CHANNELS_SMS_PROVIDERS": "once",
            "BECKON_KAFKA_CLIENT_SESSION_TIMEOUT_MS": "6000",
        ]
        let mail = MailServer.isAvailable ? try MailServer(random: Self.mailFaults, seed: Self.seed) : nil
        let folder = try TemporaryFolder()
        if let mail {
            settings["BECKON_SENDER_MESSAGES"] = try folder.write("messages.yaml", Self.messages)
            settings["BECKON_SENDER_PROVIDERS_MAIL_KIND"] = "smtp"
            settings["BECKON_SENDER_PROVIDERS_MAIL_URL"] = "smtp://127.0.0.1:\(mail.port)"
            settings["BECKON_SENDER_PROVIDERS_MAIL_TLS"] = "none"
            settings["BECKON_SENDER_PROVIDERS_MAIL_FROM"] = "news@shop.example"
            settings["BECKON_SENDER_CHANNELS_EMAIL_PROVIDERS"] = "mail"
        }
        let channels = ["webhook", "sms"] + (mail == nil ? [] : ["email"])
        let names = ["one", "two", "three"]
        var senders: [BeckonProcess] = try names.map { try stage.sender($0, settings) }
        var count = 0
        func load(seconds: Double) throws {
            let deadline = Date().addingTimeInterval(seconds)
            while Date() < deadline {
                for _ in 0..<max(1, Self.rate / 50) {
                    let person = "p\(random.next() % 5_000)"
                    let channel = channels[Int(random.next() % UInt64(channels.count))]
                    try stage.write(
                        SendStage.decision(
                            SendStage.id(count), person: person, channel: channel,
                            template: channel == "email" ? "cart" : nil), person: person)
                    count += 1
                }
                try stage.flush()
                usleep(20_000)
            }
        }
        note("senders started")
        try load(seconds: 2)
        for kill in 0..<Self.kills {
            let victim = Int(random.next() % 3)
            #expect(
                senders[victim].isRunning,
                "\(names[victim]) ended by itself: \(senders[victim].written.errors.suffix(3_000))")
            if kill == Self.kills / 2 {
                // Longer than the session: its partitions go to the others, while calls of it may be under way.
                Foundation.kill(senders[victim].pid, SIGSTOP)
                try load(seconds: Double(Self.pause))
                Foundation.kill(senders[victim].pid, SIGCONT)
                try load(seconds: 2)
                continue
            }
            Foundation.kill(senders[victim].pid, SIGKILL)
            _ = senders[victim].ending()
            try load(seconds: Double(random.next() % 500) / 1_000)
            senders[victim] = try stage.sender(names[victim], settings)
            try load(seconds: 0.5 + Double(random.next() % 1_500) / 1_000)
        }
        while count < Self.count { try load(seconds: 1) }
        note("written")
        let outcomes = try stage.awaitOutcomes(count, seconds: 90 + Double(count) / 200)
        note("settled")
        for (name, sender) in zip(names, senders) {
            sender.terminate()
            let ending = sender.ending()
            #expect(ending.status == 0, "\(name): \(ending.errors.suffix(3_000))")
        }
        let account = try Account(stage, receiver, mail, outcomes: outcomes)
        #expect(
            account.problems(count).isEmpty,
            "BECKON_SEND_SEED=\(Self.seed), \(count) decisions:\n\(account.problems(count).prefix(20).joined(separator: "\n"))"
        )
        print("\(account.summary(count)); \(times.joined(separator: ", "))")
    }
}

/// Ledger, outcomes, dead letters, receiver and mail server, held against each other.
struct Account {
    private var outcomes: [String: [String]] = [:]
    private var codes: [String: String] = [:]
    private var attempts: [String: Int] = [:]
    private var results: [String: [String]] = [:]
    private var letters: Set<String> = []
    private var requests: [String: [Receiver.Request]] = [:]
    /// Ids with an attempt that has no result.
    private let interrupted: Set<String>

    init(
        _ stage: SendStage, _ receiver: Receiver, _ mail: MailServer? = nil, outcomes found: [[String: Any]]
    ) throws {
        for outcome in found {
            let id = outcome["decision"] as? String ?? "?"
            outcomes[id, default: []].append(outcome["type"] as? String ?? "?")
            codes[id] = outcome["code"] as? String
        }
        var open: Set<String> = []
        for record in try stage.read(stage.topics.ledger) {
            let id = record["id"] as? String ?? "?"
            let key = "\(id) \(record["number"] as? Int ?? -1)"
            if record["type"] as? String == "attempt" {
                attempts[id, default: 0] += 1
                open.insert(key)
            } else {
                open.remove(key)
                if record["closes"] as? Bool == true, record["moved"] as? Bool != true {
                    results[id, default: []].append(record["result"] as? String ?? "?")
                }
            }
        }
        interrupted = Set(open.map { String($0.prefix { $0 != " " }) })
        for letter in try stage.read(stage.topics.deadLetters) { letters.insert(letter["id"] as? String ?? "?") }
        for request in receiver.requests { requests[request.id, default: []].append(request) }
        for taken in mail?.taken ?? [] {
            requests[taken.id, default: []].append(Receiver.Request(mail: taken))
        }
    }

    func problems(_ count: Int) -> [String] {
        (0..<count).flatMap { number -> [String] in
            let id = SendStage.id(number)
            let requests = requests[id] ?? []
            let told =
                "\(id): outcomes \(outcomes[id] ?? []), code \(codes[id] ?? "-"), attempts \(attempts[id] ?? 0), results \(results[id] ?? []), "
                + "requests \(requests.map { "\($0.path) \($0.answer)" }), dead letter \(letters.contains(id))"
            var problems: [String] = []
            if outcomes[id]?.count != 1 { problems.append("not one outcome: " + told) }
            if results[id]?.count != 1 { problems.append("not one closing result: " + told) }
            let taken = requests.filter(\.isTaken)
            let good = requests.contains {
                if case .status(200, _) = $0.answer { true } else if case .slow = $0.answer { true } else { false }
            }
            switch outcomes[id]?.first {
            case "delivered": if !good { problems.append("delivered, and never answered with 200: " + told) }
            case "failed": if !letters.contains(id) { problems.append("failed without a dead letter: " + told) }
            default: problems.append("an outcome that nothing leads to: " + told)
            }
            if letters.contains(id), outcomes[id] != ["failed"] {
                problems.append("a dead letter that did not fail: " + told)
            }
            if requests.count > attempts[id] ?? 0 { problems.append("a request without an attempt: " + told) }
            if taken.count > 1 {
                if requests.first?.path == "/once" { problems.append("sent twice: " + told) }
                // After an answer that was lost, a kill or a pause; after nothing else.
                if !isExplained(requests), !interrupted.contains(id) {
                    problems.append("sent twice, and no call was cut off: " + told)
                }
            }
            return problems
        }
    }

    private func isExplained(_ requests: [Receiver.Request]) -> Bool {
        requests.contains { $0.answer == .dropAfter || $0.answer == .status(500) }
    }

    func summary(_ count: Int) -> String {
        let many = requests.values.filter { $0.first?.path != "/once" }
        let twice = many.filter { $0.filter(\.isTaken).count > 1 }
        let explained = twice.filter(isExplained)
        let failed = outcomes.filter { $0.value == ["failed"] }.keys.map { codes[$0] ?? "?" }
        let byCode = Dictionary(failed.map { ($0, 1) }, uniquingKeysWith: +)
        return
            "\(count) decisions, \(many.count { $0.first?.path == "/mail" }) by email: "
            + "\(outcomes.filter { $0.value == ["delivered"] }.count) delivered, failed \(byCode); "
            + "\(interrupted.count) attempts without result; at least once: \(twice.count) taken twice, \(explained.count) of them after a lost answer"
    }
}

extension Receiver.Request {
    /// An email, as if it had come as a request: a refusal is no message, a dropped connection may be one.
    fileprivate init(mail: MailServer.Taken) {
        let answer: Receiver.Answer =
            switch mail.fault {
            case "": .status(200)
            case "drop": .dropAfter
            default: .status(mail.fault.hasPrefix("4") ? 429 : 404)
            }
        self.init(path: "/mail", headers: ["webhook-id": mail.id], body: [], atMs: 0, answer: answer)
    }
}
