import BeckonModel
import BeckonSender

/// What the sender reads from its topics and from the metadata of offsets.
enum SenderFuzz {
    static func run(_ input: UnsafeRawBufferPointer) {
        readDecision(input)
        readLedger(input)
        readRetry(input)
        _ = RecordOwner.read(input)
        let text = String(decoding: input, as: UTF8.self)
        if let mark = CommitMark(text) {
            expect(CommitMark(mark.description) == mark, "a mark, written and read: \(mark)")
        }
    }

    private static func readDecision(_ input: UnsafeRawBufferPointer) {
        do {
            guard case .decision(let decision) = try DecisionRecord.read(input) else { return }
            expect(JSONValue.read(decision.data.utf8) != nil, "data that is no JSON: \(decision.data)")
            if let message = decision.message { expect(JSONValue.read(message.utf8) != nil, "no JSON: \(message)") }
        } catch {
            expect(!error.description.isEmpty, "no words")
        }
    }

    private static func readLedger(_ input: UnsafeRawBufferPointer) {
        guard let record = LedgerRecord.read(input) else { return }
        let again = record.bytes.withUnsafeBytes { LedgerRecord.read($0) }
        expect(again?.bytes == record.bytes, "a record of the ledger, written and read: \(record)")
        var history = LedgerHistory()
        history.note(record, offset: 0)
        history.note(record, offset: 1)
        expect(history.next == 2, "a record of the ledger is passed over")
    }

    private static func readRetry(_ input: UnsafeRawBufferPointer) {
        do {
            guard case .retry(let retry) = try RetryRecord.read(input) else { return }
            let written = RetryRecord.retry(
                retry.decision, record: retry.record, dueAtMs: retry.dueAtMs, number: retry.number,
                failures: retry.failures, boundProvider: retry.boundProvider, owner: "owner")
            let again = written.withUnsafeBytes { bytes in try? RetryRecord.read(bytes) }
            guard case .retry(let second) = again else { fatalError("a retry, written, cannot be read") }
            expect(
                second.dueAtMs == retry.dueAtMs && second.number == retry.number && second.failures == retry.failures
                    && second.boundProvider == retry.boundProvider && second.decision == retry.decision,
                "a retry, written and read: \(second), not \(retry)")
        } catch {
            expect(!error.description.isEmpty, "no words")
        }
    }
}
