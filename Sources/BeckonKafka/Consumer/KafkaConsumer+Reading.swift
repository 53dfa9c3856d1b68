extension KafkaConsumer {
    /// Reads one partition from `from` to where it ends now, control records included.
    ///
    /// - Throws: also when it is not wanted any more, and when nothing comes for ten seconds: the caller then looks whether
    ///   it still is.
    public func readToEnd(
        _ partition: TopicPartition, from: Int64 = TopicPartitionOffset.beginning,
        while isWanted: () -> Bool = { true },
        _ body: (Message) -> Void
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
            if !isWanted() { throw KafkaError(.timedOut, "reading \(partition) was given up", isRetriable: true) }
            if ContinuousClock.now - lastAt > .seconds(10) {
                throw KafkaError(.timedOut, "nothing of \(partition) came for ten seconds", isRetriable: true)
            }
        }
    }

    /// Reads the first record at that offset or behind it; calls nothing where there is none.
    ///
    /// - Throws: also when nothing comes for ten seconds.
    public func readFirst(_ partition: TopicPartition, from offset: Int64, _ body: (Message) -> Void)
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
                return body(message)
            }
        }
        throw KafkaError(.timedOut, "\(partition)@\(offset) did not come within ten seconds", isRetriable: true)
    }

    /// Reads the newest record with a value that `isIt` takes: of several calls the last one has it. Calls nothing where
    /// there is none.
    ///
    /// Control records lie between, and others: it goes back from the end in growing steps.
    public func readNewest(
        _ partition: TopicPartition, where isIt: (Message) -> Bool = { _ in true }, _ body: (Message) -> Void
    ) throws(KafkaError) {
        let marks = try watermarks(of: partition, timeoutMs: 30_000)
        var back: Int64 = 16
        while marks.end > marks.low {
            let from = max(marks.low, marks.end - back)
            var isFound = false
            try readToEnd(partition, from: from) { message in
                guard message.value != nil, isIt(message) else { return }
                isFound = true
                body(message)
            }
            if isFound || from == marks.low { return }
            back *= 8
        }
    }
}

extension Message {
    /// Of that partition, or an error of no topic; not what was fetched for an assignment before.
    fileprivate func isOf(_ topic: TopicIdentity, _ partition: Int32) -> Bool {
        self.topic == nil || self.topic == topic && self.partition == partition
    }
}
