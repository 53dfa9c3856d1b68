import BeckonEngine
import BeckonModel

/// One partition: lines `PERSON JSON` are events, `+N` lets N minutes pass, `@N PERSON JSON` is an event whose record says
/// N minutes after the start.
///
/// The same steps give the same bytes whatever the table's seed, and from a checkpoint written in their middle.
struct EngineFuzz {
    static let shared = EngineFuzz()

    private let ruleSet: RuleSet
    private static let startMs: Milliseconds = 1_700_000_000_000
    private static let minuteMs: Milliseconds = 60_000
    /// A century would be nothing new, and the calendar ends.
    private static let minutesMax: Int64 = 100_000
    private static let linesMax = 200

    private init() {
        let reading = RuleSet.read([RuleSource(file: "rules.yaml", text: Array(Self.rules.utf8))])
        guard let ruleSet = reading.ruleSet else { fatalError("\(reading.diagnostics)") }
        self.ruleSet = ruleSet
    }

    func run(_ input: UnsafeRawBufferPointer) {
        let script = Self.script(input)
        let first = fold(script, seed: 7, from: nil)
        let second = fold(first.script, seed: 99, from: nil)
        expect(first.output == second.output, "the same steps gave other bytes")
        expect(first.stateHashes == second.stateHashes, "the same steps gave another state")
        guard let checkpoint = first.checkpoint else { return }
        let third = fold(first.script, seed: 3, from: checkpoint)
        expect(third.stateHashes.last == first.stateHashes.last, "another state from the checkpoint")
        expect(first.output.suffix(third.output.count) == third.output[...], "other bytes from the checkpoint")
    }

    // MARK: Script

    private struct Record {
        let person: [UInt8]
        let value: [UInt8]
        let timestampMs: Milliseconds
        let offset: Int64
    }

    private struct Part {
        var records: [Record] = []
        var wallMs: Milliseconds
        /// Set by the first run; the others go to the same place.
        var timers: TimerLimit
    }

    private static func script(_ input: UnsafeRawBufferPointer) -> [Part] {
        var minutes: Int64 = 0
        var offset: Int64 = 0
        var parts = [Part(wallMs: startMs, timers: .budget(3))]
        for line in input.split(separator: UInt8(ascii: "\n")).prefix(linesMax) {
            if line.first == UInt8(ascii: "+") {
                minutes = min(minutes + number(line.dropFirst()), minutesMax)
                parts.append(Part(wallMs: startMs + minutes * minuteMs, timers: .budget(3)))
                continue
            }
            var fields = line.split(separator: UInt8(ascii: " "), maxSplits: 1)
            var timestampMs = parts[parts.count - 1].wallMs
            if line.first == UInt8(ascii: "@"), fields.count == 2 {
                timestampMs = startMs + min(number(fields[0].dropFirst()), minutesMax) * minuteMs
                fields = fields[1].split(separator: UInt8(ascii: " "), maxSplits: 1)
            }
            guard fields.count == 2 else { continue }
            parts[parts.count - 1].records.append(
                Record(
                    person: Array(fields[0].prefix(300)), value: Array(fields[1]), timestampMs: timestampMs,
                    offset: offset))
            offset += 1
        }
        parts.append(Part(wallMs: startMs + (minutes + 2 * 24 * 60) * minuteMs, timers: .budget(.max)))
        return parts
    }

    private static func number(_ digits: Slice<UnsafeRawBufferPointer>) -> Int64 {
        digits.prefix(6).reduce(0) { $0 * 10 + Int64($1 % 10) }
    }

    // MARK: Run

    private struct Checkpoint {
        let head: CheckpointHead
        let people: [UInt8]
    }

    private struct Result {
        var script: [Part] = []
        var output: [UInt8] = []
        var stateHashes: [UInt64] = []
        /// Of the middle of the script.
        var checkpoint: Checkpoint?
    }

    private func fold(_ script: [Part], seed: UInt64, from checkpoint: Checkpoint?) -> Result {
        var engine = PartitionEngine(inputs: ["events"], partition: 2, hashSeed: seed)
        engine.learn(ruleSet)
        if let checkpoint { Self.restore(checkpoint, &engine) }
        var result = Result(script: script)
        var output = StepOutput()
        for place in script.indices where Int64(place) >= engine.seq {
            output.removeAll()
            let commands: [Command] = place == 0 ? [.useRules(ruleSet.hash)] : []
            Self.apply(script[place], commands, &engine, &output)
            result.script[place].timers = .upTo(output.cutoff)
            result.stateHashes.append(engine.stateHash)
            for record in output.records {
                result.output.append(record.topic.rawValue)
                result.output += output.bytes.buffer[record.keyStart..<record.keyStart + record.keyCount]
                let value = UnsafeRawBufferPointer(
                    rebasing: output.bytes.buffer[record.valueStart..<record.valueStart + record.valueCount])
                result.output += value
                if let origin = record.deadLetter {
                    expect(!origin.reason.explanation.isEmpty, "a dead letter without a reason")
                } else {
                    expect(JSONValue.read(value)?.members != nil, "written: \(String(decoding: value, as: UTF8.self))")
                }
            }
            if place == (script.count - 1) / 2 { result.checkpoint = Self.walk(&engine) }
        }
        return result
    }

