import BeckonKafka

/// The connections with which a thread reads what is on the log, opened when first needed and kept: opening one takes
/// longer than reading an empty journal. Stays on its thread.
final class LogReaders {
    let configuration: WorkerConfiguration
    private var committedReader: KafkaConsumer?
    private var endReader: KafkaConsumer?

    init(_ configuration: WorkerConfiguration) { self.configuration = configuration }

    /// Sees what is committed, and as ends of logs the last stable offsets. Whoever assigns it has it alone until he is done.
    func committed() throws(KafkaError) -> KafkaConsumer {
        if let committedReader { return committedReader }
        let opened = try openReader(configuration)
        committedReader = opened
        return opened
    }

    /// Sees high watermarks.
    func ends() throws(KafkaError) -> KafkaConsumer {
        if let endReader { return endReader }
        let opened = try KafkaConsumer(
            KafkaConfiguration(
                .clockProbe, brokers: configuration.brokers, clientProperties: configuration.clientProperties))
        endReader = opened
        return opened
    }

    /// Fetches nothing more, until it is assigned again.
    func rest() { try? committedReader?.assign([]) }

    /// Ends the connections; the next use opens them again.
    func close() {
        committedReader?.close()
        endReader?.close()
        committedReader = nil
        endReader = nil
    }
}

private func openReader(_ configuration: WorkerConfiguration) throws(KafkaError) -> KafkaConsumer {
    try KafkaConsumer(
        KafkaConfiguration(
            .reader(group: configuration.group), brokers: configuration.brokers,
            clientProperties: configuration.clientProperties))
}

extension KafkaConsumer {
    /// Reads one partition from `from` to where it ends now, control records included.
    ///
    /// - Throws: also when nothing comes for ten seconds: the caller then looks whether it is still wanted.
    func readToEnd(_ partition: TopicPartition, from: Int64 = TopicPartitionOffset.beginning, _ body: (Message) -> Void)
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
    func readOne(_ partition: TopicPartition, at offset: Int64, _ body: (UnsafeRawBufferPointer) -> Void)
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
