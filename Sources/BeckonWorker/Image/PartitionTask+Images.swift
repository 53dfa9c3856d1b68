import BeckonEngine
import BeckonModel

/// Images in a partition's commits.
extension PartitionTask {
    var imageCounts: ImageBacklog.Counts {
        ImageBacklog.Counts(changed: engine.changedCount, imaged: engine.imagedCount)
    }

    /// There are steps, images, or a head that somebody waits for.
    var needsCommit: Bool {
        isDirty || !imageBatch.images.isEmpty || (images?.wantsHead ?? false)
    }

    /// The rules may change: images from before and after cannot be folded together.
    var mayChangeRules: Bool { images == nil || !isDirty && imageCounts.areClean }

    /// Begins to write images of what has changed, for a partition that was just restored.
    ///
    /// - Parameters:
    ///   - headSeq: of the head that is on the topic; 0 without one.
    ///   - nowMs: by the process's own clock, as everywhere here.
    func beginImages(windowMs: Int64, bytesPerSecond: Int, headSeq: Int64, nowMs: Int64) {
        images = ImageBacklog(
            windowMs: windowMs, bytesPerSecond: bytesPerSecond, headSeq: headSeq,
            header: lastSeq > 0 ? engine.checkpointHead.map(header) : nil, counts: imageCounts, nowMs: nowMs)
    }

    /// Takes the images that the next commit shall hold; they stay until it is confirmed.
    func takeImages(nowMs: Int64) {
        guard let images else { return }
        let quota = images.quota(imageCounts, nowMs: nowMs)
        engine.takeImages(through: quota.throughCount, bytesMax: quota.bytesMax, into: &imageBatch)
    }

    /// The head that goes with a commit, if one does.
    ///
    /// - Parameter record: the commit's, of that hash; where it will lie nobody knows yet.
    func imageHead(with record: JournalRecord, _ hash: ContentHash, nowMs: Int64) -> [UInt8]? {
        guard images != nil else { return nil }
        let header = engine.checkpointHead.map { head in
            CheckpointHeader(
                inputs: inputs, partition: partition, journalOffset: journalOffset + 1, journalHash: hash,
                positions: record.standing.positions, topicTimesMs: record.standing.topicTimesMs, head: head)
        }
        let chosen = images?.head(
            imageCounts, tookImages: !imageBatch.images.isEmpty, header: header, nowMs: nowMs)
        return chosen.map { ImageHead(header: $0).bytes }
    }

    /// A commit is confirmed.
    func imagesCommitted(nowMs: Int64) {
        guard let head = engine.checkpointHead else { return }
        images?.committed(header(head), imageCounts, nowMs: nowMs)
    }
}
