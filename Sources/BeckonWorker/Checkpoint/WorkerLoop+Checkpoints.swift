import BeckonEngine
import BeckonModel

/// Checkpoints while steps go on: a piece of the walk each round, written by another thread.
extension WorkerLoop {
    private static let pieceBytes = 1 << 20

    func continueCheckpoints() {
        guard configuration.stateDirectory != nil else { return }
        takeOutcomes()
        let wallMs = worker.clock.nowMs()
        for task in tasks {
            if task.checkpoint != nil {
                if checkpoints.hasRoom { walk(task) }
            } else if wallMs - task.lastCheckpointMs >= configuration.checkpointIntervalMs,
                task.lastSeq > task.checkpointedSeq, !task.isDirty
            {
                begin(task)
            }
        }
    }

    /// A checkpoint begins just after a commit: its head is the journal's end.
    private func begin(_ task: PartitionTask) {
        guard let folder = folder(task), task.journalOffset >= 0, let head = task.engine.beginCheckpoint() else {
            return
        }
        let id = checkpoints.takeId()
        let header = task.header(head)
        var buffer = ByteBuffer()
        header.encode(into: &buffer)
        checkpoints.add(.begin(id: id, path: folder.file(seq: head.seq)))
        checkpoints.add(.chunk(id: id, buffer.bytes))
        task.lastCheckpointMs = worker.clock.nowMs()
        task.checkpoint = CheckpointProgress(id: id)
        unwritten[id] = (task.partition, task.lastCheckpointMs)
        task.checkpointedSeq = head.seq
        worker.log.debug("Checkpoint begun", [.partition: Int(task.partition), .seq: head.seq])
    }

    private func walk(_ task: PartitionTask) {
        guard var progress = task.checkpoint, !progress.isWalked else { return }
        var buffer = ByteBuffer(capacity: Self.pieceBytes + 4096)
        switch task.engine.walkCheckpoint(bytesMax: Self.pieceBytes, into: &buffer) {
        case .abandoned: abandonCheckpoint(task)
        case .more: checkpoints.add(.chunk(id: progress.id, buffer.bytes))
        case .done:
            if buffer.count > 0 { checkpoints.add(.chunk(id: progress.id, buffer.bytes)) }
            progress.isWalked = true
            progress.exactFromSeq = task.engine.seq
            task.checkpoint = progress
            if !task.isDirty { publish(task) }
        }
    }

    /// After a commit: a walked checkpoint counts once every step that it may have seen is on the log.
    func publishCheckpoints() {
        for task in tasks {
            if let progress = task.checkpoint, progress.isWalked, progress.exactFromSeq <= task.lastSeq {
                publish(task)
            }
        }
    }

    private func publish(_ task: PartitionTask) {
        guard let progress = task.checkpoint, let folder = folder(task) else { return }
        checkpoints.add(.publish(id: progress.id, folder, exactFromSeq: progress.exactFromSeq))
        task.checkpoint = nil
    }

    func abandonCheckpoint(_ task: PartitionTask) {
        guard let progress = task.checkpoint else { return }
        checkpoints.add(.abandon(id: progress.id))
        unwritten[progress.id] = nil
        task.checkpoint = nil
        task.engine.abandonCheckpoint()
    }

    private func takeOutcomes() {
        for outcome in checkpoints.takeOutcomes() {
            let origin = unwritten.removeValue(forKey: outcome.id)
            let task = tasks.first { $0.partition == origin?.partition }
            if let failure = outcome.failure {
                worker.metrics.checkpointFailures.add()
                worker.log.error("Checkpoint not written: the next start replays more", [.error: failure.description])
                // Tried again after the interval, though nothing may have happened since.
                task?.checkpointedSeq = 0
                if let task, task.checkpoint?.id == outcome.id { abandonCheckpoint(task) }
            } else {
                if let task, let origin { task.checkpointWrittenMs = origin.begunMs }
                worker.metrics.checkpoints.add()
            }
        }
    }

    /// At a graceful stop: whole checkpoints, so that little is left to replay.
    func writeLastCheckpoints() {
        guard configuration.stateDirectory != nil else { return }
        takeOutcomes()
        for task in tasks where task.lastSeq > task.checkpointedSeq || task.checkpoint != nil {
            abandonCheckpoint(task)
            begin(task)
            while task.checkpoint.map({ !$0.isWalked }) ?? false {
                while !checkpoints.hasRoom { sleepMs(1) }
                walk(task)
            }
        }
        checkpoints.drain()
        takeOutcomes()
    }

    private func folder(_ task: PartitionTask) -> CheckpointFolder? {
        configuration.stateDirectory.map {
            CheckpointFolder(
                stateDirectory: $0, group: configuration.group, inputs: task.inputs, partition: task.partition)
        }
    }
}
