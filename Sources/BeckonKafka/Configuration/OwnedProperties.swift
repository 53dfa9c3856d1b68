extension KafkaConfiguration {
    /// librdkafka's properties that Beckon's guarantees depend on, each with the reason why a user cannot set it.
    public static let ownedProperties: [String: String] = [
        "bootstrap.servers": "set `kafka.brokers`",
        "metadata.broker.list": "set `kafka.brokers`",
        "group.id": "the group is a setting of its own",
        "group.instance.id": "each worker thread has one, made of the worker's name",
        "group.protocol.type": "Beckon is a consumer group",
        "transactional.id":
            "it is made of the group and the thread's instance id, so that a successor fences its predecessor",
        "enable.auto.commit": "offsets are committed in the transaction of what came of them",
        "auto.commit.enable": "offsets are committed in the transaction of what came of them",
        "auto.commit.interval.ms": "offsets are committed in the transaction of what came of them",
        "enable.auto.offset.store": "offsets are committed in the transaction of what came of them",
        "offset.store.method": "offsets are committed in the transaction of what came of them",
        "isolation.level": "what an aborted transaction wrote must never be read",
        "enable.partition.eof": "the end of a partition is what lets the clock pass an idle topic",
        "partition.assignment.strategy": "the topics are co-partitioned and follow one topic's range assignment",
        "auto.offset.reset": "a position that is gone stops the partition instead of skipping events",
        "allow.auto.create.topics": "a topic made on first use has the wrong number of partitions",
        "enable.idempotence": "without it a retry could write a record twice",
        "acks": "a commit that a broker may lose is none",
        "request.required.acks": "a commit that a broker may lose is none",
        "partitioner":
            "Beckon's records go to their partition by number, keys of your topics by murmur2_random as in Java",
        "delivery.report.only.error": "every record's report is awaited before the journal is written",
        "queue.buffering.max.messages": "the producer bounds what is under way itself",
        "queue.buffering.max.kbytes": "the producer bounds what is under way itself",
        "log.queue": "logs are taken off librdkafka's threads",
        "plugin.library.paths": "it would load code into the process",
        "test.mock.num.brokers": "the embedded broker is started by `beckon dev`",
    ]
}
