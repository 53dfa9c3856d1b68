import BeckonKafka

/// How far partitions are from the ends of their inputs.
extension WorkerLoop {
    /// Records between what is applied and the ends of the inputs, as the last answers to fetches told them.
    func lag(of task: PartitionTask) -> Int {
        task.queues.indices.reduce(0) { sum, input in
            let end = consumer.knownEnd(of: TopicPartition(task.inputs[input], task.partition))
            return sum + task.queues[input].lag(knownEnd: end)
        }
    }
}
