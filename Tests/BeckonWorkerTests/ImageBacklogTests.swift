import BeckonEngine
import BeckonModel
import Testing

@testable import BeckonWorker

/// A partition of counts alone: people change, commits take who is due.
private struct Commits {
    var backlog: ImageBacklog
    var counts = ImageBacklog.Counts(changed: 0, imaged: 0)
    var seq: Int64 = 0
    var nowMs: Int64 = 1_000_000
    let personBytes: Int
    /// Each commit: its seq, and how many had changed by then.
    private(set) var commits: [(seq: Int64, changedCount: Int)] = []
    private(set) var headSeq: Int64 = 0
    private(set) var headCount = 0

    init(windowMs: Int64, bytesPerSecond: Int = 1 << 20, personBytes: Int = 100, restored: Int = 0) {
        self.personBytes = personBytes
        counts.changed = restored
        seq = restored > 0 ? 1 : 0
        backlog = ImageBacklog(
            windowMs: windowMs, bytesPerSecond: bytesPerSecond, headSeq: 0, header: restored > 0 ? Self.header(1) : nil,
            counts: counts, nowMs: nowMs)
    }

    static func header(_ seq: Int64) -> CheckpointHeader {
        CheckpointHeader(
            inputs: ["a"], partition: 0, journalOffset: seq, journalHash: ContentHash(high: UInt64(seq), low: 0),
            positions: [seq], topicTimesMs: [seq],
            outcomes: CheckpointHeader.OutcomesPosition(topic: "o", next: seq),
            head: CheckpointHead(
                seq: seq, nowMs: seq, ruleSet: ContentHash(high: 1, low: 1), pinnedRuleSets: [], leftRuleSets: [],
                registry: Registry(), peopleCount: Int(seq), hashSeed: 7))
    }

    /// Returns how many images the commit took.
    @discardableResult
    mutating func commit(changing people: Int = 0, steps: Int64 = 1) -> Int {
        counts.changed += people
        seq += steps
        backlog.noteChanges(counts, nowMs: nowMs)
        let quota = backlog.quota(counts, nowMs: nowMs)
        #expect(quota.throughCount <= counts.changed)
        let affordable = quota.bytesMax == .max ? .max : (quota.bytesMax + personBytes - 1) / personBytes
        let count = max(0, min(quota.throughCount - counts.imaged, affordable))
        counts.imaged += count
        if let head = backlog.head(counts, tookImages: count > 0, header: Self.header(seq), nowMs: nowMs) {
            // Nobody whom a step up to there has changed may still wait.
            let changedThen = commits.last { $0.seq <= head.head.seq }?.changedCount ?? 0
            #expect(head.head.seq == seq ? counts.areClean : changedThen <= counts.imaged)
            #expect(head.head.seq >= headSeq && head.head.seq <= seq)
            headSeq = head.head.seq
            headCount += 1
        }
        commits.append((seq, counts.changed))
        backlog.committed(Self.header(seq), counts, nowMs: nowMs)
        return count
    }

    var ageMs: Int64 { backlog.ageMs(counts, nowMs: nowMs) ?? 0 }
    var isDue: Bool { backlog.isDue(counts, nowMs: nowMs) }
    var isUrgent: Bool { backlog.isUrgent(counts, nowMs: nowMs) }
}

@Suite struct `Backlog of images` {
    @Test func `without a window is empty after each commit, and each has a head`() {
        var partition = Commits(windowMs: 0)
        for people in [1, 50_000, 3] {
            partition.nowMs += 1
            #expect(partition.commit(changing: people) == people)
            #expect(partition.headSeq == partition.seq && !partition.isUrgent)
        }
        partition.commit()
        #expect(partition.headCount == 4)
        partition.counts.changed += 40_000
        #expect(partition.isUrgent)
    }

