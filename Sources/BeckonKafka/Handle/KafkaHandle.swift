import CRDKafka

/// Owns one `rd_kafka_t`, from creation to a close that cannot hang the process.
///
/// librdkafka itself may be called from any thread; its callbacks run inside the calls that poll, on the caller's
/// thread. This class adds no lock, so it stays on the thread of its owner.
final class KafkaHandle {
    let pointer: OpaquePointer
    let callbacks: HandleCallbacks
    let configuration: KafkaConfiguration
    private(set) var isClosed = false

    /// - Throws: what librdkafka says about properties that do not go together.
    init(_ configuration: KafkaConfiguration, reports: DeliveryReports? = nil) throws(KafkaError) {
        self.configuration = configuration
        callbacks = HandleCallbacks(reports: reports)
        let cConfiguration = try configuration.makeConfiguration()
        callbacks.install(in: cConfiguration, isConsumer: configuration.role.isConsumer)
        var text = [CChar](repeating: 0, count: 512)
        let type = configuration.role.isConsumer ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER
        guard let created = rd_kafka_new(type, cConfiguration, &text, text.count) else {
            rd_kafka_conf_destroy(cConfiguration)
            throw KafkaError(.configuration, "the client cannot be created: \(textOf(text))", isFatal: true)
        }
        pointer = created
        rd_kafka_set_log_queue(pointer, nil)
    }

    deinit { close(deadlineMs: Self.closeDeadlineMs) }

    static let closeDeadlineMs: Int32 = 5_000

    /// Destroys the handle within the time given.
    ///
    /// librdkafka's destroy can hang (#4527, #4724, #4187): it runs on a thread of its own and is left there when it takes
    /// longer, with everything that its callbacks refer to. The process can then still end by `_exit`.
    /// - Returns: false when it was left.
    @discardableResult
    func close(deadlineMs: Int32) -> Bool {
        guard !isClosed else { return true }
        isClosed = true
        // Safe: from here on only that thread uses the pointer, and it alone gives the callbacks back.
        nonisolated(unsafe) let pointer = pointer
        nonisolated(unsafe) let retained = Unmanaged.passRetained(callbacks)
        return runBounded(milliseconds: deadlineMs) {
            rd_kafka_destroy_flags(pointer, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
            retained.release()
        }
    }

    /// Serves callbacks: reports, logs, errors. Not for consumers, whose callbacks are served where they consume.
    func poll(timeoutMs: Int32) { rd_kafka_poll(pointer, timeoutMs) }

    /// The error that made the handle useless, if one has.
    var fatalError: KafkaError? {
        var text = [CChar](repeating: 0, count: 512)
        let code = rd_kafka_fatal_error(pointer, &text, text.count)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        return KafkaError(KafkaErrorCode(code), textOf(text), isFatal: true)
    }

    /// The same error, with the brokers and the last network error when it says that nobody answers.
    func explained(_ error: KafkaError) -> KafkaError {
        guard [.transport, .allBrokersDown, .timedOut].contains(error.code) else { return error }
        let last = callbacks.lastError.map { "; last seen: \($0.message)" } ?? ""
        return KafkaError(
            error.code,
            "\(error.message): no answer from \(configuration.brokers)\(last). Check that the brokers run, that host and "
                + "port are right, that what they advertise can be reached from here, and TLS and SASL settings",
            isFatal: error.isFatal, isRetriable: error.isRetriable, requiresAbort: error.requiresAbort)
    }
}
