import BeckonKafka

/// What a worker has from outside besides its time of day: Kafka, a clock, threads and a disk.
///
/// `Machine` is the one there is; tests put a simulated one in its place, under the very same worker. Nothing here is called
/// for each event.
package protocol WorkerHost: Sendable {
    func clients(_ configuration: WorkerConfiguration) -> any KafkaClients
    var clock: any MonotonicClock { get }
    var disk: any Disk { get }
    func makeThread() -> any HostThread
    func makeSemaphore() -> any HostSemaphore
    /// A crash of this process is noted on a page of a file, for its next life.
    var notesCrashes: Bool { get }
    /// For the seed of a hash, which spreads slots and never shows in an output.
    func randomSeed() -> UInt64
}

/// A thread for calls that block: Kafka's, and the disk's. Swift's cooperative pool must never wait for them.
package protocol HostThread: AnyObject, Sendable {
    func start(_ body: @escaping @Sendable () -> Void)
    /// Asks the body to end; it must look at `isCancelled`.
    func cancel()
    var isCancelled: Bool { get }
    /// Waits for the end of the body.
    func join()
}

/// Counts what one thread has for another to do.
package protocol HostSemaphore: AnyObject, Sendable {
    func signal()
    func wait()
    /// False when the time was up.
    func wait(milliseconds: Int64) -> Bool
}

/// This process on this machine, and librdkafka.
package struct Machine: WorkerHost {
    package init() {}

    package func clients(_ configuration: WorkerConfiguration) -> any KafkaClients {
        LibrdkafkaClients(brokers: configuration.brokers, clientProperties: configuration.clientProperties)
    }

    package var clock: any MonotonicClock { SystemMonotonicClock() }
    package var disk: any Disk { MachineDisk() }
    package func makeThread() -> any HostThread { WorkThread() }
    package func makeSemaphore() -> any HostSemaphore { Semaphore() }
    package var notesCrashes: Bool { true }
    package func randomSeed() -> UInt64 { .random(in: .min ... .max) }
}
