import BeckonModel

/// One record of the decisions topic.
public enum DecisionRecord: Sendable, Equatable {
    case decision(Decision)
    case cancel(Cancel)
    /// Of a type that a later version writes: to be passed over.
    case other(type: String)

    /// Reads a record's value.
    /// - Throws: what cannot be read, in words.
    public static func read(_ value: UnsafeRawBufferPointer?) throws(DecisionRecordError) -> DecisionRecord {
        guard let value, value.count > 0 else { throw DecisionRecordError("the record has no value") }
        do throws(DecisionRecordError) {
            let fields = try RecordFields(value)
            switch try fields.neededText("type") {
            case "decision": return .decision(try Decision(fields))
            case "cancel": return .cancel(try Cancel(fields))
            case let type: return .other(type: type)
            }
        } catch {
            throw DecisionRecordError("the value is not a record of decisions: \(error)")
        }
    }
}

/// Why a record of the decisions topic cannot be read.
public struct DecisionRecordError: Error, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

extension Decision {
    fileprivate init(_ fields: RecordFields) throws(DecisionRecordError) {
        self.init(
            id: try fields.neededText("id"), rule: try fields.neededText("rule"),
            version: try fields.text("version") ?? "", person: try fields.neededText("person"),
            key: try fields.texts("key") ?? [:], cause: try fields.text("cause") ?? "",
            dueAtMs: try fields.instant("dueAt"), decidedAtMs: try fields.instant("decidedAt"),
            eventAtMs: try fields.instant("eventAt"), expiresAtMs: try fields.instant("expiresAt"),
            messageClass: try fields.neededText("class"), channel: try fields.neededText("channel"),
            template: try fields.text("template"), reason: try fields.text("reason") ?? "",
            mode: try fields.neededText("mode") == "live" ? .live : .shadow,
            data: fields.json("data").map { String(decoding: $0, as: UTF8.self) } ?? "{}",
            message: fields.json("message").map { String(decoding: $0, as: UTF8.self) })
    }
}

extension Cancel {
    fileprivate init(_ fields: RecordFields) throws(DecisionRecordError) {
        self.init(
            id: try fields.neededText("id"), rule: try fields.neededText("rule"),
            person: try fields.neededText("person"), cause: try fields.text("cause") ?? "",
            decidedAtMs: try fields.instant("decidedAt"), reason: try fields.text("reason") ?? "")
    }
}
