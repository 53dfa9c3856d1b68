import BeckonService
import BeckonWorker

/// All settings of the program.
enum ProgramSettings {
    static let kafkaClient = KafkaSettings.client(refused: [
        "bootstrap.servers": "set `kafka.brokers`",
        "metadata.broker.list": "set `kafka.brokers`",
        "group.id": "the service names its group",
        "group.instance.id": "the service names its threads, so that each finds its own transactions again",
        "transactional.id": "it is derived from the group and the thread, so that a lost owner can be fenced",
        "isolation.level": "Beckon reads only what was committed",
        "enable.auto.commit": "offsets are committed in the transaction of the decisions",
        "enable.auto.offset.store": "offsets are committed in the transaction of the decisions",
        "auto.offset.reset": "the journal says where to go on; a lost range must not be skipped in silence",
        "enable.idempotence": "exactly-once needs it",
        "enable.partition.eof": "the clock's proof that nothing is unread rests on it",
        "partition.assignment.strategy": "same-numbered partitions of all inputs must go to one owner",
        "partitioner": "Beckon writes to the partition of its engine, by number",
    ])

    static let catalog = SettingsCatalog(
        KafkaSettings.declarations + WorkerSettings.declarations + TopicSettings.declarations
            + StatusSettings.declarations + LogSettings.declarations, families: [kafkaClient])
}
