import BeckonKafka
import BeckonModel

/// A Kafka: logs, the coordinator of transactions and that of groups. It does not fail; what fails are the ways to it, and
/// answers that come late or never.
final class SimulatedCluster: @unchecked Sendable {
    let scheduler: Scheduler
    /// The wall clock when the run begins, milliseconds since 1970.
    let beginMs: Milliseconds
    private(set) var logs: [String: [SimulatedLog]] = [:]
    private(set) var settings: [String: [String: String]] = [:]
    /// By topic: an address that nothing else has.
    private var addresses: [String: UnsafeMutableRawPointer] = [:]
    var transactions: [String: SimulatedTransaction] = [:]
    var groups: [String: SimulatedGroup] = [:]
    var nextProducer: Int64 = 1
    var faults = SimulatedFaults()

    init(_ scheduler: Scheduler, beginMs: Milliseconds) {
        self.scheduler = scheduler
        self.beginMs = beginMs
    }

    deinit { for address in addresses.values { address.deallocate() } }

    /// The one true time.
    var wallMs: Milliseconds { beginMs + scheduler.nowMs }

    func create(_ name: String, partitionCount: Int32, settings: [String: String] = [:]) {
        logs[name] = (0..<partitionCount).map { SimulatedLog(TopicPartition(name, $0)) }
        self.settings[name] = settings
        addresses[name] = .allocate(byteCount: 1, alignment: 1)
    }

    func log(_ place: TopicPartition) throws(KafkaError) -> SimulatedLog {
        guard let logs = logs[place.topic], Int(place.partition) < logs.count else {
            throw KafkaError(.unknownTopicOrPartition, "\(place) does not exist")
        }
        return logs[Int(place.partition)]
    }

    func identity(of topic: String) throws(KafkaError) -> TopicIdentity {
        guard let address = addresses[topic] else { throw KafkaError(.unknownTopic, "\(topic) does not exist") }
        return TopicIdentity(identifying: address)
    }

    /// Outside of any transaction.
    @discardableResult
    func write(_ record: OutgoingBytes, to place: TopicPartition, timestampMs: Int64) throws(KafkaError) -> Int64 {
        let log = try log(place)
        let offset = log.append(record, timestampMs: timestampMs, nowMs: wallMs)
        tell(log)
        return offset
    }

    /// Wakes who waits for records.
    func tell(_ log: SimulatedLog) { for consumer in log.followers { consumer.wake() } }
}

/// How likely it is that something goes wrong, in percent, and how slow things are.
struct SimulatedFaults {
    /// A call's way to a broker and back, microseconds.
    var roundTripUs: Int64 = 2_000
    /// An answer to the end of a transaction is lost: half of the time the request was, too.
    var lostEnd = 0
    /// A write fails in the middle of a transaction.
    var failedWrite = 0
    /// Markers come late, by up to that many milliseconds.
    var lateMarker = 0
    var lateMarkerMsMax: Int64 = 4_000
    /// A partition has no leader when an aborted transaction ends there: it gets no marker.
    var missingMarker = 0
}
