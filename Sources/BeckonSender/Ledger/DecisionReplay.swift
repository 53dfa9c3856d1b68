import BeckonModel

/// A decision that was given up, to be tried once more.
public enum DecisionReplay {
    /// The record for the retries topic, in the decision's own partition. Made twice of one dead letter, it is delivered once.
    ///
    /// - Parameters:
    ///   - decision: its JSON.
    ///   - attempts: the number of its last attempt, as the dead letter has it.
    public static func record(
        _ decision: [UInt8], attempts: Int, nowMs: Milliseconds
    ) throws(DecisionRecordError) -> (key: [UInt8], value: [UInt8]) {
        let read = decision.withUnsafeBytes { bytes in
            Result { () throws(DecisionRecordError) in try DecisionRecord.read(bytes) }
        }
        guard case .decision(let found) = try read.get() else { throw DecisionRecordError("it is no decision") }
        let value = RetryRecord.retry(
            found, record: decision, dueAtMs: nowMs, number: attempts, failures: 0, boundProvider: nil, owner: nil)
        return (Array(found.id.utf8), value)
    }
}
