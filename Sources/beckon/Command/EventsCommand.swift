import BeckonKafka
import BeckonModel
import BeckonService
import BeckonWorker
import Foundation

extension Command {
    static let events: Command = {
        let count = Flag.value(
            "--count", "N", kind: .integer(1...Int.max),
            "Reads so many events; of a topic the newest, 100000 otherwise.")
        return Command(
            name: "events",
            summary: "Writes the `events:` of a rule file from events that there are.",
            discussion:
                "Which events came, and which properties of which type they had. With it in your rules, `beckon check` "
                + "finds properties.valeu. Look it through: what has not come yet is not in it. A word that is a file "
                + "here is read as one, with one event as JSON a line; anything else is a topic.",
            positionals: [
                .init("TOPIC|FILE", "A topic, or a file of events, one a line; - reads them from standard input.")
            ],
            flags: [CommonFlags.brokers, count],
            examples: [
                .init(line: "beckon events events.ndjson > rules/events.yaml", explanation: "From a file"),
                .init(
                    line: "beckon events events --brokers localhost:9092 > rules/events.yaml",
                    explanation: "From a topic"),
            ]
        ) { invocation in
            let settings = try invocation.settings()
            let source = invocation.positionals[0]
            var reader = EventSampleReader(countMax: invocation.integer(count))
            if source == "-" {
                try reader.readLines(of: .standardInput)
            } else if let file = try EventSampleReader.file(source) {
                try reader.readLines(of: file)
            } else {
                guard !source.contains("/"), !source.hasSuffix(".ndjson"), !source.hasSuffix(".json") else {
                    throw UserError("There is no file \(source).")
                }
                try reader.readTopic(source, of: try KafkaTarget(settings) { DevRunFile.read() })
            }
            guard reader.inference.count > 0 else {
                let unreadable = reader.inference.unreadableCount
                throw UserError(
                    unreadable == 0
                        ? "There are no events in \(source)."
                        : "None of the \(unreadable) records in \(source) is an event: JSON such as "
                            + "{\"event\":\"login\",\"properties\":{}}, one a line.")
            }
            Terminal.show(EventDeclarationText.text(of: reader.inference))
            let unreadable = reader.inference.unreadableCount
            if unreadable > 0 { Terminal.complain("\(CountText.text(unreadable, "record")) could not be read.") }
        }
    }()
}

/// Reads events to learn from, up to a number of them.
struct EventSampleReader {
    private(set) var inference = EventInference()
    /// nil: all of a file, the newest `topicCountDefault` of a topic.
    let countMax: Int?

    static let topicCountDefault = 100_000

    init(countMax: Int?) { self.countMax = countMax }

    /// nil where there is none of that name.
    static func file(_ path: String) throws(UserError) -> FileHandle? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw UserError("\(path) is a folder; name a file of events, or a topic.")
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw UserError("The file \(path) cannot be read: \(String(cString: strerror(errno))).")
        }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    mutating func readLines(of file: FileHandle) throws(UserError) {
        var lines = ByteLines(file, lineBytesMax: EventDecoder.eventBytesMax)
        while inference.count < countMax ?? .max, let line = try lines.next() {
            if !line.allSatisfy({ $0 <= 0x20 }) { inference.add(line) }
        }
    }

    /// The newest events of every partition, up to the ends that it has now.
    mutating func readTopic(_ topic: String, of target: KafkaTarget) throws {
        let most = countMax ?? Self.topicCountDefault
        let follower = try TopicFollower(target, topic: topic, newest: most)
        defer { follower.close() }
        while !follower.isAtEnd, inference.count < most {
            try follower.readMessages { message in
                if inference.count < most { add(message) }
            }
        }
    }

    private mutating func add(_ message: Message) {
        inference.add(CloudEventEnvelope.json(of: message) ?? message.value.map { Array($0) } ?? [])
    }
}
