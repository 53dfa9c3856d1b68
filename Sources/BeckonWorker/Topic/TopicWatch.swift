import BeckonKafka
import BeckonService

/// Asks now and then, on a thread of its own, whether the topics still have as many partitions as at the start.
final class TopicWatch: Sendable {
    private let thread: any HostThread
    /// Signalled once, at the end.
    private let goodbye: any HostSemaphore

    init(_ host: any WorkerHost) {
        thread = host.makeThread()
        goodbye = host.makeSemaphore()
    }

    func start(_ worker: Worker, partitionCount: Int32) {
        let goodbye = goodbye
        thread.start {
            while !goodbye.wait(milliseconds: worker.configuration.topicCheckIntervalMs) {
                do throws(KafkaError) {
                    guard let error = try Self.change(worker.configuration, partitionCount) else { continue }
                    worker.log.critical("Topics have changed", [.error: error.description])
                    return worker.fail(error)
                } catch {
                    worker.log.warning("Topics could not be checked", [.error: error.description])
                }
            }
        }
    }

    func stop() {
        goodbye.signal()
        thread.join()
    }

    /// A topic that is missing from the answer says nothing: its reader will hear of it.
    private static func change(_ configuration: WorkerConfiguration, _ partitionCount: Int32) throws(KafkaError)
        -> WorkerError?
    {
        let admin = try configuration.clients.topicDescriber(deadlineMs: 5_000)
        defer { admin.close(deadlineMs: 5_000) }
        let names = configuration.events + configuration.topics.coPartitioned
        let topics = try admin.describeTopics(names)
        for name in names {
            if let count = topics[name]?.partitionCount, count != partitionCount {
                return TopicCheck.grown(name, from: partitionCount, to: count)
            }
        }
        return nil
    }
}
