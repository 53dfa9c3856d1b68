import BeckonKafka
import BeckonModel

/// Taking partitions and giving them up, as the group asks.
extension WorkerLoop {
    func rebalanced(_ event: RebalanceEvent) {
        switch event {
        case .assigned(let partitions):
            generation += 1
            // A revocation comes first; were it missing, what is in memory could be others' by now.
            if !tasks.isEmpty { drop() }
            assigned = partitions.sorted()
            if let beyond = assigned.last, beyond >= partitionCount {
                callbackFailure = TopicCheck.grown(configuration.events[0], from: partitionCount, to: beyond + 1)
                return
            }
            log.notice(
                "Partitions assigned", [.thread: index, .partition: assigned.map(String.init).joined(separator: ",")])
            setStatus(assigned.isEmpty ? nil : "restoring \(assigned.count) partitions")
            restores.request(assigned, parked: parked, generation: generation)
            parked = [:]
        case .revoked(_, let lost):
            generation += 1
            if lost {
                drop()
            } else {
                do throws(WorkerError) { try commitAll() } catch { callbackFailure = error }
                park()
            }
            setStatus("waiting for the group")
        }
    }

    /// The partitions are others' now: nothing of theirs may be kept or written.
    func drop() {
        for task in tasks {
            for input in task.queues.indices { task.queues[input].removeAll() }
            abandonCheckpoint(task)
        }
        parked = [:]
        setTasks([])
    }

    /// Everything is committed; what is in memory may serve again.
    private func park() {
        for task in tasks {
            for input in task.queues.indices { task.queues[input].removeAll() }
            abandonCheckpoint(task)
            parked[task.partition] = task
        }
        setTasks([])
    }

    private func setTasks(_ new: [PartitionTask]) {
        tasks = new.sorted { $0.partition < $1.partition }
        for partition in taskOfPartition.indices { taskOfPartition[partition] = nil }
        for task in tasks { taskOfPartition[Int(task.partition)] = task }
    }

    func takeRestored() throws(WorkerError) {
        var added = false
        for restored in restores.take() where restored.generation == generation {
            switch restored.result {
            case .success(let box):
                box.value.lastCheckpointMs = worker.clock.nowMs()
                box.value.checkpointWrittenMs = box.value.lastCheckpointMs
                beginImages(box.value)
                setTasks(tasks + [box.value])
                added = true
            case .failure(let error):
                if error.code != .stopped { throw error }
            }
        }
        guard added else { return }
        try assign()
        publishProgress(tasks)
        if tasks.count == assigned.count {
            setStatus(nil)
        } else {
            setStatus("restoring \(assigned.count - tasks.count) partitions")
        }
    }

    /// The whole assignment anew, each input at our own position.
    private func assign() throws(WorkerError) {
        var offsets: [TopicPartitionOffset] = []
        for task in tasks {
            for (input, topic) in task.inputs.enumerated() {
                task.queues[input].removeAll()
                offsets.append(TopicPartitionOffset(topic, task.partition, offset: task.queues[input].position))
            }
        }
        do throws(KafkaError) { try consumer.assign(offsets) } catch { throw WorkerError(.kafka, "\(error)") }
    }
}
