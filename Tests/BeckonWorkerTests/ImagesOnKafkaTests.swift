import BeckonEngine
import BeckonKafka
import BeckonModel
import BeckonWorker
import Foundation
import KafkaFixture
import Testing

@Suite(.enabled(if: RealKafka.isAvailable), .serialized, .tags(.kafka), .timeLimit(.minutes(3)))
struct `Images on a real Kafka` {
    private let yaml = `Worker on a real Kafka`.rules
    private var rules: RuleSet { WorkerStage.rules(yaml) }

    /// A stage without a disk.
    private func makeStage(partitionCount: Int32 = 1) throws -> WorkerStage {
        let stage = try WorkerStage(try RealKafka.shared(), partitionCount: partitionCount)
        stage.configuration.stateDirectory = nil
        return stage
    }

    /// One order of each, after so many before it; each must be decided knowing these.
    private func order(_ stage: WorkerStage, people: Int, after orders: Int) throws {
        for person in 0..<people {
            try stage.emit("p\(person)", #"{"event":"order_completed","properties":{"total":120}}"#)
        }
        try stage.flush()
        let count = people * (orders + 1)
        let decisions = try stage.await(stage.configuration.topics.decisions, count: count)
        #expect(decisions.count == count)
        #expect(decisions.filter { $0.contains(#""orders":\#(orders + 1)}"#) }.count == people)
    }

    /// A life with one order of each, ended gracefully; what it logged.
    private func live(_ stage: WorkerStage, people: Int = 20, after orders: Int) throws -> String {
        let log = LogCatcher()
        let worker = stage.worker(rules, log: log)
        try worker.start()
        defer { worker.stop() }
        try order(stage, people: people, after: orders)
        worker.stop()
        #expect(worker.endedBy == nil)
        return log.text
    }

    private func line(_ log: String) -> String {
        log.split(separator: "\n").first { $0.contains("Partition restored") }.map(String.init) ?? log
    }

    @Test(arguments: [0, 200, 60_000] as [Int64]) func `leave nothing to replay after a graceful stop`(windowMs: Int64)
        throws
    {
        let stage = try makeStage()
        stage.configuration.replayWindowMs = windowMs
        _ = try live(stage, after: 0)
        for orders in 1...2 {
            let log = try live(stage, after: orders)
            #expect(line(log).contains("restore.from=images") && line(log).contains("journal.steps=0"), "\(log)")
            #expect(line(log).contains("state.people=20"), "\(log)")
        }
    }

    @Test func `without a window leave nothing to replay after a kill either`() throws {
        let stage = try makeStage()
        for orders in 0..<3 {
            let worker = try ChildWorker(stage, state: nil, rules: yaml, settings: ["windowMs": "0"])
            try order(stage, people: 20, after: orders)
            worker.kill()
            if orders == 0 { continue }
            let restored = line(worker.log)
            #expect(restored.contains("restore.from=images") && restored.contains("journal.steps=0"), "\(worker.log)")
        }
    }

    @Test func `are written within the window although nothing more happens`() throws {
        let stage = try makeStage()
        let worker = try ChildWorker(stage, state: nil, rules: yaml, settings: ["windowMs": "2000"])
        try order(stage, people: 20, after: 0)
        let images = stage.configuration.topics.images
        try stage.wait(15, "all are written") { try Set(stage.records(images, 0).compactMap(\.key)).count == 21 }
        worker.kill()
        let log = try live(stage, after: 1)
        #expect(line(log).contains("restore.from=images") && line(log).contains("journal.steps=0"), "\(log)")
    }

    /// Their commits have no step, and a checkpoint before them is no older for it.
    @Test func `written behind a checkpoint do not break the journal's chain`() throws {
        let stage = try makeStage()
        for orders in 0..<2 {
            let worker = try ChildWorker(
                stage, state: stage.state, rules: yaml, settings: ["windowMs": "3000", "checkpointMs": "200"])
            try order(stage, people: 20, after: orders)
            try stage.wait(20, "a commit of images alone") { try stage.journal(0).last?.steps.isEmpty ?? false }
            worker.kill()
            if orders > 0 { #expect(line(worker.log).contains("restore.from=checkpoint"), "\(worker.log)") }
        }
        // Reading the journal has proved its chain.
        #expect(try stage.journal(0).count >= 4)
    }

    /// Which no replay could do.
    @Test func `survive a lost disk when inputs and journal have expired`() throws {
        let stage = try makeStage()
        for orders in 0..<2 { _ = try live(stage, after: orders) }
        let last = try #require(try stage.records(stage.configuration.topics.journal, 0).last)
        try stage.kafka.deleteRecords(stage.configuration.topics.journal, 0, before: last.offset)
        try stage.kafka.deleteRecords(stage.events[0], 0, before: 30)
        let log = try live(stage, after: 2)
        #expect(line(log).contains("restore.from=images"), "\(log)")
    }

    @Test func `over changes of rules are of one side of each, though they were far behind`() throws {
        let stage = try makeStage()
        // Nobody is due before the end, so that a change has to wait for everybody.
        let settings = ["windowMs": "3600000"]
        for orders in 0..<6 {
            let template = "thanks-\(orders / 2)"
            let rules = yaml.replacingOccurrences(of: "template: thanks", with: "template: \(template)")
            try? FileManager.default.removeItem(atPath: stage.state + ".yaml")
            let worker = try ChildWorker(stage, state: nil, rules: rules, settings: settings)
            // Some of these come before the new rules are in force: only later ones must be of them.
            try order(stage, people: 20, after: orders)
            worker.kill()
            #expect(!worker.log.contains("Not restored from there"), "\(worker.log)")
            if orders > 0 { #expect(line(worker.log).contains("restore.from=images"), "\(worker.log)") }
            guard orders % 2 == 1 else { continue }
            let decisions = try stage.read(stage.configuration.topics.decisions)
            #expect(decisions.filter { $0.contains(template) && $0.contains(#""orders":\#(orders + 1)}"#) }.count == 20)
        }
    }

    /// Which a worker brings about that writes none.
    @Test func `over a change of rules that they do not know are not used`() throws {
        let stage = try makeStage()
        _ = try live(stage, after: 0)
        stage.configuration.replayWindowMs = nil
        let other = WorkerStage.rules(yaml.replacingOccurrences(of: "template: cart", with: "template: basket"))
        let worker = stage.worker(other)
        try worker.start()
        try order(stage, people: 20, after: 1)
        worker.stop()
        stage.configuration.replayWindowMs = 60_000
        stage.configuration.allowsReturn = true
        let log = try live(stage, after: 2)
        #expect(log.contains("the rules have changed with step"), "\(log)")
        #expect(line(log).contains("restore.from=journal"), "\(log)")
        let again = try live(stage, after: 3)
        #expect(line(again).contains("restore.from=images"), "\(again)")
    }

    @Test func `are taken before an older file, and a newer file before them`() throws {
        let stage = try makeStage()
        let folder = stage.state + "-kept"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        stage.configuration.stateDirectory = stage.state
        _ = try live(stage, after: 0)
        try FileManager.default.copyItem(atPath: stage.state, toPath: folder)
        stage.configuration.stateDirectory = nil
        for orders in 1...2 { _ = try live(stage, after: orders) }
        stage.configuration.stateDirectory = folder
        let newer = try live(stage, after: 3)
        #expect(line(newer).contains("restore.from=images"), "\(newer)")
        // A life that writes files alone.
        stage.configuration.replayWindowMs = nil
        _ = try live(stage, after: 4)
        stage.configuration.replayWindowMs = 60_000
        let older = try live(stage, after: 5)
        #expect(line(older).contains("restore.from=checkpoint") && line(older).contains("journal.steps=0"), "\(older)")
        // It has written whom the file had and they had not.
        stage.configuration.stateDirectory = nil
        let healed = try live(stage, after: 6)
        #expect(line(healed).contains("restore.from=images") && line(healed).contains("journal.steps=0"), "\(healed)")
    }

    @Test func `of a life without them are made up for, also of those who do not change`() throws {
        let stage = try makeStage()
        stage.configuration.stateDirectory = stage.state
        stage.configuration.replayWindowMs = nil
        _ = try live(stage, people: 50, after: 0)
        stage.configuration.replayWindowMs = 60_000
        let worker = stage.worker(rules)
        try worker.start()
        try stage.awaitReady(worker)
        worker.stop()
        stage.configuration.stateDirectory = nil
        let log = try live(stage, people: 50, after: 1)
        #expect(line(log).contains("restore.from=images") && line(log).contains("state.people=50"), "\(log)")
    }

    enum Damage: CaseIterable { case torn, ghost, flipped, head }

    @Test(arguments: Damage.allCases) func `that are not whole cost time, never a decision`(_ damage: Damage) throws {
        let stage = try makeStage()
        _ = try live(stage, after: 0)
        try write(damage, stage)
        let log = try live(stage, after: 1)
        // Of somebody whose newest image cannot be read an older one is still there, until it is compacted away.
        let source = damage == .torn || damage == .flipped ? "images" : "journal"
        #expect(line(log).contains("restore.from=\(source)"), "\(log)")
        #expect(log.contains("Not restored from there") == (damage == .ghost), "\(log)")
        #expect(log.contains("An image cannot be read") == (damage == .flipped), "\(log)")
        #expect(log.contains("Images not used") == (damage == .head), "\(log)")
        // Written anew, they serve again; somebody who never was stays on the topic and in the way.
        let again = try live(stage, after: 2)
        #expect(line(again).contains("restore.from=\(damage == .ghost ? "journal" : "images")"), "\(again)")
    }

    private func write(_ damage: Damage, _ stage: WorkerStage) throws {
        let images = stage.configuration.topics.images
        let known = try #require(try stage.records(images, 0).last { $0.key?.first != 0xFF })
        var key = try #require(known.key)
        var value = try #require(known.value)
        switch damage {
        case .torn:
            // What a worker wrote before it was killed: nobody sees it.
            let id = "\(stage.configuration.group)-one-0"
            let dead = try KafkaProducer(stage.kafka.configuration(.transactionalProducer(id: id)))
            try dead.initTransactions()
            try dead.beginTransaction()
            try dead.produce(to: dead.topic(images), partition: 0, key: [0xFF], value: [1, 2, 3])
            try dead.produce(to: dead.topic(images), partition: 0, key: key, value: [])
            try dead.awaitReports()
            dead.close()
            return
        case .ghost: (key, value) = try ghost()
        case .flipped: value[value.count - 1] ^= 4
        case .head:
            key = [0xFF]
            value = [1, 2, 3]
        }
        let producer = try KafkaProducer(stage.kafka.configuration(.plainProducer))
        defer { producer.close() }
        try producer.produce(to: producer.topic(images), partition: 0, key: key, value: value)
        try producer.awaitReports()
    }

    /// An image, right in itself, of somebody who never was there.
    private func ghost() throws -> (key: [UInt8], value: [UInt8]) {
        var engine = PartitionEngine(inputs: ["a"], partition: 0, hashSeed: 1)
        engine.learn(rules)
        engine.noteChanges(beyond: 0)
        let key = Array("ghost".utf8)
        let event = Array(#"{"event":"order_completed","properties":{"total":1}}"#.utf8)
        var output = StepOutput()
        key.withUnsafeBytes { key in
            event.withUnsafeBytes { event in
                let record = InputRecord(
                    value: event.baseAddress, valueCount: Int32(event.count), key: key.baseAddress,
                    keyCount: Int32(key.count), offset: 0, timestampMs: 1_700_000_000_000)
                let step = Step(
                    seq: 1, nowMs: 1_700_000_000_000, wallMs: 1_700_000_000_000,
                    ranges: [InputRange(input: 0, from: 0, to: 1, count: 1, checksum: 0)],
                    commands: [.useRules(rules.hash)])
                withUnsafePointer(to: record) {
                    engine.apply(
                        step, records: RecordBatch(UnsafeBufferPointer(start: $0, count: 1)), into: &output)
                }
            }
        }
        var batch = ImageBatch()
        engine.takeImages(through: .max, bytesMax: .max, into: &batch)
        let image = try #require(batch.images.first)
        let bytes = batch.bytes.bytes
        return (key, Array(bytes[image.valueStart..<image.valueStart + image.valueCount]))
    }

    /// A partition in which nothing happens: else its journal would be empty one day, and prove nothing.
    @Test func `and the journal's end are written again before they expire`() throws {
        let stage = try makeStage()
        _ = try live(stage, after: 0)
        let journal = stage.configuration.topics.journal
        let count = try stage.records(journal, 0).count
        stage.configuration.journalRefreshMs = 300
        let worker = stage.worker(rules)
        try worker.start()
        try stage.wait(20, "the journal's end is written again") { try stage.records(journal, 0).count > count + 1 }
        worker.stop()
        #expect(worker.endedBy == nil)
        let last = try #require(try stage.journal(0).last)
        #expect(last.steps.isEmpty && last.lastSeq > 0)
        try stage.kafka.deleteRecords(journal, 0, before: try #require(stage.records(journal, 0).last?.offset))
        stage.configuration.journalRefreshMs = 3_600_000
        let log = try live(stage, after: 1)
        #expect(line(log).contains("restore.from=images") && line(log).contains("journal.steps=0"), "\(log)")
    }

    @Test func `beside an empty journal are refused`() throws {
        let stage = try makeStage()
        _ = try live(stage, after: 0)
        let other = try makeStage()
        other.configuration.topics.images = stage.configuration.topics.images
        let worker = other.worker(rules)
        try worker.start()
        defer { worker.stop() }
        let error = worker.awaitEnd()
        #expect(error?.code == .images && error?.description.contains("create both topics anew") == true)
    }
}