    private static func apply(
        _ part: Part, _ commands: [Command], _ engine: inout PartitionEngine, _ output: inout StepOutput
    ) {
        var memory = ByteBuffer()
        for record in part.records {
            memory.append(record.person)
            memory.append(record.value)
        }
        var place = UnsafeRawPointer(memory.start)
        var records: [InputRecord] = []
        var checksum: UInt64 = 0
        for record in part.records {
            let input = InputRecord(
                value: place + record.person.count, valueCount: Int32(record.value.count), key: place,
                keyCount: Int32(record.person.count), offset: record.offset, timestampMs: record.timestampMs)
            place += record.person.count + record.value.count
            checksum = input.checksum(after: checksum)
            records.append(input)
        }
        var step = Step(
            seq: engine.seq + 1, nowMs: part.wallMs, wallMs: part.wallMs, timers: part.timers, commands: commands)
        if let first = part.records.first {
            step.ranges = [
                InputRange(
                    input: 0, from: first.offset, to: first.offset + Int64(records.count), count: records.count,
                    checksum: checksum)
            ]
        }
        records.withUnsafeBufferPointer { engine.apply(step, records: RecordBatch($0), into: &output) }
    }

    private static func walk(_ engine: inout PartitionEngine) -> Checkpoint? {
        guard let head = engine.beginCheckpoint() else { return nil }
        var people = ByteBuffer()
        while case .more = engine.walkCheckpoint(bytesMax: 64, into: &people) {}
        return Checkpoint(head: head, people: people.bytes)
    }

    private static func restore(_ checkpoint: Checkpoint, _ engine: inout PartitionEngine) {
        do throws(PartitionEngine.Unusable) {
            try engine.restore(checkpoint.head)
            let people = checkpoint.people
            let end = people.count
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(end, 1), alignment: 8)
            defer { buffer.deallocate() }
            buffer.copyBytes(from: people)
            try engine.restorePeople(UnsafeRawBufferPointer(rebasing: buffer[..<end]))
        } catch {
            fatalError("the engine's own checkpoint: \(error)")
        }
        engine.finishRestore(exactFromSeq: engine.seq)
    }

    // MARK: Rules

    /// Every trigger, every kind of fold.
    private static let rules = """
        folds:
          cart:
            key: properties.cart_id
            items: { put: add_to_cart, remove: remove_from_cart, by: properties.product_id, keep: [name, price, quantity], max: 3 }
            value: sum(price * quantity)
            clear: order_completed
          orders: { count: order_completed }
          spent: { sum: properties.total, of: order_completed, within: 3d }
          dearest: { max: properties.price, of: [add_to_cart, login], since: order_completed }
          mean: { avg: properties.total, of: order_completed, per: day }
          first: { first: properties.name, of: add_to_cart }
          newest: { last: properties.items, of: page_viewed, within: 5m }
          paths: { distinct: properties.path, of: page_viewed }
        policy: { defaultZone: Europe/Berlin }
        ---
        id: a-event
        when: { event: login, where: 'properties.n > 1.0 || properties.name.contains("é")' }
        if: orders < 3 && now > timestamp("2020-01-01T00:00:00Z")
        data: { all: properties, name: properties.name, items: cart.items, since: idle("add_to_cart") }
        reentry: { after: 10m }
        send: { channels: [email], template: t }
        ---
        id: b-absent
        key: [user, properties.cart_id]
        when: { event: add_to_cart, absent: { event: [checkout_initiated, order_completed], within: 15m, reset: onEach } }
        if: cart.value > 5.0
        data: { items: cart.items, value: cart.value, first: first, dearest: dearest, product: instance.product }
        collect: { product: last(properties.product_id), sum: sum(properties.price) }
        goal: { event: order_completed, within: 72h }
        late: { wait: 1m, allow: 10m }
        send: { channels: [push], template: t }
        ---
        id: c-all
        when: { event: login, absent: { all: [order_completed, page_viewed], within: 5m, since: add_to_cart } }
        reentry: once
        send: { channels: [push], template: t }
        ---
        id: d-sequence
        key: [user, properties.cart_id]
        when: { sequence: [page_viewed, add_to_cart, checkout_initiated], within: 1h, not: order_completed }
        data: { mean: mean, paths: paths, newest: newest }
        send: { channels: [push], template: t }
        ---
        id: e-count
        when: { count: { event: page_viewed, distinct: session, atLeast: 2, within: 7d, not: order_completed } }
        data: { path: properties.path }
        send: { channels: [push], template: t }
        ---
        id: f-count
        when: { count: { event: add_to_cart, distinct: properties.product_id, atLeast: 3, per: day } }
        send: { channels: [push], template: t }
        ---
        id: g-total
        when: { total: { sum: properties.total, of: order_completed, reaches: 100, since: login } }
        data: { spent: spent }
        send: { channels: [push], template: t }
        ---
        id: h-inactive
        when: { inactive: { for: 1d } }
        maxLateness: none
        send: { channels: [push], template: t }

        """
}
