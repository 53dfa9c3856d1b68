import BeckonModel
import Foundation

/// An event to be sent, checked as the worker will check it, with the key that it goes by.
struct EventLine {
    let key: [UInt8]
    /// As it was given, without white space around it.
    let value: [UInt8]

    /// Bytes of a person's id.
    static let keyBytesMax = 255
    private static let calls: Set<String> = ["page", "screen", "identify", "group", "alias"]

    /// - Parameters:
    ///   - key: for an event that names no person.
    ///   - place: where the event stands, for errors: `line 7`.
    /// - Throws: what is wrong with it, and what to write instead.
    init(_ text: [UInt8], key: String?, place: String, decoder: EventDecoder) throws(UserError) {
        value = Self.trimmed(text)
        guard let object = Self.object(value) else {
            throw UserError(
                "\(place): is not a JSON object; an event is one, such as {\"userId\":\"ann\",\"event\":\"login\"}.")
        }
        if let reason = decoder.rejection(of: value) { throw UserError("\(place): \(reason.explanation).") }
        guard Self.hasName(object) else { throw UserError("\(place): \(DeadLetterReason.name.explanation).") }
        self.key = try Self.key(object, otherwise: key, place)
    }

    /// The whole grammar, of which the worker checks only what a rule reads.
    private static func object(_ value: [UInt8]) -> [String: Any]? {
        (try? JSONSerialization.jsonObject(with: Data(value))) as? [String: Any]
    }

    private static func hasName(_ object: [String: Any]) -> Bool {
        if let type = object["type"] as? String, calls.contains(type) || object["specversion"] != nil { return true }
        return (object["event"] as? String)?.isEmpty == false
    }

    private static func key(_ object: [String: Any], otherwise: String?, _ place: String) throws(UserError) -> [UInt8] {
        for name in ["userId", "anonymousId"] {
            guard let id = object[name], !(id is NSNull) else { continue }
            guard let text = id as? String else { throw UserError("\(place): \(name) must be a string.") }
            if !text.isEmpty { return try checked(text, name, place) }
        }
        guard let otherwise else {
            throw UserError("\(place): whose event is it? It has neither userId nor anonymousId; --key ID says it.")
        }
        return try checked(otherwise, "--key", place)
    }

    private static func checked(_ id: String, _ name: String, _ place: String) throws(UserError) -> [UInt8] {
        let bytes = Array(id.utf8)
        guard (1...keyBytesMax).contains(bytes.count), bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw UserError("\(place): \(name) must have 1 to \(keyBytesMax) bytes and no control characters.")
        }
        return bytes
    }

    private static func trimmed(_ text: [UInt8]) -> [UInt8] {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        return Array(text.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}

extension EventDecoder {
    /// One that knows no rule.
    static func ofEnvelopes() -> EventDecoder {
        let catalog = EventCatalog(names: [], aliases: [], fields: [], slotCount: 0, readsChannel: false)
        return EventDecoder(catalog: catalog, indexer: JSONIndexerOwner())
    }

    /// What the worker will say of a value; it reads the envelope alone.
    func rejection(of value: [UInt8]) -> DeadLetterReason? {
        removeAll()
        return withUnsafeTemporaryAllocation(of: Value.self, capacity: 1) { values in
            withUnsafeTemporaryAllocation(of: Bytes.self, capacity: 1) { texts in
                value.withUnsafeBytes { bytes in
                    decode(
                        bytes.baseAddress, count: bytes.count, values: values.baseAddress!, texts: texts.baseAddress!
                    ).rejection
                }
            }
        }
    }
}
