import BeckonKafka
import BeckonService
import BeckonWorker

extension Command {
    static let decisions: Command = {
        let fromBeginning = Flag.toggle("--from-beginning", "Begins with the oldest decision, not with the next.")
        let json = Flag.toggle("--json", "Prints the records as they stand, one a line.")
        let count = Flag.value("--count", "N", kind: .integer(1...Int.max), "Ends after so many.")
        return Command(
            name: "decisions",
            summary: "Shows decisions and their recalls as they are committed.",
            discussion: "Reads on its own, without a group, until Ctrl-C.",
            flags: [
                CommonFlags.brokers, .setting(TopicSettings.decisions, "--topic", "TOPIC"), fromBeginning, json, count,
            ],
            examples: [
                .init(line: "beckon decisions --brokers localhost:9092", explanation: "From now on"),
                .init(
                    line: "beckon decisions --from-beginning --json --count 10 | jq .rule",
                    explanation: "The oldest ten of the `beckon dev` that runs"),
            ]
        ) { invocation in
            let shutdown = Shutdown.onSignals()
            let settings = try invocation.settings()
            let follower = try TopicFollower(
                try KafkaTarget(settings) { DevRunFile.read() }, topic: settings[TopicSettings.decisions],
                fromBeginning: invocation.has(fromBeginning))
            defer { follower.close() }
            var left = invocation.integer(count) ?? .max
            let isJSON = invocation.has(json)
            while left > 0, !shutdown.isRequested {
                try follower.read { value in
                    if left == 0 { return }
                    left -= 1
                    Terminal.show((isJSON ? Self.text(value) : DecisionLine.text(value)) + "\n")
                }
            }
        }
    }()

    private static func text(_ value: UnsafeRawBufferPointer?) -> String {
        value.map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }
}
