import BeckonModel

/// One record of the ledger: an attempt, committed before its call, or a result.
///
/// *Guarantees*: a record that is there twice says nothing new. *Wire form*: JSON, its key the decision's id.
package struct LedgerRecord: Equatable {
    enum Kind: String { case attempt, result }

    let type: Kind
    /// The decision's; of a record that cannot be read its place, as `topic-partition-offset`.
    let id: String
    /// From 1, through retries and replays.
    let number: Int
    /// Of an attempt, and of its result.
    let provider: String?
    /// Of a result: a word of ``DeliveryResult/Kind``, or the outcome's type where there was no call.
    let result: String?
    /// Of a result: the turn is over. Without it the next attempt is seconds away.
    let closes: Bool?
    /// Of a result that closes: the decision is on the retries.
    let moved: Bool?
    /// Failed tries so far, of a result that does not close.
    let failures: Int?
    /// RFC 3339.
    let at: String
    /// The transactional id of the sender that wrote it.
    let owner: String

    static func attempt(id: String, number: Int, provider: String, failures: Int, at: Milliseconds, owner: String)
        -> LedgerRecord
    {
        LedgerRecord(
            type: .attempt, id: id, number: number, provider: provider, result: nil, closes: nil, moved: nil,
            failures: failures, at: Timestamp.text(at), owner: owner)
    }

    static func result(
        id: String, number: Int, provider: String?, result: String, closes: Bool, moved: Bool, failures: Int,
        at: Milliseconds, owner: String
    ) -> LedgerRecord {
        LedgerRecord(
            type: .result, id: id, number: number, provider: provider, result: result, closes: closes, moved: moved,
            failures: failures, at: Timestamp.text(at), owner: owner)
    }

    /// Of attempts and failures: nobody counts further, and the next number must fit.
    static let numbers = 0...Int(Int32.max)

    /// nil: of a form that this version does not know.
    package static func read(_ value: UnsafeRawBufferPointer) -> LedgerRecord? {
        let record = try? LedgerRecord(RecordFields(value))
        guard let record, numbers.contains(record.number), numbers.contains(record.failures ?? 0) else { return nil }
        return record
    }

    package var bytes: [UInt8] {
        var object = JSONObject()
        object.add("type", type.rawValue)
        object.add("id", id)
        object.add("number", number)
        object.add("provider", provider)
        object.add("result", result)
        object.add("closes", closes)
        object.add("moved", moved == true ? true : nil)
        object.add("failures", failures)
        object.add("at", at)
        object.add("owner", owner)
        return object.finish()
    }
}

extension LedgerRecord {
    fileprivate init(_ fields: RecordFields) throws(DecisionRecordError) {
        guard let type = Kind(rawValue: try fields.neededText("type")), let number = try fields.number("number") else {
            throw DecisionRecordError("the value is not a record of the ledger")
        }
        self.init(
            type: type, id: try fields.neededText("id"), number: number, provider: try fields.text("provider"),
            result: try fields.text("result"), closes: try fields.flag("closes"), moved: try fields.flag("moved"),
            failures: try fields.number("failures"), at: try fields.neededText("at"),
            owner: try fields.neededText("owner"))
    }
}
