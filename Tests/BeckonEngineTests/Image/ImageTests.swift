import BeckonModel
import Oracle
import Testing

@testable import BeckonEngine

/// What a compacted topic and a head of it come to.
private struct ImageTopic {
    var images: [[UInt8]: [UInt8]] = [:]
    var head: CheckpointHead?
    /// Ends of commits: how many had changed by then.
    private var commits: [(changedCount: Int, head: CheckpointHead)] = []

    mutating func commit(_ engine: inout PartitionEngine, countMax: Int) {
        var batch = ImageBatch()
        commits.append((engine.changedCount, engine.checkpointHead!))
        engine.takeImages(
            through: countMax == .max ? .max : engine.imagedCount + countMax, bytesMax: .max, into: &batch)
        let bytes = batch.bytes.bytes
        for image in batch.images {
            images[Array(bytes[image.keyStart..<image.keyStart + image.keyCount])] = Array(
                bytes[image.valueStart..<image.valueStart + image.valueCount])
        }
        let imagedCount = engine.imagedCount
        head = commits.last { $0.changedCount <= imagedCount }?.head ?? head
    }

    /// An engine as of the head, its people as the images have them.
    func restored(_ records: WorkloadRecords, _ ruleSet: RuleSet) throws -> EngineRun {
        var run = EngineRun(records, ruleSet, hashSeed: 11)
        guard let head else { return run }
        try run.engine.restore(head)
        var scratch = ByteBuffer()
        var newest: Int64 = 0
        for (id, value) in images {
            newest = max(
                newest,
                try id.withUnsafeBytes { id in
                    try value.withUnsafeBytes { try run.engine.restoreImage(id: id, value: $0, &scratch) }
                })
        }
        run.engine.finishRestore(exactFromSeq: newest)
        return run
    }
}

@Suite struct `Images` {
    /// Commits of any length take as many images as they like, and the partition may be lost after each.
    @Test(arguments: 0..<200 as Range<UInt64>)
    func `and the steps after their head give the state, whenever it is lost`(
        seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed &+ 17)
        let workload = WorkloadGenerator(seed: seed).make()
        let ruleSet = try Determinism.ruleSet(workload)
        let records = WorkloadRecords(workload.input.topics)
        var live = EngineRun(records, ruleSet)
        _ = live.takeAll(workload.input.steps, ruleSet)

        var written = EngineRun(records, ruleSet, hashSeed: 5)
        written.engine.noteChanges(beyond: 0)
        var topic = ImageTopic()
        let lostAt = Int(random.next() % UInt64(live.steps.count))
        let pace = [0, 1, 2, 7, 1_000][Int(random.next() % 5)]
        for (place, step) in live.steps[...lostAt].enumerated() {
            written.take(step)
            // The step with the rules is a commit of its own, which takes everybody.
            if place == 0 {
                topic.commit(&written.engine, countMax: .max)
            } else if random.next() % 3 == 0 || place == lostAt {
                topic.commit(&written.engine, countMax: pace == 0 ? Int(random.next() % 4) : pace)
            }
        }
        #expect(written.stateHashes == Array(live.stateHashes[...lostAt]))

