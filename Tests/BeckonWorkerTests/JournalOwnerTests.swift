import BeckonWorker
import Foundation
import KafkaFixture
import Testing

@Suite(.enabled(if: RealKafka.isAvailable), .serialized, .tags(.kafka), .timeLimit(.minutes(2)))
struct `The journal of a group on a real Kafka` {
    private let rules = WorkerStage.rules(`Worker on a real Kafka`.rules)

    private func startError(_ stage: WorkerStage, group: String) -> WorkerError? {
        var configuration = stage.configuration
        configuration.group = group
        let worker = WorkerStage.makeWorker(configuration, rules)
        defer { worker.stop() }
        do throws(WorkerError) { try worker.start() } catch { return error }
        return nil
    }

    @Test func `is refused to another group, while the first runs and after, even before it has a record`() throws {
        let stage = try WorkerStage(try RealKafka.shared())
        let first = stage.worker(rules)
        try first.start()
        let early = startError(stage, group: "other")
        #expect(early?.code == .topics)
        #expect(
            early?.description.contains(
                "\(stage.configuration.topics.journal) belongs to the group \(stage.configuration.group)")
                == true, "\(early.debugDescription)")
        #expect(early?.description.contains("(topics.*)") == true)
        try stage.emit("ann", #"{"event":"order_completed","properties":{"total":120}}"#)
        try stage.flush()
        #expect(try stage.await(stage.configuration.topics.decisions, count: 1).count == 1)
        first.stop()
        #expect(first.endedBy == nil)
        #expect(startError(stage, group: "other")?.code == .topics)
        #expect(startError(stage, group: stage.configuration.group) == nil)
    }

    @Test func `that is older than ownership is told by who wrote it last`() throws {
        let stage = try WorkerStage(try RealKafka.shared(), partitionCount: 1)
        let first = stage.worker(rules)
        try first.start()
        try stage.emit("ann", #"{"event":"order_completed","properties":{"total":120}}"#)
        try stage.flush()
        try stage.awaitJournal(0, positions: [1])
        first.stop()
        // What an older version has left: a journal, and no word of whose it is.
        stage.configuration.topics.environment = try stage.kafka.makeTopics(
            "environment", partitionCount: 1, settings: ["cleanup.policy": "compact"])[0]
        let error = startError(stage, group: "other")
        #expect(error?.code == .topics && error?.description.contains(stage.configuration.group) == true)
        #expect(startError(stage, group: stage.configuration.group) == nil)
    }

    @Test func `goes to one of two groups that start at once`() async throws {
        let stage = try WorkerStage(try RealKafka.shared())
        let configuration = stage.configuration
        let errors = await withTaskGroup(of: WorkerError?.self, returning: [WorkerError?].self) { group in
            for name in ["one", "two"] {
                group.addTask { [rules] in
                    var own = configuration
                    own.group = "\(configuration.group)-\(name)"
                    own.stateDirectory = nil
                    let worker = WorkerStage.makeWorker(own, rules)
                    defer { worker.stop() }
                    do throws(WorkerError) { try worker.start() } catch { return error }
                    return nil
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(errors.compactMap { $0 }.count == 1 && errors.compactMap { $0?.code } == [.topics])
    }
}
