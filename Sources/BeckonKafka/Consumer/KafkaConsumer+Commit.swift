import CRDKafka

extension KafkaConsumer {
    /// Commits the offsets to be read next for the group, and waits for the answer.
    ///
    /// For members whose work is not a Kafka transaction; a worker sends its offsets with its transaction instead.
    /// - Throws: also when a partition's commit was refused because the group has given it to another member.
    public func commit(_ offsets: [TopicPartitionOffset]) throws(KafkaError) {
        let list = TopicPartitionList(offsets)
        let code = rd_kafka_commit(handle.pointer, list.pointer, 0)
        do { try check(code, "committing \(offsets.count) offsets") } catch { throw handle.explained(error) }
        try list.checkElements("committing the offset")
    }
}
