import BeckonService
import BeckonWorker
import Testing

@testable import beckon

@Suite struct `Worker settings` {
    func configuration(_ words: [String], environment: [String: String] = [:]) throws -> WorkerConfiguration {
        let invocation = try CommandLineParser.parse(.work, ["--brokers", "b:1,b:2", "--rules", "r"] + words)
        return try WorkerSettings.configuration(
            try invocation.settings(environment: environment), kafkaClient: ProgramSettings.kafkaClient,
            hostName: "host")
    }

    @Test func `defaults are those of the configuration`() throws {
        let found = try configuration(["--events", "events"])
        let standard = WorkerConfiguration(brokers: "b:1,b:2", events: ["events"], instance: "host")
        #expect(found.brokers == standard.brokers)
        #expect(found.events == standard.events)
        #expect(found.topics == standard.topics)
        #expect(found.group == standard.group)
        #expect(found.instance == standard.instance)
        #expect(found.threadCount == standard.threadCount)
        #expect(found.commitDelayMs == standard.commitDelayMs)
        #expect(found.idleCommitMs == standard.idleCommitMs)
        #expect(found.checkpointIntervalMs == standard.checkpointIntervalMs)
        #expect(found.replayWindowMs == standard.replayWindowMs)
        #expect(found.imageBytesPerSecond == standard.imageBytesPerSecond)
        #expect(found.timersPerStepMax == standard.timersPerStepMax)
        #expect(found.checksPartitioner == standard.checksPartitioner)
        #expect(found.allowsReturn == standard.allowsReturn)
        #expect(found.stateDirectory == "beckon-state")
        #expect(found.clientProperties == [:])
    }

    @Test func `everything can be set, by flag, by key and by variable`() throws {
        let found = try configuration(
            [
                "--events", "a,b", "--decisions", "d", "--state-dir", "/s", "--group", "g", "--instance", "i",
                "--threads",
                "3", "--kafka-client", "sasl.mechanism=PLAIN", "--set", "worker.commit.delay=0", "--set",
                "worker.allowsReturn=true", "--set", "durability.replayWindow=0", "--set",
                "durability.imageBytesPerSecond=100000",
            ],
            environment: [
                "BECKON_WORKER_COMMIT_IDLE": "2s", "BECKON_WORKER_CHECKPOINT_INTERVAL": "5m",
                "BECKON_WORKER_TIMERSPERSTEP": "7", "BECKON_WORKER_CHECKSPARTITIONER": "false",
                "BECKON_TOPICS_JOURNAL": "j", "BECKON_TOPICS_IMAGES": "pictures",
            ])
        #expect(found.events == ["a", "b"])
        #expect(found.topics.decisions == "d")
        #expect(found.topics.journal == "j")
        #expect(found.topics.images == "pictures")
        #expect(found.replayWindowMs == 0)
        #expect(found.imageBytesPerSecond == 100_000)
        #expect(found.stateDirectory == "/s")
        #expect([found.group, found.instance] == ["g", "i"])
        #expect(found.threadCount == 3)
        #expect(found.clientProperties == ["sasl.mechanism": "PLAIN"])
        #expect([found.commitDelayMs, found.idleCommitMs, found.checkpointIntervalMs] == [0, 2_000, 300_000])
        #expect(found.timersPerStepMax == 7)
        #expect(!found.checksPartitioner)
        #expect(found.allowsReturn)
    }

    @Test func `checkpoints can be switched off`() throws {
        let found = try configuration(["--events", "e", "--set", "worker.checkpoint.enabled=false"])
        #expect(found.stateDirectory == nil)
    }

    @Test func `topics with two meanings and names that Kafka does not take are told at once`() throws {
        let error = #expect(throws: SettingsProblems.self) {
            try configuration(["--events", "a,a,b c", "--decisions", "a", "--set", "topics.journal=beckon.outcomes"])
        }
        #expect(
            error?.description == """
                --events: worker.events has `a` twice.
                --events: worker.events has `b c`; a topic's name has 1 to 249 letters, digits, dots, hyphens and underscores.
                --decisions: topics.decisions has `a`, which is also worker.events: each topic has one meaning.
                --set: topics.journal has `beckon.outcomes`, which is also topics.outcomes: each topic has one meaning.
                """)
    }
}
