import Testing

@testable import BeckonEngine

@Suite struct `Scheduled timers` {
    /// Against a sorted array, with clocks that creep and clocks that leap.
    @Test(arguments: 0..<40 as Range<UInt64>) func `hand over what is due, neither early nor late`(seed: UInt64) {
        var random = Random(seed)
        var timers = ScheduledTimers()
        var waiting: [(dueMs: Int64, place: UInt32)] = []
        var clock: Int64 = seed % 2 == 0 ? 0 : 1_700_000_000_000
        if clock > 0 { timers.advance(to: clock) { _ in Issue.record("nothing was scheduled") } }
        for place in 1...2_000 as ClosedRange<UInt32> {
            let delay = Int64(random.below(1 << (1 + random.below(40))))
            let due = max(1, clock + delay - (random.below(10) == 0 ? 1_000 : 0))
            timers.schedule(dueMs: due, place: place)
            waiting.append((due, place))
            #expect(timers.count == waiting.count)
            if let earliest = timers.earliestDueMs { #expect(earliest <= waiting.map(\.dueMs).min()!) }
            guard random.below(4) == 0 else { continue }
            clock += Int64(random.below(1 << random.below(36)))
            var handed: [UInt32] = []
            timers.advance(to: clock) { handed.append($0.place) }
            #expect(handed.sorted() == waiting.filter { $0.dueMs <= clock }.map(\.place).sorted())
            waiting.removeAll { $0.dueMs <= clock }
        }
        var rest: [UInt32] = []
        timers.advance(to: clock + 1 << 46) { rest.append($0.place) }
        #expect(rest.sorted() == waiting.map(\.place).sorted())
        #expect(timers.earliestDueMs == nil)
    }
}

@Suite struct `Due timers` {
    @Test(arguments: 0..<40 as Range<UInt64>) func `come in order, also those that are added meanwhile`(seed: UInt64) {
        var random = Random(seed)
        let due = DueTimers()
        var all: [ScheduledTimers.Entry] = []
        func precedes(_ left: ScheduledTimers.Entry, _ right: ScheduledTimers.Entry) -> Bool {
            (left.dueMs, left.place) < (right.dueMs, right.place)
        }
        for round in 0..<60 {
            let fresh = (0..<random.below(20)).map { index in
                ScheduledTimers.Entry(dueMs: Int64(random.below(50)), place: UInt32(round * 100 + index))
            }
            due.add(fresh, precedes)
            all += fresh
            for _ in 0..<random.below(25) {
                if random.below(3) == 0 {
                    let one = ScheduledTimers.Entry(
                        dueMs: Int64(random.below(50)), place: UInt32(10_000 + all.count + round * 1_000))
                    due.add(one, precedes)
                    all.append(one)
                }
                all.sort(by: precedes)
                #expect(due.first(precedes)?.place == all.first?.place)
                #expect(due.earliestMs == all.first?.dueMs)
                guard !all.isEmpty else { break }
                due.removeFirst(precedes)
                all.removeFirst()
            }
        }
        #expect(due.isEmpty == all.isEmpty)
    }
}
