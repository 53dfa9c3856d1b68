/// Reads records as events, or says why not.
struct OracleDecoder {
    static let bytesMax = 256 * 1_024
    static let futureMax: Int64 = 5 * 60_000

    let reading: OracleReading

    /// `key` is the record's place in time: what an event without a timestamp gets, and five minutes before the
    /// latest that it may say.
    func event(_ record: OracleRecord, key: Int64, cause: String) throws(OracleDeadLetter.Reason) -> OracleEvent {
        guard OracleTime.plausible.contains(record.timestamp) else { throw .timestampRange }
        guard let value = record.value else { throw .tombstone }
        guard let person = record.key, (1...255).contains(person.count),
            String(validating: person, as: UTF8.self) != nil,
            person.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { throw .key }
        let json = try json(value)
        let call = try Call(json)
        let time = try time(call.timestamp, key: key)
        let properties = OracleAliases.properties(of: call.name, call.properties, context: call.context)
        let body = OracleJSON.object([
            OracleJSON.Member(name: Array("properties".utf8), value: properties),
            OracleJSON.Member(name: Array("context".utf8), value: call.context ?? .object([])),
            OracleJSON.Member(name: Array("traits".utf8), value: call.traits ?? .object([])),
        ])
        for path in reading.paths(of: call.name) {
            if body.value(at: path)?.isReadable == false { throw .number }
        }
        return OracleEvent(person: person, name: call.name, isCall: call.isCall, time: time, body: body, cause: cause)
    }

    private func json(_ value: [UInt8]) throws(OracleDeadLetter.Reason) -> OracleJSON {
        guard value.count <= Self.bytesMax else { throw .tooLarge }
        do {
            return try OracleJSONReader.read(value)
        } catch {
            throw error == .tooDeep ? .depth : .notJSON
        }
    }

    private func time(_ timestamp: OracleJSON?, key: Int64) throws(OracleDeadLetter.Reason) -> Int64 {
        guard let timestamp, timestamp != .null else { return key }
        guard let own = OracleTime.milliseconds(timestamp) else { throw .timestamp }
        guard OracleTime.plausible.contains(own) else { throw .timestampRange }
        return min(own, key + Self.futureMax)
    }

    /// The three shapes, as one.
    private struct Call {
        let name: String
        /// It says who someone is: no event of the person's own.
        let isCall: Bool
        let timestamp: OracleJSON?
        let properties: OracleJSON
        let context: OracleJSON?
        let traits: OracleJSON?

        init(_ json: OracleJSON) throws(OracleDeadLetter.Reason) {
            guard case .object = json else { throw .notJSON }
            let isCloudEvent = json["specversion"] != nil
            switch json["type"] {
            case nil, .null, .string: break
            default: throw .type
            }
            name = OracleAliases.canonical(try Self.name(json, isCloudEvent: isCloudEvent))
            isCall =
                !isCloudEvent && ["identify", "group", "alias"].contains { json["type"] == .string(Array($0.utf8)) }
            timestamp = isCloudEvent ? json["time"] : json["timestamp"]
            properties = try Self.object(json[isCloudEvent ? "data" : "properties"]) ?? .object([])
            context = try Self.object(json["context"])
            traits = try Self.object(json["traits"])
        }

        private static func name(
            _ json: OracleJSON, isCloudEvent: Bool
        ) throws(OracleDeadLetter.Reason) -> String {
            if isCloudEvent { return try text(json["type"]) }
            switch json["type"] {
            case .string(Array("identify".utf8)): return "identify"
            case .string(Array("group".utf8)): return "group"
            case .string(Array("alias".utf8)): return "alias"
            case .string(Array("page".utf8)): return "page_viewed"
            case .string(Array("screen".utf8)): return "screen_viewed"
            default: return try text(json["event"])
            }
        }

        private static func text(_ name: OracleJSON?) throws(OracleDeadLetter.Reason) -> String {
            switch name {
            case nil, .null, .string([]): throw .name
            case .string(let bytes): return String(decoding: bytes, as: UTF8.self)
            default: throw .type
            }
        }

        private static func object(_ json: OracleJSON?) throws(OracleDeadLetter.Reason) -> OracleJSON? {
            switch json {
            case nil, .null: return nil
            case .object: return json
            default: throw .type
            }
        }
    }
}

extension OracleJSON {
    /// Whether a double holds every number in it.
    fileprivate var isReadable: Bool {
        switch self {
        case .number(let text): return Double(text)?.isFinite == true
        case .array(let values): return values.allSatisfy(\.isReadable)
        case .object(let members): return members.allSatisfy(\.value.isReadable)
        case .null, .bool, .string: return true
        }
    }
}