    @Test func `waits for half of the window, then writes at the pace of the changes`() {
        var partition = Commits(windowMs: 10_000)
        for tenth in 0..<400 {
            partition.nowMs += 100
            let written = partition.commit(changing: 20)
            if tenth < 49 { #expect(written == 0) }
            // Boundaries are some hundred milliseconds apart.
            #expect(written <= 100)
            #expect(partition.ageMs <= 6_000 && !partition.isUrgent)
            if tenth > 100 { #expect(partition.seq - partition.headSeq < 80) }
        }
        #expect((25...41).contains(partition.headCount))
        // Who falls silent is written all the same, by commits without steps.
        for _ in 0..<60 {
            partition.nowMs += 100
            if partition.isDue { partition.commit(steps: 0) }
        }
        #expect(partition.counts.areClean && partition.headSeq == partition.seq)
        #expect(!partition.isDue && !partition.isUrgent)
    }

    @Test func `spreads a burst over its budget, until the window is at risk`() {
        var partition = Commits(windowMs: 10_000, bytesPerSecond: 100_000)
        partition.commit(changing: 50_000)
        partition.nowMs += 5_000
        #expect(partition.isDue && !partition.isUrgent)
        // Since the beginning nothing was written: five seconds' worth of a hundred bytes each.
        #expect(partition.commit(steps: 0) == 5_000)
        partition.nowMs += 1_000
        #expect(partition.commit(steps: 0) == 1_000)
        #expect(partition.headSeq == 0)
        partition.nowMs += 1_500
        #expect(partition.commit(steps: 0) == 44_000)
        #expect(partition.headSeq == partition.seq)
    }

    @Test func `behind the window commits at once, and no more than a transaction may hold`() {
        var partition = Commits(windowMs: 1_000, personBytes: 1_000)
        partition.commit(changing: 20_000)
        partition.nowMs += 1_000
        #expect(partition.isUrgent)
        var commits = 0
        while partition.isUrgent {
            #expect(partition.commit(changing: 10) <= 8_389)
            commits += 1
            if commits > 100 { break }
        }
        #expect(commits == 3)
    }

    @Test(arguments: [0, 60_000] as [Int64]) func `of a restored partition without images goes in pieces`(
        windowMs: Int64
    ) {
        var partition = Commits(windowMs: windowMs, bytesPerSecond: 1 << 30, personBytes: 1_000, restored: 20_000)
        #expect(partition.headSeq == 0)
        partition.nowMs += windowMs
        #expect(partition.isUrgent)
        #expect(partition.commit(changing: 1) == 8_389)
        #expect(partition.commit() == 8_389)
        #expect(partition.headSeq == 0)
        #expect(partition.commit(changing: 1) > 3_000)
        #expect(partition.headSeq > 0 && !partition.isUrgent)
    }

    @Test func `that somebody waits for is written whole, with its head`() {
        var partition = Commits(windowMs: 60_000)
        partition.commit(changing: 7)
        partition.commit()
        #expect(partition.counts.imaged == 0 && !partition.isDue)
        partition.backlog.isFlushing = true
        #expect(partition.isDue && partition.isUrgent)
        partition.commit(steps: 0)
        #expect(partition.counts.areClean && partition.headSeq == partition.seq && !partition.isDue)
        // A step that changes nobody still moves the head.
        partition.commit()
        #expect(partition.headSeq == partition.seq && !partition.isDue)
        partition.backlog.isFlushing = false
        partition.backlog.mustBeClean = true
        #expect(partition.commit(changing: 200_000) == 200_000)
        #expect(partition.headSeq == partition.seq && !partition.backlog.mustBeClean)
    }

    @Test func `whose place in the journal would expire has its head written again`() {
        var partition = Commits(windowMs: 60_000)
        partition.commit(changing: 7)
        partition.backlog.isFlushing = true
        partition.commit(steps: 0)
        partition.backlog.isFlushing = false
        let count = partition.headCount
        #expect(!partition.isDue && !partition.backlog.wantsHead)
        partition.backlog.isRefreshing = true
        #expect(partition.isDue && partition.isUrgent && partition.backlog.wantsHead)
        partition.commit(steps: 0)
        #expect(partition.headCount == count + 1 && partition.headSeq == partition.seq)
        #expect(!partition.isDue && !partition.backlog.wantsHead)
    }

    /// Whatever the rhythm: the head is true (see `Commits.commit`), and nobody waits for ever.
    @Test(arguments: 0..<200 as Range<UInt64>) func `is right and bounded under any load`(seed: UInt64) {
        var random = Random(seed)
        let windowMs = Int64([0, 200, 2_000, 60_000][random.below(4)])
        var partition = Commits(
            windowMs: windowMs, bytesPerSecond: [1_000, 100_000, 10_000_000][random.below(3)],
            restored: random.below(2) * 3_000)
        for _ in 0..<2_000 {
            partition.nowMs += Int64(random.below(random.below(10) == 0 ? 3_000 : 50))
            if random.below(3) == 0 || partition.isUrgent {
                partition.commit(changing: random.below(random.below(20) == 0 ? 2_000 : 20))
            }
            #expect(partition.ageMs <= windowMs + 3_000)
        }
        partition.backlog.isFlushing = true
        for _ in 0..<5 where partition.isDue { partition.commit(steps: 0) }
        #expect(partition.counts.areClean && partition.headSeq == partition.seq)
    }
}

private struct Random {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
    mutating func below(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return bound < 1 ? 0 : Int(state >> 33) % bound
    }
}

@Suite struct `Head of images` {
    private static let head: ImageHead = {
        var header = Commits.header(1 << 40)
        header.head.registry = Registry(
            numbers: [ContentHash(high: 4, low: 5): 1, ContentHash(high: 6, low: 7): 2], next: 3)
        header.head.leftRuleSets = [ContentHash(high: 8, low: 9)]
        header.outcomes = CheckpointHeader.OutcomesPosition(topic: "outcomes", next: 1 << 33)
        return ImageHead(header: header)
    }()

    private func read(_ bytes: [UInt8]) -> ImageHead? {
        bytes.withUnsafeBytes { bytes in try? ImageHead(bytes) }
    }

    @Test func `gives back what was written`() { #expect(read(Self.head.bytes) == Self.head) }

    @Test func `is read as it was written before outcomes were an input`() {
        var head = Self.head
        head.header.outcomes = nil
        let bytes = head.bytes
        // That layout does not tell how the people lie.
        head.header.head.peopleCount = 0
        head.header.head.hashSeed = nil
        #expect(read(bytes) == head)
    }

    @Test func `is refused when any bit is flipped, or at any other length`() {
        let bytes = Self.head.bytes
        for bit in 0..<8 * bytes.count {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(read(damaged) == nil, "bit \(bit)")
        }
        for count in bytes.indices { #expect(read(Array(bytes[..<count])) == nil, "\(count) bytes") }
        #expect(read(bytes + [0]) == nil)
    }
}
