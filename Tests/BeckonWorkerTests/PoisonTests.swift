import BeckonModel
import Foundation
import KafkaFixture
import Testing

@testable import BeckonWorker

#if DEBUG
    /// A record that crashes the process, planted: the engine has no such, as far as we know.
    @Suite(.enabled(if: RealKafka.isAvailable), .serialized, .tags(.kafka), .timeLimit(.minutes(4)))
    struct `A record that crashes the process` {
        private let stage: WorkerStage

        init() throws { stage = try WorkerStage(RealKafka.shared(), events: ["events", "more"]) }

        private func worker(state: String? = nil, _ settings: [String: String] = [:]) throws -> ChildWorker {
            try ChildWorker(
                stage, state: state ?? stage.state, rules: `Worker on a real Kafka`.rules,
                settings: ["crashesOn": "poisoned"].merging(settings) { $1 })
        }

        private func buy(_ person: String, _ remark: String = "", topic: Int = 0) throws {
            let properties = #"{"total":120,"remark":"\#(remark)"}"#
            try stage.emit(person, #"{"event":"order_completed","properties":\#(properties)}"#, topic: topic)
        }

        private func decided() throws -> [String] { try stage.read(stage.configuration.topics.decisions) }

        @Test func `twice is isolated in the dead letters, and the partition goes on; a replay skips it too`() throws {
            for person in 0..<40 { try buy("before-\(person)", topic: person % 2) }
            // A producer that makes one such event makes more: three lie side by side, and one on the other topic.
            let victims = [String](repeating: "victim", count: 4)
            for (place, victim) in victims.enumerated() { try buy(victim, "poisoned", topic: 1 - place / 3) }
            for person in 0..<40 { try buy("after-\(person)", topic: person % 2) }
            try stage.flush()

            // Two lives for each, and no more.
            for life in 1...2 * victims.count {
                let worker = try worker()
                let end = try #require(worker.awaitEnd(seconds: 60), "life \(life) goes on: \(worker.log)")
                #expect(end < 0, "life \(life): \(end)\n\(worker.log.suffix(2_000))")
            }
            let last = try worker()
            let decisions = try stage.await(stage.configuration.topics.decisions, count: 80, seconds: 60)
            #expect(decisions.count == 80, "\(last.log.suffix(2_000))")
            #expect(last.isRunning)
            #expect(last.log.contains("A record has crashed the process twice"))
            let deadLetters = try (0..<stage.partitionCount).flatMap {
                try stage.records(
                    stage.configuration.topics.deadLetters, $0, headers: ["beckon-reason", "beckon-topic"])
            }
            #expect(deadLetters.map { $0.headers["beckon-reason"] } == victims.map { _ in "poison" })
            #expect(deadLetters.filter { $0.headers["beckon-topic"] == stage.events[1] }.count == 3)
            #expect(deadLetters.map { $0.key ?? [] } == victims.map { Array($0.utf8) })
            #expect(last.stop() == 0)

            // Without its disk, its images and its marks: only the journal says what was skipped.
            let replaying = try worker(state: stage.state + "-new", ["windowMs": "none"])
            defer { try? FileManager.default.removeItem(atPath: stage.state + "-new") }
            try buy("last")
            try stage.flush()
            #expect(try stage.await(stage.configuration.topics.decisions, count: 81, seconds: 60).count == 81)
            #expect(replaying.stop() == 0, "\(replaying.log.suffix(2_000))")
        }

        @Test func `once, or killed from outside, is applied again`() throws {
            for person in 0..<40 { try buy("person-\(person)") }
            try buy("victim", "poisoned")
            try stage.flush()
            let first = try worker()
            #expect((try #require(first.awaitEnd(seconds: 60))) < 0)
            // The next version has the fault no more.
            let mended = try worker(["crashesOn": "something else"])
            #expect(try stage.await(stage.configuration.topics.decisions, count: 41, seconds: 60).count == 41)
            #expect(mended.log.contains("it is tried once more"))
            #expect(mended.stop() == 0)
            #expect(try stage.read(stage.configuration.topics.deadLetters).isEmpty)
        }
    }

    @Suite struct `Mark of a crash` {
        private let path = NSTemporaryDirectory() + "mark-\(UInt32.random(in: 0 ..< .max)).crash"

        @Test func `is kept by the file, counted in a row, and forgotten once the partition has passed the record`()
            throws
        {
            defer { unlink(path) }
            do {
                let mark = try CrashMark(path: path)
                #expect(mark.crashed == nil)
                mark.pointer.pointee.crashed_input = 1
                mark.pointer.pointee.crashed_offset = 7
                mark.pointer.pointee.crash_count = 1
            }
            let again = try CrashMark(path: path)
            #expect(again.crashed == CrashMark.Crashed(input: 1, offset: 7, count: 1))
            #expect(again.poison == nil)
            again.pointer.pointee.crash_count = 2
            #expect(again.poison?.offset == 7)
            again.passed([100, 7])
            #expect(again.poison != nil)
            again.passed([100, 8])
            #expect(again.crashed == nil)
        }

        @Test func `is not there where the file cannot be made`() {
            #expect(throws: DiskFailure.self) { try CrashMark(path: "/proc/none.crash") }
        }
    }
#endif
