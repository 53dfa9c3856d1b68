import BeckonModel
import Oracle

/// The records of a workload's topics in memory, as an engine reads them.
final class WorkloadRecords {
    let topics: [OracleTopic]
    private var records: [[InputRecord]] = []
    private var memory: [UnsafeMutableRawBufferPointer] = []

    init(_ topics: [OracleTopic]) {
        self.topics = topics
        records = topics.map { topic in topic.records.map(record) }
    }

    deinit { for block in memory { block.deallocate() } }

    private func record(_ record: OracleRecord) -> InputRecord {
        InputRecord(
            value: record.value.map(copy), valueCount: Int32(record.value?.count ?? 0), key: record.key.map(copy),
            keyCount: Int32(record.key?.count ?? 0), offset: record.offset, timestampMs: record.timestamp)
    }

    private func copy(_ bytes: [UInt8]) -> UnsafeRawPointer {
        // The scanner may read ahead of the end.
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count + 64, alignment: 1)
        buffer.copyBytes(from: bytes)
        memory.append(buffer)
        return UnsafeRawPointer(buffer.baseAddress!)
    }

    /// The records of an input from an offset up to, not including, another, and the range that journals them.
    func range(_ input: Int, from: Int64, to: Int64) -> (range: InputRange, records: [InputRecord]) {
        let records = records[input].filter { $0.offset >= from && $0.offset < to }
        let checksum = records.reduce(UInt64(0)) { $1.checksum(after: $0) }
        return (InputRange(input: input, from: from, to: to, count: records.count, checksum: checksum), records)
    }

    /// The records of a journalled step, in the order in which the engine takes them.
    func records(of step: Step) -> [InputRecord] {
        step.ranges.flatMap { range($0.input, from: $0.from, to: $0.to).records }
    }
}
