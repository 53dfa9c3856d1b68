import CRDKafka

/// What Kafka, or librdkafka on its behalf, refused or could not do.
///
/// Ask in this order: `requiresAbort` (abort, reopen the producer, send the same bytes again), `isRetriable` (the same
/// call again), `isFatal` (close the handle and open a new one). None of the three is to be treated as fatal.
public struct KafkaError: Error, Sendable, CustomStringConvertible {
    public let code: KafkaErrorCode
    /// The handle can do nothing more: close it.
    public let isFatal: Bool
    /// The same call with the same arguments may succeed.
    public let isRetriable: Bool
    /// The open transaction cannot be committed any more: abort it.
    public let requiresAbort: Bool
    /// A sentence with the values that matter.
    public let message: String

    public init(
        _ code: KafkaErrorCode, _ message: String, isFatal: Bool = false, isRetriable: Bool = false,
        requiresAbort: Bool = false
    ) {
        self.code = code
        self.message = message
        self.isFatal = isFatal
        self.isRetriable = isRetriable
        self.requiresAbort = requiresAbort
    }

    public var description: String { "\(message) [\(code)]" }
}

extension KafkaError {
    /// From a plain result code, which does not say what may be tried again.
    init(_ code: rd_kafka_resp_err_t, during action: String) {
        let code = KafkaErrorCode(rawValue: code.rawValue)
        self.init(
            code, "\(action): \(code.meaning)", isFatal: code == .fatal || code == .fenced,
            isRetriable: code.isTransient)
    }

    /// From an error object, which is consumed.
    init(consuming error: OpaquePointer, during action: String) {
        defer { rd_kafka_error_destroy(error) }
        self.init(
            KafkaErrorCode(rawValue: rd_kafka_error_code(error).rawValue),
            "\(action): \(String(cString: rd_kafka_error_string(error)))",
            isFatal: rd_kafka_error_is_fatal(error) != 0,
            isRetriable: rd_kafka_error_is_retriable(error) != 0,
            requiresAbort: rd_kafka_error_txn_requires_abort(error) != 0)
    }
}

/// Throws what a plain result code says, with the action in the message.
func check(_ code: rd_kafka_resp_err_t, _ action: @autoclosure () -> String) throws(KafkaError) {
    guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
    throw KafkaError(code, during: action())
}

/// Throws what an error object says, and destroys it.
func check(_ error: OpaquePointer?, _ action: @autoclosure () -> String) throws(KafkaError) {
    guard let error else { return }
    throw KafkaError(consuming: error, during: action())
}
