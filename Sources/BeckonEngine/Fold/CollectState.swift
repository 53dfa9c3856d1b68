import BeckonModel

/// What an instance has collected, for each fold of `collect` in order: `count` and `sum` 64 bits; `min` and `max` whether
/// there is one 8 bits and 64 bits; `avg` twice 64 bits; `last` and `first` a `LastValue`; `distinct` a count of 8 bits and as
/// many hashes of 64 bits.
enum CollectState {
    /// The state after one start, `previous` being the state before it or nil. Returns how many values could not be kept.
    static func append(
        _ program: [CollectProgram], previous: UnsafeRawBufferPointer?, timeMs: Milliseconds,
        values: UnsafePointer<Value>,
        texts: UnsafePointer<Bytes>, to output: inout ByteBuffer
    ) -> Int {
        var at = 0
        var skipped = 0
        for fold in program {
            switch fold.kind {
            case .count: output.append(littleEndian: number(previous, &at) + 1)
            case .sum, .min, .max, .avg:
                let amount = amount(values[fold.slot], texts, fold.slot, &skipped)
                appendNumber(fold.kind, amount, previous, &at, to: &output)
            case .last, .first:
                let kept = previous.map { LastValue($0, &at) }
                switch LastValue.appendIfKept(
                    values[fold.slot], texts[fold.slot], timeMs, besides: kept?.timeMs,
                    isFirst: fold.kind == .first, to: &output)
                {
                case .kept: break
                case .unchanged: LastValue.append(kept, to: &output)
                case .skipped:
                    skipped += 1
                    LastValue.append(kept, to: &output)
                }
            case .items, .trait, .traits: break
            case .distinct: appendDistinct(values[fold.slot], previous, &at, &skipped, to: &output)
            }
        }
        return skipped
    }

    /// nil where there is none.
    private static func amount(
        _ value: Value, _ texts: UnsafePointer<Bytes>, _ slot: Int, _ skipped: inout Int
    ) -> Int64? {
        switch value {
        case .missing, .null: return nil
        case .double:
            if let amount = Decimal.parse(texts[slot]) { return amount }
        default: break
        }
        skipped += 1
        return nil
    }

    private static func appendNumber(
        _ kind: FoldProgram.Kind, _ amount: Int64?, _ previous: UnsafeRawBufferPointer?, _ at: inout Int,
        to output: inout ByteBuffer
    ) {
        switch kind {
        case .min, .max:
            let isThere = byte(previous, &at) == 1
            let known = number(previous, &at)
            output.append(UInt8(isThere || amount != nil ? 1 : 0))
            guard let amount, isThere else { return output.append(littleEndian: amount ?? known) }
            output.append(littleEndian: kind == .min ? min(known, amount) : max(known, amount))
        case .avg:
            output.append(littleEndian: Decimal.add(number(previous, &at), amount ?? 0))
            output.append(littleEndian: number(previous, &at) + (amount == nil ? 0 : 1))
        default: output.append(littleEndian: Decimal.add(number(previous, &at), amount ?? 0))
        }
    }

    private static func appendDistinct(
        _ value: Value, _ previous: UnsafeRawBufferPointer?, _ at: inout Int, _ skipped: inout Int,
        to output: inout ByteBuffer
    ) {
        let count = Int(byte(previous, &at))
        var hashes = (0..<count).map { _ in number(previous, &at) }
        if let hash = DistinctValue.hash(value).map(Int64.init(bitPattern:)) {
            if !hashes.contains(hash), hashes.count <= FoldKind.distinctMax { hashes.append(hash) }
        } else if case .json = value {
            skipped += 1
        }
        output.append(UInt8(hashes.count))
        for hash in hashes { output.append(littleEndian: hash) }
    }

    /// Fills the row's instance slots.
    static func load(
        _ program: [CollectProgram], _ state: UnsafeRawBufferPointer, into slots: UnsafeMutablePointer<Value>
    ) {
        var at = 0
        for (index, fold) in program.enumerated() {
            switch fold.kind {
            case .count: slots[index] = .int(number(state, &at))
            case .sum: slots[index] = .double(Decimal.double(number(state, &at)))
            case .min, .max:
                let isThere = byte(state, &at) == 1
                let amount = number(state, &at)
                slots[index] = isThere ? .double(Decimal.double(amount)) : .missing
            case .avg:
                let sum = number(state, &at)
                slots[index] = Decimal.average(sum, number(state, &at))
            case .last, .first: slots[index] = LastValue(state, &at).value
            case .items, .trait, .traits: slots[index] = .missing
            case .distinct:
                let count = Int(byte(state, &at))
                slots[index] = .int(Int64(count))
                at += count * 8
            }
        }
    }

    /// The length of one state at the beginning of `bytes`.
    static func count(_ program: [CollectProgram], _ bytes: UnsafeRawBufferPointer) -> Int {
        var at = 0
        for fold in program {
            switch fold.kind {
            case .count, .sum: at += 8
            case .min, .max: at += 9
            case .avg: at += 16
            case .last, .first: _ = LastValue(bytes, &at)
            case .items, .trait, .traits: break
            case .distinct:
                let count = Int(byte(bytes, &at))
                at += count * 8
            }
        }
        return at
    }

    @inline(__always)
    private static func number(_ state: UnsafeRawBufferPointer?, _ at: inout Int) -> Int64 {
        guard let state else { return 0 }
        defer { at += 8 }
        return state.loadUnaligned(fromByteOffset: at, as: Int64.self)
    }

    @inline(__always)
    private static func byte(_ state: UnsafeRawBufferPointer?, _ at: inout Int) -> UInt8 {
        guard let state else { return 0 }
        defer { at += 1 }
        return state[at]
    }
}
