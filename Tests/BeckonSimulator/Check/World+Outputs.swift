import BeckonModel
import Oracle

/// What must hold of all that was written.
extension World {
    func checkOutputs() {
        var ids: Set<[UInt8]> = []
        for partition in 0..<plan.partitionCount {
            do {
                let journal = try provenJournal(partition)
                let input = try oracleInput(partition, journal)
                if !plan.hasWrongClocks { checkClock(partition, journal) }
                try compare(partition, input, journal, &ids)
            } catch { fail("partition \(partition): \(error)") }
        }
    }

    struct Broken: Error, CustomStringConvertible {
        let description: String
    }

    /// A partition's journal, its chain and its ranges without a gap.
    private func provenJournal(_ partition: Int32) throws -> [JournalRecord] {
        var previous = ContentHash(high: 0, low: 0)
        var seq: Int64 = 0
        var positions: [Int: Int64] = [:]
        return try committed(topics.journal, partition).map { found in
            let record = try JournalRecord.decode(found.value ?? [])
            guard record.previous == previous, record.firstSeq == seq + 1 else {
                throw Broken(
                    description: "journal@\(found.offset): step \(record.firstSeq) does not follow step \(seq)")
            }
            for range in record.steps.flatMap(\.ranges) {
                if let position = positions[range.input], position != range.from {
                    throw Broken(
                        description: "journal@\(found.offset): input \(range.input): \(range.from) after \(position)")
                }
                positions[range.input] = range.to
            }
            previous = ContentHash(of: found.value ?? [])
            seq = record.lastSeq
            return record
        }
    }

    private func oracleInput(_ partition: Int32, _ journal: [JournalRecord]) throws -> OracleInput {
        let topics = (plan.workload.input.topics.map(\.name) + [self.topics.outcomes]).map { name in
            OracleTopic(
                name: name, partition: partition,
                records: committed(name, partition).map {
                    OracleRecord(offset: $0.offset, timestamp: $0.timestampMs, key: $0.key, value: $0.value)
                }, isOutcomes: name == self.topics.outcomes)
        }
        let steps = journal.flatMap(\.steps).map { step in
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
            let ranges = steps.flatMap(\.ranges).filter { $0.topic == place }
            for record in topic.records
            where !ranges.contains(where: { $0.from <= record.offset && record.offset < $0.to }) {
                throw Broken(description: "\(topic.name)@\(record.offset) was never applied")
            }
        }
        return OracleInput(topics: topics, steps: steps)
    }

    /// The clock of a step has not passed what the topics show: whatever was written before it was read by then.
    private func checkClock(_ partition: Int32, _ journal: [JournalRecord]) {
        for (input, topic) in plan.workload.input.topics.enumerated() {
            let records = committed(topic.name, partition)
            var next = 0
            var newest: Milliseconds = 0
            for step in journal.flatMap(\.steps) {
                if let range = step.ranges.first(where: { $0.input == input }) {
                    while next < records.count, records[next].offset < range.to {
                        if records[next].timestampMs <= step.wallMs { newest = max(newest, records[next].timestampMs) }
                        next += 1
                    }
                }
                guard step.nowMs > newest, next < records.count, records[next].writtenMs < step.nowMs else { continue }
                return fail(
                    "\(topic.name)-\(partition): the clock of step \(step.seq) says \(step.nowMs), and the record at \(records[next].offset), written at \(records[next].writtenMs), is not read"
                )
            }
        }
    }

    private func compare(
        _ partition: Int32, _ input: OracleInput, _ journal: [JournalRecord], _ ids: inout Set<[UInt8]>
    ) throws {
        var written = CommittedResult(plan.workload.rules)
        for topic in [topics.decisions, topics.suppressions, topics.outcomes] {
            for record in committed(topic, partition) { try written.add(record.value ?? []) }
        }
        for record in committed(topics.deadLetters, partition) {
            var headers: [String: String] = [:]
            for header in record.headers { headers[header.name] = String(decoding: header.value, as: UTF8.self) }
            try written.add(deadLetter: headers)
        }
        for id in written.decisionIds where !ids.insert(id).inserted {
            fail("partition \(partition): an id twice: \(String(decoding: id, as: UTF8.self))")
        }
        let found = written.result.committedLines
        var input = input
        input.ids = written.ids
        let expected = expected(input, journal).committedLines
        for change in found.difference(from: expected) {
            switch change {
            case .insert(_, let line, _): fail("partition \(partition): only on the topics: \(line)")
            case .remove(_, let line, _): fail("partition \(partition): only the oracle: \(line)")
            }
        }
        lineCount += found.count
    }

    private func expected(_ input: OracleInput, _ journal: [JournalRecord]) -> OracleResult {
        let workload = plan.workload
        var change: OracleChange?
        var isFirst = true
        for (place, step) in journal.flatMap(\.steps).enumerated() where !step.commands.isEmpty {
            if !isFirst, let later = workload.change { change = OracleChange(place: place, rules: later.rules) }
            isFirst = false
        }
        // A partition that began with the later rules knows no others.
        var rules = workload.rules
        if let first = journal.first?.steps.first, case .useRules(let hash)? = first.commands.first,
            let later = workload.laterYAML, hash == Self.read(later).hash, hash != Self.read(workload.yaml).hash
        {
            rules = workload.change!.rules
        }
        return Oracle(
            rules: rules, folds: workload.folds, defaultZone: workload.defaultZone ?? "UTC", change: change
        ).run(input)
    }
}
