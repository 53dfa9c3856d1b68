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

    /// The same error, with the brokers, the last network error and what to look at when it says that nobody answers.
    func explained(_ error: KafkaError) -> KafkaError {
        guard [.transport, .allBrokersDown, .timedOut].contains(error.code) else { return error }
        let seen = callbacks.lastError?.message
        let last = seen.map { "; last seen: \($0)" } ?? ""
        return KafkaError(
            error.code,
            "\(error.message): no answer from \(configuration.brokers)\(last). \(advice(seen ?? ""))",
            isFatal: error.isFatal, isRetriable: error.isRetriable, requiresAbort: error.requiresAbort)
    }

    /// What a user can do about a connection that failed with this text of librdkafka or OpenSSL.
    private func advice(_ seen: String) -> String {
        if seen.contains("certificate verify failed") {
            return
                "The broker's certificate is signed by nobody who is trusted here: set kafka.client.ssl.ca.location to "
                + "the certificate of its authority; or it is for another host than the brokers' names say"
        }
        if seen.contains("SCRAM"), rd_kafka_version() < Self.scramVersion {
            return
                "librdkafka \(String(cString: rd_kafka_version_str())) cannot log in by SCRAM at Kafka 4 (its #4895, "
                + "fixed in 2.6.1): use another of kafka.client.sasl.mechanisms, such as PLAIN over TLS. With an older "
                + "Kafka check kafka.client.sasl.username and kafka.client.sasl.password"
        }
        if seen.lowercased().contains("authentication failed") {
            return "Check kafka.client.sasl.username, kafka.client.sasl.password and kafka.client.sasl.mechanisms"
        }
        return "Check that the brokers run, that host and port are right, that what they advertise can be reached from "
            + "here, and TLS and SASL settings (kafka.client.security.protocol)"
    }

    /// From here on the client sends the server's nonce as RFC 5802 wants it, which Kafka 4 checks.
    private static let scramVersion: Int32 = 0x0206_01ff
}
