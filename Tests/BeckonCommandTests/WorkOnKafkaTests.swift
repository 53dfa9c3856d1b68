import BeckonKafka
import Foundation
import KafkaFixture
import Testing

@testable import beckon

/// The whole program against a real Kafka: topics, work, emit, decisions.
@Suite(.tags(.kafka), .enabled(if: RealKafka.isAvailable)) struct `Commands on a real Kafka` {
    /// Names that no other test has, as settings that each command of a test gets.
    struct Names {
        let events = RealKafka.uniqueName("events")
        var environment: [String: String]

        init(_ brokers: String) {
            var environment = ["BECKON_KAFKA_BROKERS": brokers, "BECKON_WORKER_EVENTS": events]
            for topic in [
                "DECISIONS", "SUPPRESSIONS", "OUTCOMES", "DEADLETTERS", "JOURNAL", "IMAGES", "ENVIRONMENT", "LEDGER",
                "RETRIES",
            ] {
                environment["BECKON_TOPICS_" + topic] = RealKafka.uniqueName("own")
            }
            environment["BECKON_WORKER_GROUP"] = RealKafka.uniqueName("group")
            self.environment = environment
        }

        func run(_ words: String..., input: String = "") throws -> BeckonProcess.Ending {
            try BeckonProcess(words, input: input, environment: environment).ending()
        }
    }

    static let rule = """
        id: welcome
        when: { event: signup }
        data: { plan: properties.plan }
        send: { channels: [email], template: welcome }
        """

    func get(_ address: String, _ path: String) -> String {
        let ending = Pipe()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        let (host, port) = (address.prefix { $0 != ":" }, address.drop { $0 != ":" }.dropFirst())
        process.arguments = [
            "-c", "exec 3<>/dev/tcp/\(host)/\(port) && printf 'GET \(path) HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3",
        ]
        process.standardOutput = ending
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return "" }
        let bytes = ending.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `topics are created, verified, and named when wrong`() throws {
        let kafka = try RealKafka.shared()
        let names = Names(kafka.brokers)
        let missing = try names.run("topics")
        #expect(missing.status == 1)
        #expect(
            missing.errors.hasPrefix(
                "beckon: 10 things are wrong:\n\(names.events): does not exist; --create --partitions N makes it\n"))
        let unsaid = try names.run("topics", "--create")
        #expect(unsaid.status == 2)
        #expect(unsaid.errors.contains("nothing says how many partitions to create. Add `--partitions 12`"))
        let created = try names.run("topics", "--create", "--partitions", "3", "--replication", "1")
        #expect(created.status == 0, "\(created.errors)")
        #expect(created.output.contains("created \(names.events)\n"))
        #expect(created.output.hasSuffix("The topics are as they must be.\n"))
        let again = try names.run("topics", "--create")
        #expect(again.status == 0)
        #expect(!again.output.contains("created "))
        let compacted = try kafka.makeTopics("compacted", partitionCount: 2, settings: ["cleanup.policy": "compact"])
        let wrong = try names.run("topics", "--events", "\(names.events),\(compacted[0])")
        #expect(wrong.status == 1)
        #expect(wrong.errors.contains("\(compacted[0]): has 2 partitions, \(names.events) has 3; "))
        #expect(wrong.errors.contains("\(compacted[0]): is compacted; "))
    }

    @Test func `an event becomes a decision, and SIGTERM ends the worker in order`() throws {
        let kafka = try RealKafka.shared()
        let names = Names(kafka.brokers)
        #expect(try names.run("topics", "--create", "--partitions", "2", "--replication", "1").status == 0)
        let folder = try TemporaryFolder()
        let rules = try folder.write("welcome.yaml", Self.rule)
        let port = UInt16.random(in: 20_000..<60_000)
        let worker = try BeckonProcess(
            [
                "work", "--rules", rules, "--state-dir", folder.path + "/state", "--instance", "one", "--http",
                "127.0.0.1:\(port)",
            ], environment: names.environment)
        #expect(worker.reached { get("127.0.0.1:\(port)", "/readyz").contains("200 OK") }, "\(worker.written.errors)")
        let sent = try names.run(
            "emit", "--topic", names.events, #"{"userId":"ann","event":"signup","properties":{"plan":"pro"}}"#)
        #expect(sent.status == 0, "\(sent.errors)")
        let decided = try names.run("decisions", "--from-beginning", "--count", "1")
        #expect(decided.output.contains("  decision  welcome  ann  email  "))
        #expect(decided.output.hasSuffix("  {\"plan\":\"pro\"}\n"))
        #expect(
            worker.reached {
                get("127.0.0.1:\(port)", "/metrics").contains(#"beckon_worker_decisions_total{rule="welcome"} 1"#)
            })
        worker.terminate()
        let ending = worker.ending()
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.errors.contains("Worker stopped"))
    }

    @Test func `a worker without its topics ends with 1 and says which`() throws {
        let names = Names(try RealKafka.shared().brokers)
        let folder = try TemporaryFolder()
        let rules = try folder.write("welcome.yaml", Self.rule)
        let ending = try names.run("work", "--rules", rules, "--state-dir", folder.path, "--http", "127.0.0.1:0")
        #expect(ending.status == 1)
        #expect(ending.errors.contains("the topic \(names.events) does not exist"))
    }

    @Test func `broken rules end the worker with 2 before it looks at Kafka`() throws {
        let folder = try TemporaryFolder()
        let rules = try folder.write("welcome.yaml", Self.rule.replacing("channels", with: "chanels"))
        let ending = try BeckonProcess.run(
            "work", "--brokers", "127.0.0.1:9", "--events", "events", "--rules", rules)
        #expect(ending.status == 2)
        #expect(ending.errors.contains("\(rules):4:"))
        #expect(ending.errors.contains("did you mean `channels`?"))
    }
}
