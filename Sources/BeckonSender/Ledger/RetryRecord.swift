import BeckonModel

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
        // What a decision may have, it may have among the retries too.
        let fields = try RecordFields(value, depthMax: JSONValue.depthMax + 1)
        switch try fields.neededText("type") {
        case "cancel": return .cancel(id: try fields.neededText("id"))
        case "retry": return .retry(try Retry(fields))
        default: throw DecisionRecordError("the value is not a record of retries")
        }
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
}

extension RetryRecord.Retry {
    fileprivate init(_ fields: RecordFields) throws(DecisionRecordError) {
        guard let text = fields.json("decision"), let number = try fields.number("number") else {
            throw DecisionRecordError("`decision` or `number` is missing")
        }
        let failures = try fields.number("failures") ?? 0
        guard LedgerRecord.numbers.contains(number), LedgerRecord.numbers.contains(failures) else {
            throw DecisionRecordError(
                "`number` and `failures` are numbers of tries, from 0 to \(LedgerRecord.numbers.upperBound)")
        }
        guard case .decision(let decision) = try DecisionRecord.read(text) else {
            throw DecisionRecordError("`decision` is not a decision")
        }
        self.init(
            dueAtMs: try fields.instant("dueAt"), number: number, failures: failures,
            boundProvider: try fields.text("provider"), decision: decision, record: Array(text))
    }
}
