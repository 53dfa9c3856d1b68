/// What writers of a log need of Kafka: ``KafkaProducer``, or a simulated one. Its members are documented there.
public protocol ProducerClient: AnyObject {
    var clock: any MonotonicClock { get }
    var onReport: ((DeliveryReport) -> Void)? { get set }
    var fatalError: KafkaError? { get }

    func topic(_ name: String) throws(KafkaError) -> ProducerTopic
    func warmMetadata(_ names: [String], timeoutMs: Int32) throws(KafkaError)
    func produceBatch(to topic: ProducerTopic, partition: Int32, records: UnsafeBufferPointer<OutgoingRecord>)
        throws(KafkaError)
    func produce(
        _ record: OutgoingRecord, to topic: ProducerTopic, partition: Int32, headers: [(name: String, value: [UInt8])],
        timestampMs: Int64
    ) throws(KafkaError)
    func awaitReports(deadlineMs: Int32) throws(KafkaError)

    func initTransactions(deadlineMs: Int32) throws(KafkaError)
    func beginTransaction() throws(KafkaError)
    func sendOffsets(_ offsets: [TopicPartitionOffset], of consumer: any ConsumerClient, deadlineMs: Int32)
        throws(KafkaError)
    func commitTransaction(deadlineMs: Int32) throws(KafkaError)
    func abortTransaction(deadlineMs: Int32) throws(KafkaError)

    func reopen(deadlineMs: Int32) throws(KafkaError)
    @discardableResult func close(deadlineMs: Int32) -> Bool
}

/// The same with the usual deadlines: no call lasts longer than the watchdog's, and closing five seconds.
extension ProducerClient {
    public func awaitReports() throws(KafkaError) { try awaitReports(deadlineMs: KafkaProducer.watchdogMs) }
    public func initTransactions() throws(KafkaError) { try initTransactions(deadlineMs: KafkaProducer.watchdogMs) }
    public func sendOffsets(_ offsets: [TopicPartitionOffset], of consumer: any ConsumerClient) throws(KafkaError) {
        try sendOffsets(offsets, of: consumer, deadlineMs: KafkaProducer.watchdogMs)
    }
    public func commitTransaction() throws(KafkaError) { try commitTransaction(deadlineMs: KafkaProducer.watchdogMs) }
    public func abortTransaction() throws(KafkaError) { try abortTransaction(deadlineMs: KafkaProducer.watchdogMs) }
    public func reopen() throws(KafkaError) { try reopen(deadlineMs: 5_000) }
    @discardableResult public func close() -> Bool { close(deadlineMs: 5_000) }
}

extension ProducerClient {
    /// Gives one record to the client, with headers and a timestamp. Copies everything.
    ///
    /// - Parameter timestampMs: milliseconds since 1970; 0 is now.
    public func produce(
        to topic: ProducerTopic, partition: Int32, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
        headers: [(name: String, value: [UInt8])] = [], timestampMs: Int64 = 0, token: UInt = 0
    ) throws(KafkaError) {
        try produce(
            OutgoingRecord(key: key, value: value, token: token), to: topic, partition: partition, headers: headers,
            timestampMs: timestampMs)
    }

    /// The same from arrays, for records that are few.
    public func produce(
        to topic: ProducerTopic, partition: Int32, key: [UInt8], value: [UInt8], token: UInt = 0
    ) throws(KafkaError) {
        let result: Result<Void, KafkaError> = key.withUnsafeBytes { key in
            value.withUnsafeBytes { value in
                Result { () throws(KafkaError) in
                    try produce(to: topic, partition: partition, key: key, value: value, token: token)
                }
            }
        }
        try result.get()
    }
}
