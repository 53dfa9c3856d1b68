extension KafkaConsumer {
    /// Reads one partition from `from` to where it ends now, control records included.
    ///
    /// - Throws: also when nothing comes for ten seconds: the caller then looks whether it is still wanted.
    public func readToEnd(
        _ partition: TopicPartition, from: Int64 = TopicPartitionOffset.beginning, _ body: (Message) -> Void
    )
        throws(KafkaError)
    {
        let topic = try identity(ofTopic: partition.topic)
        try assign([TopicPartitionOffset(partition.topic, partition.partition, offset: from)])
        var lastAt = ContinuousClock.now
        while true {
            let batch = try consumeBatch(max: 1000, timeoutMs: 5)
            defer { batch.destroy() }
            for index in 0..<batch.count where batch[index].isOf(topic, partition.partition) {
                let message = batch[index]
                if message.isPartitionEnd { return }
                if let error = message.error { if error.isRetriable { continue } else { throw error } }
                lastAt = .now
                body(message)
            }
            if ContinuousClock.now - lastAt > .seconds(10) {
                throw KafkaError(.timedOut, "nothing of \(partition) came for ten seconds", isRetriable: true)
            }
        }
    }

    /// Reads the record at exactly that offset; calls nothing where there is none.
    ///
    /// - Throws: also when nothing comes for ten seconds.
    public func readOne(_ partition: TopicPartition, at offset: Int64, _ body: (UnsafeRawBufferPointer) -> Void)
        throws(KafkaError)
    {
        let topic = try identity(ofTopic: partition.topic)
        try assign([TopicPartitionOffset(partition.topic, partition.partition, offset: offset)])
        let started = ContinuousClock.now
        while ContinuousClock.now - started < .seconds(10) {
            let batch = try consumeBatch(max: 1, timeoutMs: 50)
            defer { batch.destroy() }
            for index in 0..<batch.count where batch[index].isOf(topic, partition.partition) {
                let message = batch[index]
                if message.isPartitionEnd { return }
                if let error = message.error { if error.isRetriable { continue } else { throw error } }
                if message.offset == offset, let value = message.value { body(value) }
                return
            }
        }
        throw KafkaError(.timedOut, "\(partition)@\(offset) did not come within ten seconds", isRetriable: true)
    }
}

extension Message {
    /// Of that partition, or an error of no topic; not what was fetched for an assignment before.
    fileprivate func isOf(_ topic: TopicIdentity, _ partition: Int32) -> Bool {
        self.topic == nil || self.topic == topic && self.partition == partition
    }
}
