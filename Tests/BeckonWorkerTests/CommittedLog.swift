import BeckonKafka
import BeckonModel
import Foundation
import Oracle

/// What is committed on a stage's topics, record by record.
struct CommittedRecord {
    let offset: Int64
    let timestampMs: Int64
    let key: [UInt8]?
    let value: [UInt8]?
    let headers: [String: String]
}

extension WorkerStage {
    /// Everything that a `read_committed` consumer sees, in order.
    func records(_ topic: String, _ partition: Int32, headers names: [String] = []) throws -> [CommittedRecord] {
        let reader = try KafkaConsumer(kafka.configuration(.reader(group: "read")))
        defer { reader.close() }
        try reader.assign([TopicPartitionOffset(topic, partition, offset: TopicPartitionOffset.beginning)])
        var found: [CommittedRecord] = []
        while true {
            let batch = try reader.consumeBatch(max: 1000, timeoutMs: 50)
            defer { batch.destroy() }
            for index in 0..<batch.count {
                let message = batch[index]
                if message.isPartitionEnd { return found }
                if message.isError { continue }
                var headers: [String: String] = [:]
                for name in names { headers[name] = message.header(name).map { String(decoding: $0, as: UTF8.self) } }
                found.append(
                    CommittedRecord(
                        offset: message.offset, timestampMs: message.timestampMs, key: message.key.map { Array($0) },
                        value: message.value.map { Array($0) }, headers: headers))
            }
        }
    }

    /// A partition's journal, its chain proved.
    func journal(_ partition: Int32) throws -> [JournalRecord] {
        var previous = ContentHash(high: 0, low: 0)
        var seq: Int64 = 0
        var positions: [Int: Int64] = [:]
        return try records(configuration.topics.journal, partition).map { found in
            let bytes = found.value ?? []
            let record = try JournalRecord.decode(bytes)
            guard record.previous == previous, record.firstSeq == seq + 1 else {
                throw BrokenPromise(
                    "journal \(partition)@\(found.offset): step \(record.firstSeq) does not follow step \(seq)")
            }
            for range in record.steps.flatMap(\.ranges) {
                if let position = positions[range.input], position != range.from {
                    throw BrokenPromise(
                        "journal \(partition)@\(found.offset): input \(range.input): \(range.from) after \(position)")
                }
                positions[range.input] = range.to
            }
            previous = ContentHash(of: bytes)
            seq = record.lastSeq
            return record
        }
    }

    /// What the oracle needs to know of a partition.
    func oracleInput(_ partition: Int32) throws -> OracleInput {
        let topics = try (events + [configuration.topics.outcomes]).map { topic in
            OracleTopic(
                name: topic, partition: partition,
                records: try records(topic, partition).map {
                    OracleRecord(offset: $0.offset, timestamp: $0.timestampMs, key: $0.key, value: $0.value)
                }, isOutcomes: topic == configuration.topics.outcomes)
        }
        let steps = try journal(partition).flatMap(\.steps).map { step in
            var cutOff = OracleCutOff.none
            if case .upTo(let end?) = step.timers {
                cutOff = .through(due: end.dueMs, person: end.person, timersFired: nil)
            }
            return OracleStep(
                seq: step.seq, now: step.nowMs, wall: step.wallMs,
                ranges: step.ranges.map { OracleRange(topic: $0.input, from: $0.from, to: $0.to) }, cutOff: cutOff)
        }
        // What the worker wrote itself, it may not have read again.
        for (place, topic) in topics.enumerated() where !topic.isOutcomes {
            let applied = steps.flatMap(\.ranges).filter { $0.topic == place }
            let count = applied.map { topic.records(in: $0).count }.reduce(0, +)
            if count != topic.records.count {
                throw BrokenPromise(
                    "\(topic.name)-\(partition): \(topic.records.count) records, \(count) in the journal's ranges")
            }
        }
        return OracleInput(topics: topics, steps: steps)
    }

    func committedResult(_ partition: Int32, _ rules: [OracleRule]) throws -> CommittedResult {
        var result = CommittedResult(rules)
        let topics = configuration.topics
        for topic in [topics.decisions, topics.suppressions, topics.outcomes] {
            for record in try records(topic, partition) { try result.add(record.value ?? []) }
        }
        let names = ["beckon-topic", "beckon-partition", "beckon-offset", "beckon-reason"]
        for record in try records(topics.deadLetters, partition, headers: names) {
            try result.add(deadLetter: record.headers)
        }
        return result
    }

    /// Where oracle and topics differ, a line each; empty when they agree.
    func differences(_ rules: [OracleRule], _ folds: [OracleFold]) throws -> (lines: [String], count: Int) {
        let compared = try (0..<partitionCount).map { try Comparison(self, $0, rules, folds) }
        return (
            compared.flatMap(\.differences) + Comparison.repeatedIds(compared),
            compared.map(\.lineCount).reduce(0, +)
        )
    }
}

struct BrokenPromise: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
