import CRDKafka

/// Counts the records that are under way and keeps what went wrong. Used on the thread that polls.
final class DeliveryReports {
    /// Records without a report.
    private(set) var outstandingCount = 0
    /// The bytes of their keys and values.
    private(set) var outstandingBytes = 0
    private(set) var failureCount = 0
    private(set) var firstFailure: KafkaError?
    /// Records outside a transaction fail alone; inside one they fail the transaction.
    private let isTransactional: Bool
    var onReport: ((DeliveryReport) -> Void)?

    init(isTransactional: Bool) { self.isTransactional = isTransactional }

    func expect(count: Int, bytes: Int) {
        outstandingCount += count
        outstandingBytes += bytes
    }

    func record(_ message: rd_kafka_message_t) {
        outstandingCount -= 1
        outstandingBytes -= message.len + message.key_len
        let error = message.err == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : failure(message)
        if let error {
            failureCount += 1
            firstFailure = firstFailure ?? error
        }
        onReport?(
            DeliveryReport(
                token: UInt(bitPattern: message._private), partition: message.partition, offset: message.offset,
                error: error))
    }

    private func failure(_ message: rd_kafka_message_t) -> KafkaError {
        let code = KafkaErrorCode(message.err)
        let topic = message.rkt.map { String(cString: rd_kafka_topic_name($0)) } ?? "?"
        let isFatal = code == .fatal || code == .fenced
        return KafkaError(
            code, "a record of \(message.len) bytes for \(topic)-\(message.partition) was not written: \(code.meaning)",
            isFatal: isFatal, isRetriable: false, requiresAbort: isTransactional && !isFatal)
    }

    /// Hands the first failure out and forgets it.
    func takeFailure() -> KafkaError? {
        defer {
            firstFailure = nil
            failureCount = 0
        }
        guard let firstFailure, failureCount > 1 else { return firstFailure }
        return KafkaError(
            firstFailure.code, "\(firstFailure.message) (and \(failureCount - 1) more failures)",
            isFatal: firstFailure.isFatal, isRetriable: firstFailure.isRetriable,
            requiresAbort: firstFailure.requiresAbort)
    }

    /// The handle is gone, and with it every record that was under way.
    func reset() {
        outstandingCount = 0
        outstandingBytes = 0
        _ = takeFailure()
    }
}
