import BeckonModel

/// Which images a partition's next commit holds, and with what head. A value without I/O; time is an argument.
///
/// The engine counts who has ever changed and for how many of these the image was taken, each in the order of her first
/// change. At a commit's end all whom it has changed are counted: once so many are taken, all its changes are written.
struct ImageBacklog {
    /// The age that a change may reach unwritten, milliseconds; 0: none.
    let windowMs: Int64
    let bytesPerSecond: Int

    /// The engine's counts.
    struct Counts: Equatable {
        var changed: Int
        var imaged: Int
        var areClean: Bool { changed == imaged }
    }

    /// The end of a commit.
    private struct Boundary {
        let changedCount: Int
        /// When the first of those behind the boundary before it may have changed.
        let sinceMs: Int64
        let header: CheckpointHeader
    }

    /// Those that are not reached yet, the oldest first.
    private var boundaries: [Boundary] = []
    /// The newest that was reached.
    private var reached: CheckpointHeader?
    /// When the first behind the last boundary may have changed.
    private var firstChangeMs: Int64?
    private var lastBoundaryMs: Int64 = .min / 2
    private var lastImagesMs: Int64
    private var lastHeadMs: Int64 = .min / 2
    private(set) var headSeq: Int64
    /// The newest head does not say where the partition stands.
    private(set) var headIsBehind = false
    /// Who lacked an image when the partition was restored: they need not all go into one commit.
    private let restoredCount: Int

    /// Somebody waits until all images are written: a change of rules, or the end.
    var isFlushing = false
    /// The next commit must write everybody, whatever it takes: it holds a change of rules.
    var mustBeClean = false
    /// The journal's end, and with it the head's place there, would expire: both are to be written again.
    var isRefreshing = false

    /// A commit without steps has something to do, apart from images.
    var wantsHead: Bool { isRefreshing || isFlushing && headIsBehind }

    /// For a partition that was restored and has taken no step since.
    ///
    /// - Parameters:
    ///   - headSeq: of the head that is on the topic; 0 without one.
    ///   - header: where the partition stands; nil before its first rules.
    init(
        windowMs: Int64, bytesPerSecond: Int, headSeq: Int64, header: CheckpointHeader?, counts: Counts, nowMs: Int64
    ) {
        self.windowMs = windowMs
        self.bytesPerSecond = bytesPerSecond
        self.headSeq = headSeq
        restoredCount = counts.changed
        lastImagesMs = nowMs
        if !counts.areClean { firstChangeMs = nowMs }
        if let header { committed(header, counts, nowMs: nowMs) }
    }

    /// A transaction holds no more where it may choose.
    static let commitBytesMax = 8 << 20
    /// So many who wait bring a commit about where the window is 0.
    private static let peopleMax = 32_768
    private static let headIntervalMs: Int64 = 1_000
    /// Of the window: between two boundaries.
    private static let boundariesPerWindow: Int64 = 32

    /// To be called after steps.
    mutating func noteChanges(_ counts: Counts, nowMs: Int64) {
        if firstChangeMs == nil, counts.changed > (boundaries.last?.changedCount ?? counts.imaged) {
            firstChangeMs = nowMs
        }
    }

    /// The age of the oldest unwritten change, milliseconds; nil where there is none.
    func ageMs(_ counts: Counts, nowMs: Int64) -> Int64? {
        if counts.areClean { return nil }
        let since = boundaries.first { $0.changedCount > counts.imaged }?.sinceMs ?? firstChangeMs
        return nowMs - (since ?? nowMs)
    }

    /// A commit should write images, with steps or without.
    func isDue(_ counts: Counts, nowMs: Int64) -> Bool {
        if isFlushing || mustBeClean { return !counts.areClean || headIsBehind }
        if isRefreshing { return true }
        return (ageMs(counts, nowMs: nowMs) ?? -1) >= windowMs / 2
    }

    /// A commit should not wait.
    func isUrgent(_ counts: Counts, nowMs: Int64) -> Bool {
        if isFlushing || mustBeClean || isRefreshing { return true }
        guard let age = ageMs(counts, nowMs: nowMs) else { return false }
        if windowMs == 0 { return counts.imaged < restoredCount || counts.changed - counts.imaged > Self.peopleMax }
        return age >= windowMs
    }

    /// How many may ever have been taken after this commit, and how many bytes it may take for that.
    func quota(_ counts: Counts, nowMs: Int64) -> (throughCount: Int, bytesMax: Int) {
        if mustBeClean { return (counts.changed, .max) }
        if isFlushing || isRefreshing { return (counts.changed, Self.commitBytesMax) }
        if windowMs == 0 { return (counts.changed, counts.imaged < restoredCount ? Self.commitBytesMax : .max) }
        guard let age = ageMs(counts, nowMs: nowMs), age >= windowMs / 2 else { return (counts.imaged, 0) }
        let dueMs = nowMs - windowMs / 2
        let through =
            firstChangeMs.map { $0 <= dueMs } ?? false
            ? counts.changed : boundaries.last { $0.sinceMs <= dueMs }?.changedCount ?? counts.changed
        if age >= windowMs / 4 * 3 { return (through, Self.commitBytesMax) }
        let elapsedMs = min(max(0, nowMs - lastImagesMs), 60_000)
        let budget = (bytesPerSecond * Int(elapsedMs) + 999) / 1_000
        return (through, min(budget, Self.commitBytesMax))
    }

    /// The head that goes with a commit after its images were taken.
    ///
    /// - Parameter header: where the partition stands with this commit; nil before its first rules.
    mutating func head(_ counts: Counts, tookImages: Bool, header: CheckpointHeader?, nowMs: Int64) -> CheckpointHeader?
    {
        if tookImages { lastImagesMs = nowMs }
        pass(counts)
        let candidate = counts.areClean ? header : reached
        guard let candidate, candidate.head.seq > headSeq || isRefreshing && candidate.head.seq == headSeq else {
            return nil
        }
        let isWanted = isRefreshing || mustBeClean || isFlushing || windowMs == 0 || counts.areClean && tookImages
        guard isWanted || nowMs - lastHeadMs >= Self.headIntervalMs else { return nil }
        lastHeadMs = nowMs
        headSeq = candidate.head.seq
        return candidate
    }

    /// The commit is confirmed, and the partition stands there.
    mutating func committed(_ header: CheckpointHeader, _ counts: Counts, nowMs: Int64) {
        mustBeClean = false
        isRefreshing = false
        pass(counts)
        headIsBehind = header.head.seq > headSeq
        if counts.areClean {
            reached = header
            firstChangeMs = nil
        } else if counts.changed > (boundaries.last?.changedCount ?? counts.imaged),
            nowMs - lastBoundaryMs >= windowMs / Self.boundariesPerWindow
        {
            boundaries.append(
                Boundary(changedCount: counts.changed, sinceMs: firstChangeMs ?? nowMs, header: header))
            lastBoundaryMs = nowMs
            firstChangeMs = nil
        }
    }

    private mutating func pass(_ counts: Counts) {
        let count = boundaries.prefix { $0.changedCount <= counts.imaged }.count
        if count == 0 { return }
        reached = boundaries[count - 1].header
        boundaries.removeFirst(count)
    }
}
