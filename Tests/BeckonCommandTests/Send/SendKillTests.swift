import BeckonKafka
import Foundation
import KafkaFixture
import Oracle
import Testing
import WebhookReceiver

/// Several senders that are killed and paused under load, before a receiver that fails at random.
@Suite(.tags(.kafka), .enabled(if: RealKafka.isAvailable), .serialized, .timeLimit(.minutes(15)))
struct `Killed senders on a real Kafka` {
    /// `BECKON_SEND_SEED`, `BECKON_SEND_KILLS` and `BECKON_SEND_RATE` run another one.
    static func knob(_ name: String, _ standard: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? standard
    }
    static let seed = UInt64(knob("BECKON_SEND_SEED", Int.random(in: 0..<1_000_000)))
    static let kills = knob("BECKON_SEND_KILLS", 5)
    /// Decisions a second.
    static let rate = knob("BECKON_SEND_RATE", 300)

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
        let settings = [
            "BECKON_SENDER_PRIVATEHOSTS": "127.0.0.1", "BECKON_SENDER_PROVIDERS_MANY_URL": receiver.url("/many"),
            "BECKON_SENDER_PROVIDERS_ONCE_URL": receiver.url("/once"),
            "BECKON_SENDER_CHANNELS_WEBHOOK_PROVIDERS": "many", "BECKON_SENDER_CHANNELS_SMS_PROVIDERS": "once",
            "BECKON_KAFKA_CLIENT_SESSION_TIMEOUT_MS": "6000",
        ]
        let names = ["one", "two", "three"]
        var senders: [BeckonProcess] = try names.map { try stage.sender($0, settings) }
        var count = 0
        func load(seconds: Double) throws {
            let deadline = Date().addingTimeInterval(seconds)
            while Date() < deadline {
                for _ in 0..<max(1, Self.rate / 50) {
                    let person = "p\(random.next() % 5_000)"
                    let channel = random.next() % 2 == 0 ? "webhook" : "sms"
                    try stage.write(
                        SendStage.decision(SendStage.id(count), person: person, channel: channel), person: person)
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
                try load(seconds: 10)
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
        note("written")
        let outcomes = try stage.awaitOutcomes(count, seconds: 90)
        note("settled")
        for (name, sender) in zip(names, senders) {
            sender.terminate()
            let ending = sender.ending()
            #expect(ending.status == 0, "\(name): \(ending.errors.suffix(3_000))")
        }
        let account = try Account(stage, receiver, outcomes: outcomes)
        #expect(
            account.problems(count).isEmpty,
            "BECKON_SEND_SEED=\(Self.seed), \(count) decisions:\n\(account.problems(count).prefix(20).joined(separator: "\n"))"
        )
        print("\(account.summary(count)); \(times.joined(separator: ", "))")
    }
}

/// Ledger, outcomes, dead letters and receiver, held against each other.
struct Account {
    private var outcomes: [String: [String]] = [:]
    private var codes: [String: String] = [:]
    private var attempts: [String: Int] = [:]
    private var results: [String: [String]] = [:]
    private var letters: Set<String> = []
    private var requests: [String: [Receiver.Request]] = [:]
    private let interruptedCount: Int

    init(_ stage: SendStage, _ receiver: Receiver, outcomes found: [[String: Any]]) throws {
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
        interruptedCount = open.count
        for letter in try stage.read(stage.topics.deadLetters) { letters.insert(letter["id"] as? String ?? "?") }
        for request in receiver.requests { requests[request.id, default: []].append(request) }
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
            if requests.first?.path == "/once", taken.count > 1 { problems.append("sent twice: " + told) }
            return problems
        }
    }

    func summary(_ count: Int) -> String {
        let many = requests.values.filter { $0.first?.path == "/many" }
        let twice = many.filter { $0.filter(\.isTaken).count > 1 }
        let explained = twice.filter { $0.contains { $0.answer == .dropAfter || $0.answer == .status(500) } }
        let failed = outcomes.filter { $0.value == ["failed"] }.keys.map { codes[$0] ?? "?" }
        let byCode = Dictionary(failed.map { ($0, 1) }, uniquingKeysWith: +)
        return
            "\(count) decisions: \(outcomes.filter { $0.value == ["delivered"] }.count) delivered, failed \(byCode); "
            + "\(interruptedCount) attempts without result; at least once: \(twice.count) taken twice, \(explained.count) after a 500 or drop"
    }
}
