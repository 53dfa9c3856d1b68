import BeckonEngine
import BeckonModel

/// Images, from the restore to the end.
extension WorkerLoop {
    func beginImages(_ task: PartitionTask) {
        guard let windowMs = configuration.replayWindowMs else { return }
        // One that was kept goes on where it was.
        if task.images != nil { return }
        task.beginImages(
            windowMs: windowMs, bytesPerSecond: configuration.imageBytesPerSecond, headSeq: task.imageHeadSeq,
            nowMs: monotonicMs())
    }

    /// Whether some partition's images should not wait for the next commit.
    func imagesAreUrgent(nowMs: Int64) -> Bool {
        tasks.contains { $0.images?.isUrgent($0.imageCounts, nowMs: nowMs) ?? false }
    }

    /// What the next commit holds of them.
    func takeImages(nowMs: Int64) {
        let wallMs = worker.clock.nowMs()
        var room = ImageBacklog.commitBytesMax
        if tasks.isEmpty { return }
        firstWithImages = (firstWithImages + 1) % tasks.count
        // In turns, so that nobody always comes last.
        for task in tasks[firstWithImages...] + tasks[..<firstWithImages] {
            if !task.isDirty, task.lastSeq > 0, wallMs - task.committedWallMs >= configuration.journalRefreshMs {
                task.images?.isRefreshing = true
            }
            task.images?.noteChanges(task.imageCounts, nowMs: nowMs)
            task.takeImages(nowMs: nowMs, bytesMax: room)
            room = max(0, room - task.imageBatch.bytes.count)
        }
    }

    func imagesCommitted(_ committed: [PartitionTask], _ written: [(count: Int, bytes: Int)], nowMs: Int64) {
        let wallMs = worker.clock.nowMs()
        for (task, (count, bytes)) in zip(committed, written) {
            task.committedWallMs = wallMs
            task.imagesCommitted(nowMs: nowMs)
            worker.metrics.images.add(count)
            worker.metrics.imageBytes.add(bytes)
        }
    }

    /// At a graceful stop: nothing is left to replay, also where there is no disk.
    func writeLastImages() throws(WorkerError) {
        for task in tasks { task.images?.isFlushing = true }
        while tasks.contains(where: { $0.images?.isDue($0.imageCounts, nowMs: monotonicMs()) ?? false }) {
            try commitAll()
        }
    }
}