        var restored = try topic.restored(records, ruleSet)
        let headSeq = topic.head!.seq
        for step in live.steps where step.seq > headSeq { restored.take(step) }
        let isExact = restored.engine.isExact
        #expect(isExact)
        #expect(restored.engine.stateHash == live.stateHashes.last)
        let lostSeq = live.steps[lostAt].seq
        #expect(restored.outputsAfter(lostSeq) == live.outputsAfter(lostSeq))
        let hashes = zip(restored.steps, restored.stateHashes).filter { $0.0.seq >= lostSeq }.map(\.1)
        #expect(hashes == Array(live.stateHashes.suffix(hashes.count)))
    }

    /// Each commit writes everybody: then nothing is left to replay.
    @Test(arguments: 0..<40 as Range<UInt64>) func `of all who changed are the state itself`(seed: UInt64) throws {
        let workload = WorkloadGenerator(seed: seed).make()
        let ruleSet = try Determinism.ruleSet(workload)
        let records = WorkloadRecords(workload.input.topics)
        var live = EngineRun(records, ruleSet)
        live.engine.noteChanges(beyond: 0)
        _ = live.takeAll(workload.input.steps, ruleSet)
        var topic = ImageTopic()
        topic.commit(&live.engine, countMax: .max)
        let restored = try topic.restored(records, ruleSet)
        #expect(restored.engine.seq == live.engine.seq && restored.engine.nowMs == live.engine.nowMs)
        #expect(restored.engine.stateHash == live.engine.stateHash)
        #expect(restored.engine.peopleCount == live.engine.peopleCount)
    }

    @Test(arguments: 0..<8 as Range<UInt64>) func `with somebody missing, or older, do not give the state's hash`(
        seed: UInt64
    ) throws {
        let workload = WorkloadGenerator(seed: seed).make()
        let ruleSet = try Determinism.ruleSet(workload)
        let records = WorkloadRecords(workload.input.topics)
        var live = EngineRun(records, ruleSet)
        live.engine.noteChanges(beyond: 0)
        var topic = ImageTopic()
        var older: [[UInt8]: [UInt8]] = [:]
        live.take(Step(seq: 1, nowMs: 0, wallMs: 0, commands: [.useRules(ruleSet.hash)]))
        for step in workload.input.steps {
            live.take(step)
            older = older.isEmpty ? topic.images : older
            topic.commit(&live.engine, countMax: .max)
        }
        func hash(_ change: (inout ImageTopic) -> Void) throws -> UInt64 {
            var changed = topic
            change(&changed)
            return try changed.restored(records, ruleSet).engine.stateHash
        }
        #expect(try hash { _ in } == live.engine.stateHash)
        for id in topic.images.keys {
            #expect(try hash { $0.images[id] = nil } != live.engine.stateHash)
            if let old = older[id], old != topic.images[id] {
                #expect(try hash { $0.images[id] = old } != live.engine.stateHash)
            }
        }
        #expect(!topic.images.isEmpty)
    }

    /// After a restore, who may lack an image waits for one, and nobody else.
    @Test func `wait for those whose version lies beyond the head`() throws {
        let workload = WorkloadGenerator(seed: 6).make()
        let ruleSet = try Determinism.ruleSet(workload)
        let records = WorkloadRecords(workload.input.topics)
        var live = EngineRun(records, ruleSet)
        _ = live.takeAll(workload.input.steps, ruleSet)
        let everybody = live.engine.peopleCount
        live.engine.noteChanges(beyond: 0)
        #expect(live.engine.changedCount == everybody)
        var batch = ImageBatch()
        live.engine.takeImages(through: .max, bytesMax: 1, into: &batch)
        #expect(batch.images.count == 1)
        live.engine.takeImages(through: .max, bytesMax: .max, into: &batch)
        #expect(batch.images.count == everybody && live.engine.imagedCount == everybody)
        live.engine.noteChanges(beyond: live.engine.seq)
        #expect(live.engine.changedCount == everybody)
    }
}

@Suite struct `Image of a person` {
    private static func image() throws -> (id: [UInt8], value: [UInt8], records: WorkloadRecords, ruleSet: RuleSet) {
        let workload = WorkloadGenerator(seed: 2).make()
        let ruleSet = try Determinism.ruleSet(workload)
        let records = WorkloadRecords(workload.input.topics)
        var live = EngineRun(records, ruleSet)
        live.engine.noteChanges(beyond: 0)
        _ = live.takeAll(workload.input.steps, ruleSet)
        var batch = ImageBatch()
        live.engine.takeImages(through: .max, bytesMax: .max, into: &batch)
        let bytes = batch.bytes.bytes
        let image = batch.images.max { $0.valueCount < $1.valueCount }!
        return (
            Array(bytes[image.keyStart..<image.keyStart + image.keyCount]),
            Array(bytes[image.valueStart..<image.valueStart + image.valueCount]), records, ruleSet
        )
    }

