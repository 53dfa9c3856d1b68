/// What readers of a log need of Kafka: ``KafkaConsumer``, or a simulated one. Its members are documented there.
///
/// Everything in it is called once for a batch or less often; a batch's messages are structs.
public protocol ConsumerClient: AnyObject {
    var clock: any MonotonicClock { get }
    var onRebalance: ((RebalanceEvent) -> Void)? { get set }
    var fatalError: KafkaError? { get }
    var isAssignmentLost: Bool { get }

    func subscribe(toDriverTopic topic: String) throws(KafkaError)
    func takeAll(ofDriverTopic topic: String, timeoutMs: Int32) throws(KafkaError)
    func assign(_ offsets: [TopicPartitionOffset]) throws(KafkaError)
    func consumeBatch(max: Int, timeoutMs: Int32) throws(KafkaError) -> MessageBatch
    func identity(ofTopic name: String) throws(KafkaError) -> TopicIdentity

    func watermarks(of partition: TopicPartition, timeoutMs: Int32) throws(KafkaError) -> Watermarks
    func knownEnd(of partition: TopicPartition) -> Int64?
    func endOffsets(of partitions: [TopicPartition], timeoutMs: Int32) throws(KafkaError) -> [TopicPartitionOffset]

    @discardableResult func close(deadlineMs: Int32) -> Bool
}

extension ConsumerClient {
    /// Within ten seconds.
    public func takeAll(ofDriverTopic topic: String) throws(KafkaError) {
        try takeAll(ofDriverTopic: topic, timeoutMs: 10_000)
    }

    /// Within five seconds.
    @discardableResult public func close() -> Bool { close(deadlineMs: 5_000) }
}
