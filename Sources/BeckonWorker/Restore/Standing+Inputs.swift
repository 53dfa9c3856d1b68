import BeckonModel

extension Standing {
    /// Where the inputs stand, topics of events first and outcomes last.
    ///
    /// - Throws: `journal` when it is of another number of topics of events.
    func queues(eventCount: Int, partition: Int32) throws(WorkerError) -> [InputQueue] {
        var queues = zip(positions, topicTimesMs).map { InputQueue(position: $0, topicTimeMs: $1) }
        // Written before outcomes were read.
        if semantics < 2 { queues.append(InputQueue(position: InputQueue.unknownPosition, topicTimeMs: 0)) }
        if queues.count == eventCount + 1 { return queues }
        throw WorkerError(
            .journal,
            "partition \(partition): its journal is of \(queues.count - 1) topics of events, and this worker reads \(eventCount): start it with those that it began with (worker.events)"
        )
    }
}
