import BeckonKafka

/// The connections with which a thread reads what is on the log, opened when first needed and kept: opening one takes
/// longer than reading an empty journal. Stays on its thread.
final class LogReaders {
    let configuration: WorkerConfiguration
    private var committedReader: (any ConsumerClient)?
    private var endReader: (any ConsumerClient)?

    init(_ configuration: WorkerConfiguration) { self.configuration = configuration }

    /// Sees what is committed, and as ends of logs the last stable offsets. Whoever assigns it has it alone until he is done.
    func committed() throws(KafkaError) -> any ConsumerClient {
        if let committedReader { return committedReader }
        let opened = try configuration.clients.consumer(.reader(group: configuration.group))
        committedReader = opened
        return opened
    }

    /// Sees high watermarks.
    func ends() throws(KafkaError) -> any ConsumerClient {
        if let endReader { return endReader }
        let opened = try configuration.clients.consumer(.clockProbe)
        endReader = opened
        return opened
    }

    /// A new one, which sees what open transactions have written; its caller closes it.
    func uncommitted() throws(KafkaError) -> any ConsumerClient {
        try configuration.clients.consumer(.uncommittedReader(group: configuration.group))
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
