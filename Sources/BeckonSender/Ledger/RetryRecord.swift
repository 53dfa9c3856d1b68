import BeckonModel
import Foundation

/// One record of the retries: a decision that waits for a later try, or a cancel of one.
package enum RetryRecord {
    case retry(Retry)
    /// Of the decision with this id, if it waits before this record.
    case cancel(id: String)

    package struct Retry {
        package let dueAtMs: Milliseconds
        /// The number of its last attempt.
        package let number: Int
        /// Failed tries so far.
        package let failures: Int
        /// Of the last attempt, whose fate is not known.
        package let boundProvider: String?
        package let decision: Decision
        /// The decision's JSON.
        package let record: [UInt8]
    }

    package static func read(_ value: UnsafeRawBufferPointer?) throws(DecisionRecordError) -> RetryRecord {
        guard let value, value.count > 0 else { throw DecisionRecordError("the record has no value") }
        guard JSONMembers.isInUTF8(value), let fields = try? JSONDecoder().decode(Fields.self, from: Data(value)) else {
            throw DecisionRecordError("the value is not a record of retries")
        }
        if fields.type == "cancel", let id = fields.id { return .cancel(id: id) }
        guard let text = JSONMembers(of: value)["decision"], let dueAt = fields.dueAt, let number = fields.number else {
            throw DecisionRecordError("`decision`, `dueAt` or `number` is missing")
        }
        let failures = fields.failures ?? 0
        guard LedgerRecord.numbers.contains(number), LedgerRecord.numbers.contains(failures) else {
            throw DecisionRecordError(
                "`number` and `failures` are numbers of tries, from 0 to \(LedgerRecord.numbers.upperBound)")
        }
        let record = Array(text.utf8)
        let read = record.withUnsafeBytes { bytes in
            Result { () throws(DecisionRecordError) in try DecisionRecord.read(bytes) }
        }
        guard case .decision(let decision) = try read.get() else {
            throw DecisionRecordError("`decision` is not a decision")
        }
        let due = Array(dueAt.utf8).withUnsafeBytes { bytes in
            bytes.baseAddress.flatMap { Timestamp.parse(Bytes(start: $0, count: bytes.count)) }
        }
        guard let due else { throw DecisionRecordError("`dueAt` is no RFC 3339 time") }
        return .retry(
            Retry(
                dueAtMs: due, number: number, failures: failures, boundProvider: fields.provider,
                decision: decision, record: record))
    }

    /// - Parameter owner: nil where no sender writes it.
    package static func retry(
        _ decision: Decision, record: [UInt8], dueAtMs: Milliseconds, number: Int, failures: Int,
        boundProvider: String?, owner: String?
    ) -> [UInt8] {
        var object = JSONObject()
        object.add("type", "retry")
        object.add("id", decision.id)
        object.add("dueAt", Timestamp.text(dueAtMs))
        object.add("number", number)
        object.add("failures", failures)
        object.add("provider", boundProvider)
        object.add("owner", owner)
        object.add("decision", raw: record)
        return object.finish()
    }

    static func cancel(id: String, owner: String) -> [UInt8] {
        var object = JSONObject()
        object.add("type", "cancel")
        object.add("id", id)
        object.add("owner", owner)
        return object.finish()
    }

    private struct Fields: Decodable {
        let type: String
        let id: String?
        let dueAt: String?
        let number: Int?
        let failures: Int?
        let provider: String?
    }
}
