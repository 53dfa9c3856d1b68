import BeckonEngine
import BeckonModel

/// The first chunk of a checkpoint file: whose it is, and what replay begins with.
package struct CheckpointHeader: Equatable {
    /// Of this layout; another one is not read.
    static let layout: UInt64 = 2

    package var inputs: [String]
    package var partition: Int32
    /// The journal record that ends with `head.seq`: its offset, and its hash, which proves that the journal is ours.
    var journalOffset: Int64
    var journalHash: ContentHash
    /// The next offset and proved time of each input at `head.seq`.
    var positions: [Int64]
    var topicTimesMs: [Milliseconds]
    package var head: CheckpointHead

    package func encode(into output: inout ByteBuffer) {
        output.append(varint: Self.layout)
        output.append(varint: UInt64(inputs.count))
        for input in inputs { output.append(counted: Array(input.utf8)) }
        output.append(signed: Int64(partition))
        output.append(signed: journalOffset)
        output.append(hash: journalHash)
        for (position, time) in zip(positions, topicTimesMs) {
            output.append(signed: position)
            output.append(signed: time)
        }
        output.append(signed: head.seq)
        output.append(signed: head.nowMs)
        output.append(hash: head.ruleSet)
        Self.append(head.pinnedRuleSets, to: &output)
        Self.append(head.leftRuleSets, to: &output)
        let numbers = head.registry.numbers.sorted { $0.value < $1.value }
        output.append(varint: UInt64(numbers.count))
        for (key, number) in numbers {
            output.append(hash: key)
            output.append(varint: UInt64(number))
        }
        output.append(varint: UInt64(head.registry.next))
        output.append(varint: UInt64(head.peopleCount))
        output.append(littleEndian: head.hashSeed)
    }

    private static func append(_ hashes: [ContentHash], to output: inout ByteBuffer) {
        output.append(varint: UInt64(hashes.count))
        for hash in hashes { output.append(hash: hash) }
    }

    init(
        inputs: [String], partition: Int32, journalOffset: Int64, journalHash: ContentHash, positions: [Int64],
        topicTimesMs: [Milliseconds], head: CheckpointHead
    ) {
        self.inputs = inputs
        self.partition = partition
        self.journalOffset = journalOffset
        self.journalHash = journalHash
        self.positions = positions
        self.topicTimesMs = topicTimesMs
        self.head = head
    }

    package init(_ bytes: UnsafeRawBufferPointer) throws(WorkerError) {
        var reader = BinaryReader(bytes)
        do {
            guard try reader.varint() == Self.layout else { throw BinaryReader.Truncated() }
            inputs = []
            for _ in 0..<(try reader.count()) { inputs.append(try reader.text()) }
            partition = Int32(truncatingIfNeeded: try reader.signed())
            journalOffset = try reader.signed()
            journalHash = try reader.hash()
            positions = []
            topicTimesMs = []
            for _ in inputs {
                positions.append(try reader.signed())
                topicTimesMs.append(try reader.signed())
            }
            let seq = try reader.signed()
            let nowMs = try reader.signed()
            let ruleSet = try reader.hash()
            let pinned = try Self.hashes(&reader)
            let left = try Self.hashes(&reader)
            var numbers: [ContentHash: UInt32] = [:]
            for _ in 0..<(try reader.count()) {
                let key = try reader.hash()
                numbers[key] = UInt32(truncatingIfNeeded: try reader.varint())
            }
            let next = UInt32(truncatingIfNeeded: try reader.varint())
            let peopleCount = Int(clamping: try reader.varint())
            let hashSeed = try reader.integer(UInt64.self)
            head = CheckpointHead(
                seq: seq, nowMs: nowMs, ruleSet: ruleSet, pinnedRuleSets: pinned, leftRuleSets: left,
                registry: Registry(numbers: numbers, next: next), peopleCount: peopleCount,
                hashSeed: hashSeed)
        } catch {
            throw WorkerError(.checkpoint, "its header is of another layout or ends too early")
        }
    }

    private static func hashes(_ reader: inout BinaryReader) throws(BinaryReader.Truncated) -> [ContentHash] {
        var hashes: [ContentHash] = []
        for _ in 0..<(try reader.count()) { hashes.append(try reader.hash()) }
        return hashes
    }
}
