import BeckonEngine
import BeckonModel
import Foundation
import Testing

@testable import beckon

/// The shop before the very engine, on a clock that does not wait for anybody.
@Suite struct `The shop before the examples` {
    static let examples = `Beckon dev`.root + "/deploy/examples"

    /// Four virtual days take `beckon dev` half a minute on two cores that others use too.
    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `each rule fires within the first four days, and so within the first minute`(seed: UInt64) throws {
        #expect(4 * 86_400 <= 60 * DevOptions.speedDefault)
        let rules = try RuleFolder.ruleSet(Self.examples)
        let untilMs = Play.shopOpensMs + 4 * 86_400_000
        let fired = ShopRun.decisions(of: rules, seed: seed, untilMs: untilMs)
        for rule in rules.rules {
            #expect(fired[rule.id, default: []].contains { $0 >= Play.shopOpensMs }, "\(rule.id)")
        }
    }
}

/// Plays a shop before an engine, step by step.
private struct ShopRun: ~Copyable {
    private var engine = PartitionEngine(inputs: ["events"], partition: 0, hashSeed: 0)
    private var output = StepOutput()
    private var nextOffset: Int64 = 0
    private var fired: [String: [Milliseconds]] = [:]

    /// When which rule has decided something.
    static func decisions(of rules: RuleSet, seed: UInt64, untilMs: Milliseconds) -> [String: [Milliseconds]] {
        var shop = Shop(seed: seed, openMs: Play.shopOpensMs)
        var run = ShopRun()
        run.engine.learn(rules)
        run.step(shop.nextTimeMs ?? 0, commands: [.useRules(rules.hash)])
        while let timeMs = shop.nextTimeMs, timeMs <= untilMs, let event = shop.next() {
            run.advance(toMs: timeMs)
            run.take(event)
        }
        run.advance(toMs: untilMs)
        return run.fired
    }

    private mutating func advance(toMs: Milliseconds) {
        while let dueMs = engine.earliestDueMs, dueMs <= toMs { step(dueMs) }
    }

    private mutating func take(_ event: PlayedEvent) {
        event.person.withUnsafeBytes { key in
            event.value.withUnsafeBytes { value in
                let record = InputRecord(
                    value: value.baseAddress, valueCount: Int32(value.count), key: key.baseAddress,
                    keyCount: Int32(key.count), offset: nextOffset, timestampMs: event.timeMs)
                withUnsafePointer(to: record) { step(event.timeMs, UnsafeBufferPointer(start: $0, count: 1)) }
            }
        }
        nextOffset += 1
    }

    private mutating func step(
        _ nowMs: Milliseconds, _ records: UnsafeBufferPointer<InputRecord> = .init(start: nil, count: 0),
        commands: [BeckonModel.Command] = []
    ) {
        var step = Step(seq: engine.seq + 1, nowMs: nowMs, wallMs: nowMs, commands: commands)
        step.ranges = records.map {
            InputRange(input: 0, from: $0.offset, to: $0.offset + 1, count: 1, checksum: $0.checksum(after: 0))
        }
        engine.apply(step, records: RecordBatch(records), into: &output)
        for record in output.records {
            let value = output.bytes.buffer[record.valueStart..<record.valueStart + record.valueCount]
            guard let json = JSONValue.read(value), json["type"]?.string == "decision" else { continue }
            fired[json["rule"]?.string ?? "", default: []].append(nowMs)
        }
        output.removeAll()
    }
}