    private static func read(_ id: [UInt8], _ value: [UInt8]) -> Bool {
        var engine = PartitionEngine(inputs: ["a"], partition: 0, hashSeed: 1)
        var scratch = ByteBuffer()
        return id.withUnsafeBytes { id in
            value.withUnsafeBytes { value in (try? engine.restoreImage(id: id, value: value, &scratch)) != nil }
        }
    }

    @Test func `is refused when any bit of it or of its key is flipped, and at any other length`() throws {
        let (id, value, _, _) = try Self.image()
        #expect(Self.read(id, value) && value.count > 40)
        for bit in 0..<8 * value.count {
            var damaged = value
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!Self.read(id, damaged), "bit \(bit) of \(value.count) bytes")
        }
        for bit in 0..<8 * id.count {
            var damaged = id
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!Self.read(damaged, value), "bit \(bit) of the key")
        }
        for count in value.indices { #expect(!Self.read(id, Array(value[..<count])), "\(count) bytes") }
        #expect(!Self.read(id, value + [0]))
        #expect(!Self.read([], value))
        #expect(!Self.read([UInt8](repeating: 97, count: 256), value))
    }

    @Test func `of a later layout is refused by its number`() throws {
        var (id, value, _, _) = try Self.image()
        value[0] = 2
        var engine = PartitionEngine(inputs: ["a"], partition: 0, hashSeed: 1)
        var scratch = ByteBuffer()
        let error = #expect(throws: PartitionEngine.Unusable.self) {
            try id.withUnsafeBytes { id in
                try value.withUnsafeBytes { _ = try engine.restoreImage(id: id, value: $0, &scratch) }
            }
        }
        #expect(error?.description.contains("has layout 2") == true)
        id = []
    }
}

@Suite struct `Queue of images` {
    /// Its memory is given back: what was taken does not stay.
    @Test func `gives people in the order of their first change, each once`() {
        var store = PersonStore(seed: 3)
        var queue = ImageQueue()
        queue.isKept = true
        var expected: [UInt32] = []
        var taken: [UInt32] = []
        var random = Random(9)
        for round in 0..<200_000 {
            let id = Array("p\(random.below(150_000))".utf8)
            id.withUnsafeBytes { bytes in
                let bytes = Bytes(start: bytes.baseAddress!, count: bytes.count)
                let hash = store.hash(bytes)
                let place = store.find(bytes, hash) ?? store.insert(bytes, hash, reserving: 8)
                let record = store.record(place)
                if !record.awaitsImage { expected.append(hash) }
                queue.add(record, hash)
            }
            // In bursts, so that it grows beyond what it gives back.
            if round % 150_000 > 100_000, let hash = queue.takeFirst() {
                taken.append(hash)
                store.visit(hash) { $0.awaitsImage = false }
            }
        }
        while let hash = queue.takeFirst() { taken.append(hash) }
        #expect(taken == expected)
        #expect(queue.addedCount == queue.takenCount && queue.takenCount == taken.count)
    }

    @Test func `of two people with one hash neither is lost`() {
        // 32 bits: among some hundred thousand ids there are pairs.
        var store = PersonStore(seed: 5)
        var seen: [UInt32: Int] = [:]
        var pair: UInt32?
        for number in 0..<400_000 where pair == nil {
            let id = Array("p\(number)".utf8)
            id.withUnsafeBytes { bytes in
                let bytes = Bytes(start: bytes.baseAddress!, count: bytes.count)
                let hash = store.hash(bytes)
                store.record(store.insert(bytes, hash, reserving: 8)).awaitsImage = true
                seen[hash, default: 0] += 1
                if seen[hash] == 2 { pair = hash }
            }
        }
        var count = 0
        if let pair { store.visit(pair) { count += $0.awaitsImage ? 1 : 0 } }
        #expect(count == 2)
    }
}
