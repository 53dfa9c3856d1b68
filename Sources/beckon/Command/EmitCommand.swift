import BeckonModel
import BeckonService
import BeckonWorker
import Foundation

extension Command {
    static let emit: Command = {
        let topic = Flag.value(
            "--topic", "TOPIC", "The topic of events. That of the running `beckon dev` otherwise, or worker.events.")
        let key = Flag.value("--key", "ID", "The person's id, for events with neither userId nor anonymousId.")
        return Command(
            name: "emit",
            summary: "Sends one event, or many from standard input, to a running `beckon dev` or any Kafka.",
            discussion:
                "The event goes by its userId, else its anonymousId, to the partition that Java's default partitioner "
                + "gives it. It is checked first, as the worker will check it.",
            positionals: [.init("EVENT", "The event, as a JSON object; - reads one a line from standard input.")],
            flags: [CommonFlags.brokers, topic, key],
            examples: [
                .init(
                    line: #"beckon emit '{"userId":"ann","event":"add_to_cart","properties":{"price":60}}'"#,
                    explanation: "To the `beckon dev` that runs"),
                .init(
                    line: "beckon emit --brokers localhost:9092 --topic events - < events.ndjson",
                    explanation: "Many, to a Kafka"),
            ]
        ) { invocation in
            let settings = try invocation.settings()
            let target = try KafkaTarget(settings) { DevRunFile.read() }
            let run = EmitRun(
                target: target, topic: try topicName(invocation.text(topic), target, settings),
                key: invocation.text(key))
            let word = invocation.positionals[0]
            let count = try word == "-" ? run.sendLines(of: .standardInput) : run.send(word)
            Terminal.show("\(CountText.text(count, "event")) sent to \(run.topic).\n")
        }
    }()

    private static func topicName(_ flag: String?, _ target: KafkaTarget, _ settings: Settings) throws(UserError)
        -> String
    {
        if let name = flag ?? target.dev?.topic { return name }
        let events = settings[WorkerSettings.events]
        guard events.count == 1 else { throw UserError("Which topic? --topic TOPIC says it.") }
        return events[0]
    }
}

/// Sends events that were checked before anything is sent, or before each line.
struct EmitRun {
    let target: KafkaTarget
    let topic: String
    let key: String?

    /// - Returns: how many were sent.
    func send(_ text: String) throws -> Int {
        let event = try EventLine(Array(text.utf8), key: key, place: "The event", decoder: .ofEnvelopes())
        let sender = try EventSender(target, topic: topic)
        try sender.send(event)
        try sender.finish()
        return 1
    }

    /// One event a line; blank lines are passed over. The first that is wrong ends it, and what stood before it is sent.
    func sendLines(of file: FileHandle) throws -> Int {
        let sender = try EventSender(target, topic: topic)
        let decoder = EventDecoder.ofEnvelopes()
        var lines = ByteLines(file, lineBytesMax: EventDecoder.eventBytesMax)
        do {
            while let line = try lines.next() {
                let place = "Line \(lines.number)"
                if line.allSatisfy({ $0 <= 0x20 }) { continue }
                try sender.send(EventLine(line, key: key, place: place, decoder: decoder))
            }
        } catch let problem as UserError {
            try sender.finish()
            throw UserError("\(problem.description) The \(sender.count) events before it were sent.")
        }
        try sender.finish()
        return sender.count
    }
}
