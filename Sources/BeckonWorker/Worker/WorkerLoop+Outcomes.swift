import BeckonKafka
import BeckonModel

/// When outcomes are no longer where they were to be read.
extension WorkerLoop {
    /// They have expired, or their topic was made anew: goes on with the oldest that there are. What is lost would have closed
    /// firings; without it a cancel record may be written too many, or a decision convert of which no message went out.
    func skipLostOutcomes() throws(WorkerError) {
        if lostOutcomes.isEmpty { return }
        var hasMoved = false
        for task in tasks where lostOutcomes.contains(task.partition) {
            let place = TopicPartition(configuration.topics.outcomes, task.partition)
            let position = task.queues[task.outcomesInput].position
            let low: Int64
            do throws(KafkaError) { low = try consumer.watermarks(of: place, timeoutMs: 30_000).low } catch {
                throw WorkerError(.kafka, "asking where \(place) begins: \(error)")
            }
            log.warning(
                "Outcomes are gone unread: going on with the oldest there are",
                [.partition: Int(task.partition), .topic: place.topic, .offset: position])
            task.queues[task.outcomesInput].begin(at: low)
            hasMoved = true
        }
        lostOutcomes = []
        if hasMoved { try assign() }
    }
}
