/// A record of outcomes that could be read.
struct OracleOutcome {
    let person: [UInt8]
    /// Its id; empty where the type says nothing of one.
    let decision: String
    /// nil: it says neither.
    let mayHaveGoneOut: Bool?

    init(_ record: OracleRecord) throws(OracleDeadLetter.Reason) {
        guard let value = record.value else { throw .tombstone }
        guard let key = record.key, (1...255).contains(key.count), String(validating: key, as: UTF8.self) != nil,
            key.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { throw .key }
        guard value.count <= OracleDecoder.bytesMax else { throw .tooLarge }
        let json: OracleJSON
        do {
            json = try OracleJSONReader.read(value)
        } catch {
            throw error == .tooDeep ? .depth : .notJSON
        }
        guard case .object = json else { throw .notJSON }
        guard case .string(let type) = json["type"] else { throw .outcome }
        person = key
        switch String(decoding: type, as: UTF8.self) {
        case "delivered": mayHaveGoneOut = true
        case "failed": mayHaveGoneOut = json["class"] == .string(Array("unknown".utf8))
        case "expired", "recalled", "skipped": mayHaveGoneOut = false
        default:
            mayHaveGoneOut = nil
            decision = ""
            return
        }
        guard case .string(let id) = json["decision"] else { throw .outcome }
        decision = String(decoding: id, as: UTF8.self)
    }
}
