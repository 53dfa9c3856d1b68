import BeckonKafka
import BeckonService
import BeckonWorker

extension Command {
    static let deadLetters: Command = {
        let reason = Flag.value("--reason", "WORD", "Only those with this reason.")
        let count = Flag.value(
            "--count", "N", kind: .integer(1...1_000_000), "list: the newest N of each partition. 100 otherwise.")
        return Command(
            name: "dead-letters",
            summary: "Lists, shows and sends again what could not be read or delivered.",
            discussion:
                "`replay` takes places, or --reason for all of a kind. An event goes to its topic once more, a decision to the "
                + "sender's retries, where it is due at once; what has expired meanwhile is not delivered. What may have "
                + "been delivered already (deliveryUnknown) is replayed only by its place or its reason.",
            positionals: [
                .init("ACTION", "list, show or replay."),
                .init("PLACE", required: false, repeatable: true, "A dead letter, as `list` shows it: 2-1043."),
            ],
            flags: [
                CommonFlags.brokers, .setting(TopicSettings.deadLetters, "--topic", "TOPIC"), reason, count,
            ],
            examples: [
                .init(line: "beckon dead-letters list --brokers localhost:9092", explanation: "What there is, and why"),
                .init(line: "beckon dead-letters show 2-1043", explanation: "One of them, with its value"),
                .init(
                    line: "beckon dead-letters replay --reason deliveryFailed",
                    explanation: "After the provider was mended"),
            ]
        ) { invocation in
            let settings = try invocation.settings()
            let places = Array(invocation.positionals.dropFirst())
            let action = invocation.positionals[0]
            guard ["list", "show", "replay"].contains(action) else {
                let question = NearestWord.question(action, among: ["list", "show", "replay"])
                throw UsageProblem(
                    command: "dead-letters",
                    messages: ["ACTION is `\(action)`; expected list, show or replay.\(question)"])
            }
            let box = try DeadLetterBox(
                try KafkaTarget(settings) { DevRunFile.read() }, topic: settings[TopicSettings.deadLetters],
                retries: settings[TopicSettings.retries])
            let wanted = invocation.text(reason)
            switch action {
            case "list": try list(box, wanted, countMax: invocation.integer(count) ?? 100)
            case "show":
                if places.isEmpty { throw usage("PLACE is missing: which one? `beckon dead-letters list` shows them.") }
                for letter in try box.find(places) { Terminal.show(letter.page) }
            default: try replay(box, places, wanted)
            }
        }
    }()

    private static func usage(_ message: String) -> UsageProblem {
        UsageProblem(command: "dead-letters", messages: [message])
    }

    private static func list(_ box: DeadLetterBox, _ reason: String?, countMax: Int) throws {
        var newest: [Int32: [String]] = [:]
        var counts: [String: Int] = [:]
        try box.read { letter in
            if let reason, letter.reason != reason { return }
            counts[letter.reason, default: 0] += 1
            newest[letter.partition, default: []].append(letter.line)
            // Twice as many are kept, and the older half dropped at once.
            if newest[letter.partition]!.count >= 2 * countMax {
                newest[letter.partition]!.removeFirst(newest[letter.partition]!.count - countMax)
            }
        }
        for (_, lines) in newest.sorted(by: { $0.key < $1.key }) {
            for line in lines.suffix(countMax) { Terminal.show(line + "\n") }
        }
        let total = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        Terminal.show(total.isEmpty ? "There are none.\n" : "In all: \(total).\n")
    }

    private static func replay(_ box: DeadLetterBox, _ places: [String], _ reason: String?) throws {
        if places.isEmpty == (reason == nil) {
            throw usage("Say which: PLACE…, or --reason WORD for all of a kind.")
        }
        var letters = try box.find(places)
        if let reason { try box.read { if $0.reason == reason { letters.append($0) } } }
        let (count, left) = try box.replay(letters, nowMs: SystemClock().nowMs())
        for (letter, obstacle) in left { Terminal.complain("\(letter.place) stays: \(obstacle)") }
        Terminal.show("\(count) of \(letters.count) sent again.\n")
        if !left.isEmpty { throw OperationError("\(left.count) could not be replayed.") }
    }
}
