import BeckonService

/// The settings of the worker, and what they come to.
public enum WorkerSettings {
    public static let events = Setting.list(
        "worker.events", "Topics of events, separated by commas; all must have the same number of partitions.")
    public static let rules = Setting.text("worker.rules", "A file of rules, or a folder of them.")
    public static let group = Setting.text(
        "worker.group", default: "beckon",
        "The consumer group of all replicas; transactional ids begin with it.")
    public static let instance = Setting.text(
        "worker.instance",
        "This replica's name: the same at each restart, different from the other replicas'. Else the host's name.")
    public static let threads = Setting.integer(
        "worker.threads", in: 1...64, default: 1, "Threads, each with its own share of the partitions.")

    public static let stateDirectory = Setting.text(
        "worker.checkpoint.directory", default: "beckon-state", "Where checkpoints of people's state lie.")
    public static let keepsCheckpoints = Setting.boolean(
        "worker.checkpoint.enabled", default: true,
        "Without checkpoints a restart reads everybody from the images.")
    public static let checkpointInterval = Setting.duration(
        "worker.checkpoint.interval", in: .seconds(1)...(.seconds(86_400)), default: .seconds(60),
        "How often a checkpoint is written.")

    public static let replayWindow = Setting.duration(
        "durability.replayWindow", in: .milliseconds(0)...(.seconds(3_600)), default: .seconds(60),
        "How old a change may become before an image of it is on the log: so much a machine without checkpoints replays. 0 writes each change with its own commit."
    )
    public static let imageBytesPerSecond = Setting.integer(
        "durability.imageBytesPerSecond", in: 65_536...1_073_741_824, default: 8_388_608,
        "Most bytes of images that a partition writes in a second, while the window is not at risk.")

    public static let commitDelay = Setting.duration(
        "worker.commit.delay", in: .milliseconds(0)...(.seconds(1)), default: .milliseconds(5),
        "A commit follows so long after the first decision that waits for it.")
    public static let commitIdle = Setting.duration(
        "worker.commit.idle", in: .milliseconds(10)...(.seconds(60)), default: .seconds(1),
        "The longest time between two commits while there are events but no decisions.")
    public static let timersPerStep = Setting.integer(
        "worker.timersPerStep", in: 1...1_000_000, default: 4_096,
        "Most timers that fire in one step, so that many that are due together do not stall a partition.")
    public static let checksPartitioner = Setting.boolean(
        "worker.checksPartitioner", default: true,
        "Whether to refuse a topic whose keys lie in other partitions than Java's default partitioner gives them.")
    public static let allowsReturn = Setting.boolean(
        "worker.allowsReturn", default: false,
        "Whether partitions may go back to rules they have left: replicas with different rules would then alternate.")

    public static let declarations = [
        events.declaration, rules.declaration, group.declaration, instance.declaration, threads.declaration,
        stateDirectory.declaration, keepsCheckpoints.declaration, checkpointInterval.declaration,
        replayWindow.declaration, imageBytesPerSecond.declaration, commitDelay.declaration, commitIdle.declaration,
        timersPerStep.declaration, checksPartitioner.declaration,
        allowsReturn.declaration,
    ]

    /// - Parameters:
    ///   - kafkaClient: the program's family of librdkafka's properties.
    ///   - hostName: the instance's name where none is set.
    /// - Throws: settings that are each right but do not go together.
    public static func configuration(
        _ settings: Settings, kafkaClient: SettingFamily, hostName: String
    ) throws(SettingsProblems) -> WorkerConfiguration {
        let topics = TopicSettings.topics(settings)
        let problems = TopicSettings.problems(settings, events: settings[events], topics: topics)
        if !problems.isEmpty { throw SettingsProblems(problems) }
        var configuration = WorkerConfiguration(
            brokers: settings[KafkaSettings.brokers].joined(separator: ","), events: settings[events],
            instance: settings[instance] ?? hostName)
        configuration.clientProperties = settings[kafkaClient]
        configuration.topics = topics
        configuration.stateDirectory = settings[keepsCheckpoints] ? settings[stateDirectory] : nil
        configuration.group = settings[group]
        configuration.threadCount = settings[threads]
        configuration.commitDelayMs = settings[commitDelay].wholeMilliseconds
        configuration.idleCommitMs = settings[commitIdle].wholeMilliseconds
        configuration.checkpointIntervalMs = settings[checkpointInterval].wholeMilliseconds
        configuration.replayWindowMs = settings[replayWindow].wholeMilliseconds
        configuration.imageBytesPerSecond = settings[imageBytesPerSecond]
        configuration.timersPerStepMax = settings[timersPerStep]
        configuration.checksPartitioner = settings[checksPartitioner]
        configuration.allowsReturn = settings[allowsReturn]
        return configuration
    }
}
