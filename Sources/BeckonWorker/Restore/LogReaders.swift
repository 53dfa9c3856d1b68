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
