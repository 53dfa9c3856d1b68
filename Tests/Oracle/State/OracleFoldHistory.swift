/// Everything that ever happened to one fold; its value is worked out from the beginning each time.
struct OracleFoldHistory {
    enum Change {
        case emptied(at: Int64)
        /// With the zone at the time.
        case entry(at: Int64, OracleJSON, OracleZone?)
    }

    static let entriesMax = 64

    let kind: OracleFoldKind
    let within: Int64?
    let per: OraclePeriod?
    private var changes: [Change] = []

    init(kind: OracleFoldKind, within: Int64? = nil, per: OraclePeriod? = nil) {
        self.kind = kind
        self.within = within
        self.per = per
    }

    mutating func empty(at time: Int64) { changes.append(.emptied(at: time)) }

    /// Properties that cannot be kept leave no entry.
    mutating func add(_ body: OracleJSON, at time: Int64, _ zone: OracleZone? = nil) {
        switch kind {
        case .count: changes.append(.entry(at: time, .number("1"), zone))
        case .sum(let path), .min(let path), .max(let path), .avg(let path):
            guard case .number(let text) = body.value(at: path), OracleDecimal.millionths(text) != nil else { return }
            changes.append(.entry(at: time, .number(text), zone))
        case .distinct(let path):
            switch body.value(at: path) {
            // Numbers are the same when they are worth the same.
            case .number(let text): changes.append(.entry(at: time, .number("\(Double(text)!)"), zone))
            case .string(let bytes): changes.append(.entry(at: time, .string(bytes), zone))
            case .bool(let value): changes.append(.entry(at: time, .bool(value), zone))
            default: return
            }
        case .items: return
        case .last(let path), .first(let path):
            switch body.value(at: path) {
            case .string(let bytes) where bytes.count <= 256: changes.append(.entry(at: time, .string(bytes), zone))
            case .number(let text): changes.append(.entry(at: time, .number(text), zone))
            case .bool(let value): changes.append(.entry(at: time, .bool(value), zone))
            default: return
            }
        }
    }

    /// With the window that ends at `now`, where her clocks are those of the zone.
    func value(now: Int64, _ zone: OracleZone) -> OracleValue {
        let from = per.map { zone.beginning(of: $0, holding: now) } ?? within.map { now - $0 + 1 }
        let kept = entries.filter { entry in from.map { $0 <= entry.time && entry.time <= now } ?? true }
        switch kind {
        case .count: return .int(kept.reduce(0) { $0 + Int64($1.count) })
        case .sum:
            let limit = OracleDecimal.millionthsMax
            return .double(OracleDecimal.double(millionths: kept.reduce(0) { max(-limit, min(limit, $0 + $1.sum)) }))
        case .min, .max:
            let amounts = kept.map(\.sum)
            guard let least = amounts.min(), let most = amounts.max() else { return .missing }
            return .double(OracleDecimal.double(millionths: kind.name == "min" ? least : most))
        case .avg:
            guard !kept.isEmpty else { return .missing }
            let limit = OracleDecimal.millionthsMax
            let sum = kept.reduce(0) { max(-limit, min(limit, $0 + $1.sum)) }
            let count = Int128(kept.reduce(0) { $0 + $1.count })
            return .double(OracleDecimal.double(millionths: OracleDecimal.quotient(sum, count)))
        case .first:
            // Of several at the same time the first to come.
            guard let oldest = kept.map(\.time).min() else { return .missing }
            return OracleValue(kept.first { $0.time == oldest }!.value)
        case .items: return .missing
        case .distinct: return .int(Int64(min(kept.count, 33)))
        case .last:
            // The newest of all is the value, whether or not the window holds it.
            guard let newest = entries.max(by: { $0.time < $1.time })?.time, kept.contains(where: { $0.time == newest })
            else { return .missing }
            return OracleValue(entries.last { $0.time == newest }!.value)
        }
    }

    private struct Entry {
        var time: Int64
        var count = 1
        var sum: Int128 = 0
        var value: OracleJSON
    }

    /// In the order of arrival.
    private var entries: [Entry] {
        var entries: [Entry] = []
        var emptied = Int64.min
        for change in changes {
            switch change {
            case .emptied(let time) where time >= emptied:
                entries = []
                emptied = time
            case .entry(let time, let value, let zone) where time > emptied:
                var sum: Int128 = 0
                if case .number(let text) = value { sum = OracleDecimal.millionths(text) ?? 0 }
                entries.append(Entry(time: time, sum: sum, value: value))
                if case .distinct = kind { Self.joinSame(&entries, within: within) }
                if kind.isBounded { bound(&entries, zone) }
            case .emptied, .entry: break
            }
        }
        return entries
    }

    /// Each value once, at its newest time.
    private static func joinSame(_ entries: inout [Entry], within: Int64?) {
        let last = entries.removeLast()
        if let place = entries.firstIndex(where: { $0.value == last.value }) {
            entries[place].time = max(entries[place].time, last.time)
        } else {
            entries.append(last)
        }
    }

    /// At the 65th entry, what no window can hold any more goes, and then the two oldest become one.
    private func bound(_ entries: inout [Entry], _ zone: OracleZone?) {
        guard entries.count > Self.entriesMax, let newest = entries.map(\.time).max() else { return }
        if let within {
            entries.removeAll { $0.time <= newest - within }
        } else if let per, let begin = zone?.beginning(of: per, holding: newest) {
            entries.removeAll { $0.time < begin }
        } else {
            return
        }
        guard entries.count > Self.entriesMax else { return }
        // Of several at the same time the first to come stays the first.
        entries = entries.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
            .map(\.element)
        if kind.name == "first" { entries[1].value = entries[0].value }
        if kind.name == "min" { entries[1].sum = min(entries[0].sum, entries[1].sum) - entries[0].sum }
        if kind.name == "max" { entries[1].sum = max(entries[0].sum, entries[1].sum) - entries[0].sum }
        entries[1].count += entries[0].count
        entries[1].sum += entries[0].sum
        entries.removeFirst()
    }
}

extension OracleFoldKind {
    var isBounded: Bool { name != "last" && name != "distinct" }
}
