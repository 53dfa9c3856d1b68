/// Cuts topics into steps at random; the clock never goes beyond what the records consumed, or the end of the log
/// proved empty, can show.
struct StepGenerator {
    static let minute: Int64 = 60_000

    var random: SplitMix64
    let topics: [OracleTopic]
    /// Before the first record.
    let start: Int64
    var isInOrder = false
    private var positions: [Int]
    private var now: Int64 = 0
    private var steps: [OracleStep] = []

    init(random: SplitMix64, topics: [OracleTopic], start: Int64) {
        self.random = random
        self.topics = topics
        self.start = start
        positions = topics.map { _ in 0 }
    }

    mutating func make() -> [OracleStep] {
        while topics.indices.contains(where: { positions[$0] < topics[$0].records.count }) { consume() }
        for _ in 0..<4 {
            let jump = random.pick([0, 1, 5, 15, 30]) * Self.minute + Int64(random.pick([0, 0, 999]))
            step(ranges: [], wall: max(now, newestConsumed) + jump)
        }
        step(ranges: [], wall: now + 24 * 60 * Self.minute, isEnd: true)
        return steps
    }

    private mutating func consume() {
        var ranges: [OracleRange] = []
        for topic in topics.indices {
            let left = topics[topic].records.count - positions[topic]
            let count = min(left, random.pick([0, 1, 1, 2, 5, 12]))
            guard count > 0 else { continue }
            let records = topics[topic].records[positions[topic]..<positions[topic] + count]
            ranges.append(OracleRange(topic: topic, from: records.first!.offset, to: records.last!.offset + 1))
            positions[topic] += count
        }
        if ranges.count > 1 && random.chance(30) { ranges.reverse() }
        step(ranges: ranges, wall: wall())
    }

    private var newestConsumed: Int64 {
        topics.indices.flatMap { topics[$0].records.prefix(positions[$0]).map(\.timestamp) }.max() ?? 0
    }

    /// Mostly a little behind the newest record; sometimes before it, as when a clock is wrong; sometimes hours later.
    private mutating func wall() -> Int64 {
        let delay: Int64
        switch (isInOrder ? 1 : 0) + random.below(16) {
        case 0: delay = -random.pick([1, 30_000, 2 * Self.minute])
        case 1: delay = random.pick([2, 20, 90]) * Self.minute
        default: delay = random.pick([0, 20, 1_000, Self.minute])
        }
        return max(now, max(start - 10 * Self.minute, newestConsumed) + delay)
    }

    private mutating func step(ranges: [OracleRange], wall: Int64, isEnd: Bool = false) {
        let most = topics.indices.map { proved($0, wall: wall) }.min() ?? wall
        var next = max(now, min(wall, most))
        // Behind its own records the clock is only where another topic lags, or someone answered too cautiously.
        let least = isInOrder ? max(now, min(next, newestConsumed)) : now
        if !isEnd && random.chance(30) { next = random.chance(50) ? least : random.within(least...next) }
        if !isEnd && !isInOrder && next != now && random.chance(25) {
            next = max(now, next / Self.minute * Self.minute)
        }
        now = next
        let cutOff = !isEnd && random.chance(12) ? OracleCutOff.budget(1 + random.below(2)) : .none
        steps.append(
            OracleStep(seq: Int64(steps.count + 1), now: now, wall: wall, ranges: ranges, cutOff: cutOff))
    }

    /// The topic's time: its newest consumed record's, or up to its oldest unread record when the end was asked for.
    private mutating func proved(_ topic: Int, wall: Int64) -> Int64 {
        let records = topics[topic].records
        let consumed = records.prefix(positions[topic]).map(\.timestamp).filter { $0 <= wall }.max() ?? 0
        let unread = records.dropFirst(positions[topic]).map(\.timestamp).filter { $0 >= 0 }.min()
        return max(consumed, unread.map { min(wall, $0 - 1) } ?? wall)
    }
}
