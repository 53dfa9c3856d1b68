import BeckonModel
import Foundation

/// One record of the decisions topic.
public enum DecisionRecord: Sendable, Equatable {
    case decision(Decision)
    case cancel(Cancel)
    /// Of a type that a later version writes: to be passed over.
    case other(type: String)

    /// Reads a record's value.
    /// - Throws: what cannot be read, in words.
    public static func read(_ value: UnsafeRawBufferPointer?) throws(DecisionRecordError) -> DecisionRecord {
        guard let value, let start = value.baseAddress, value.count > 0 else {
            throw DecisionRecordError("the record has no value")
        }
        guard JSONMembers.isInUTF8(value) else {
            throw DecisionRecordError("the value is not a record of decisions: it is not a JSON object in UTF-8")
        }
        // Safe: nobody keeps it beyond the decoding.
        let bytes = Data(
            bytesNoCopy: UnsafeMutableRawPointer(mutating: start), count: value.count, deallocator: .none)
        let fields: Fields
        do {
            fields = try JSONDecoder().decode(Fields.self, from: bytes)
        } catch {
            throw DecisionRecordError("the value is not a record of decisions: \(words(error))")
        }
        switch fields.type {
        case "decision": return .decision(try fields.decision(JSONMembers(of: value)))
        case "cancel": return .cancel(try fields.cancel())
        default: return .other(type: fields.type)
        }
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "`\(key.stringValue)` is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "`\(context.codingPath.map(\.stringValue).joined(separator: "."))` has the wrong type"
        default: "it is not a JSON object"
        }
    }
}

/// Why a record of the decisions topic cannot be read.
public struct DecisionRecordError: Error, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

/// The members that are read; all others, `data` among them, are the provider's affair.
private struct Fields: Decodable {
    let type: String
    let id: String?
    let rule: String?
    let version: String?
    let person: String?
    let key: [String: String]?
    let cause: String?
    let dueAt: String?
    let decidedAt: String?
    let eventAt: String?
    let expiresAt: String?
    let messageClass: String?
    let channel: String?
    let template: String?
    let reason: String?
    let mode: String?

    enum CodingKeys: String, CodingKey {
        case type, id, rule, version, person, key, cause, dueAt, decidedAt, eventAt, expiresAt, channel, template
        case reason, mode
        case messageClass = "class"
    }

    func decision(_ members: JSONMembers) throws(DecisionRecordError) -> Decision {
        Decision(
            id: try needed(id, .id), rule: try needed(rule, .rule), version: version ?? "",
            person: try needed(person, .person), key: key ?? [:], cause: cause ?? "",
            dueAtMs: try instant(dueAt, .dueAt), decidedAtMs: try instant(decidedAt, .decidedAt),
            eventAtMs: try instant(eventAt, .eventAt), expiresAtMs: try instant(expiresAt, .expiresAt),
            messageClass: try needed(messageClass, .messageClass), channel: try needed(channel, .channel),
            template: template, reason: reason ?? "", mode: try needed(mode, .mode) == "live" ? .live : .shadow,
            data: try json(members["data"], "data") ?? "{}", message: try json(members["message"], "message"))
    }

    /// Foundation's parser does not look at the numbers of members that it is not asked for.
    private func json(_ text: String?, _ name: String) throws(DecisionRecordError) -> String? {
        guard let text, JSONValue.read(text.utf8) == nil else { return text }
        throw DecisionRecordError("`\(name)` is not JSON, or nested deeper than \(JSONValue.depthMax) levels")
    }

    func cancel() throws(DecisionRecordError) -> Cancel {
        Cancel(
            id: try needed(id, .id), rule: try needed(rule, .rule), person: try needed(person, .person),
            cause: cause ?? "", decidedAtMs: try instant(decidedAt, .decidedAt), reason: reason ?? "")
    }

    private func needed(_ text: String?, _ key: CodingKeys) throws(DecisionRecordError) -> String {
        guard let text else { throw DecisionRecordError("`\(key.rawValue)` is missing") }
        return text
    }

    private func instant(_ text: String?, _ key: CodingKeys) throws(DecisionRecordError) -> Milliseconds {
        let text = try needed(text, key)
        let instant = Array(text.utf8).withUnsafeBytes { bytes in
            bytes.baseAddress.flatMap { Timestamp.parse(Bytes(start: $0, count: bytes.count)) }
        }
        guard let instant else { throw DecisionRecordError("`\(key.rawValue)` is no RFC 3339 time") }
        return instant
    }
}
