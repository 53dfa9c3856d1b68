/// What a handle is for. The role decides the properties that correctness and the measured speed depend on.
public enum KafkaRole: Sendable, Equatable {
    /// The worker's group member, which reads inputs at offsets that it names itself.
    case workerConsumer(group: String, instance: String)
    /// Reads at explicit offsets and never joins: the journal, replays. The group only names whose permissions count.
    case reader(group: String)
    /// The same, and sees what open transactions have written: only to find out whose they are.
    case uncommittedReader(group: String)
    /// Consumes decisions as a group member with static membership.
    case decisionsConsumer(group: String, instance: String)
    /// One for each worker thread.
    case transactionalProducer(id: String)
    /// Idempotent, without transactions.
    case plainProducer
    /// Asks for high watermarks: sees what open transactions hide from `read_committed`.
    case clockProbe
    /// Creates and describes topics.
    case admin

    var isConsumer: Bool {
        switch self {
        case .workerConsumer, .reader, .uncommittedReader, .decisionsConsumer, .clockProbe: true
        case .transactionalProducer, .plainProducer, .admin: false
        }
    }

    var properties: [String: String] {
        switch self {
        case .workerConsumer(let group, let instance):
            Self.shared + Self.consumer + Self.fastFetch + Self.steadyFetch + Self.member(group, instance)
        case .reader(let group):
            Self.shared + Self.consumer + Self.fastFetch + ["group.id": group]
        case .uncommittedReader(let group):
            Self.shared + Self.consumer + ["group.id": group, "isolation.level": "read_uncommitted"]
        case .decisionsConsumer(let group, let instance):
            Self.shared + Self.consumer + Self.member(group, instance)
        case .transactionalProducer(let id):
            Self.shared + Self.producer + Self.transaction(id)
        case .plainProducer:
            Self.shared + Self.producer + ["partitioner": "murmur2_random"]
        case .clockProbe:
            Self.shared + Self.consumer + ["isolation.level": "read_uncommitted"]
        case .admin:
            Self.shared
        }
    }

    private static let shared: [String: String] = [
        "client.id": "beckon",
        "log.queue": "true",
        "log.connection.close": "false",
        // With the defaults (100 ms, Nagle on) one commit takes 104 ms instead of 5: the broker answers
        // CONCURRENT_TRANSACTIONS while it writes the last transaction's markers, and the client sleeps before asking again.
        "retry.backoff.ms": "2",
        "socket.nagle.disable": "true",
        "socket.keepalive.enable": "true",
        "reconnect.backoff.ms": "50",
        "reconnect.backoff.max.ms": "2000",
    ]

    private static let consumer: [String: String] = [
        "enable.auto.commit": "false",
        "enable.auto.offset.store": "false",
        "enable.partition.eof": "true",
        "isolation.level": "read_committed",
        "auto.offset.reset": "error",
        "allow.auto.create.topics": "false",
        "check.crcs": "true",
        "fetch.wait.max.ms": "10",
        "fetch.error.backoff.ms": "50",
    ]

    /// Beyond either limit of the queue the fetcher sleeps a second: of the first it is woken (``PrefetchGauge``), the second
    /// is only for large records.
    private static let fastFetch: [String: String] = [
        "queued.min.messages": "\(PrefetchGauge.messagesMax)",
        "queued.max.messages.kbytes": "262144",
        "fetch.message.max.bytes": "524288",
        "fetch.max.bytes": "4194304",
    ]

    /// Without a minimum the broker answers each fetch with the first record that comes, seven hundred times a second: that
    /// costs broker and client more than everything else they do. So a fetch waits, for a few milliseconds.
    private static let steadyFetch: [String: String] = [
        "fetch.min.bytes": "1048576",
        "fetch.wait.max.ms": "5",
    ]

    private static func member(_ group: String, _ instance: String) -> [String: String] {
        [
            "group.id": group,
            "group.instance.id": instance,
            // The cooperative one loops, hangs and re-reads before 2.6.1 and does not co-locate partitions.
            "partition.assignment.strategy": "range",
            "session.timeout.ms": "10000",
            "heartbeat.interval.ms": "1000",
        ]
    }

    /// No lingering: a commit's records are all there when its partitions have joined the transaction. The head of a
    /// partition's images names every rule, and may be larger than a client's usual megabyte.
    private static func transaction(_ id: String) -> [String: String] {
        [
            "transactional.id": id, "transaction.timeout.ms": "10000", "linger.ms": "0",
            "message.max.bytes": "17000000",
        ]
    }

    private static let producer: [String: String] = [
        "enable.idempotence": "true",
        "compression.type": "lz4",
        // The producer counts what is under way itself and waits, because a batch that is refused in its middle would
        // be reordered.
        "queue.buffering.max.messages": "2000000",
        "queue.buffering.max.kbytes": "2097151",
    ]
}

private func + (left: [String: String], right: [String: String]) -> [String: String] {
    left.merging(right) { _, last in last }
}
