import BeckonModel

/// JSON in the collector's shape, one event a line: a person by `userId` or `anonymousId`, a time by `timestamp`.
final class CollectedFormat {
    private let decoder: EventDecoder
    /// A decoder wants a row; no rule reads a field here.
    private let values = UnsafeMutablePointer<Value>.allocate(capacity: 1)
    private let texts = UnsafeMutablePointer<Bytes>.allocate(capacity: 1)

    init() {
        decoder = EventDecoder.ofEnvelopes()
    }

    deinit {
        values.deallocate()
        texts.deallocate()
    }

    /// Reads one line, judged as the worker will judge it. An event without a `messageId` gets `id`.
    func read(_ line: ArraySlice<UInt8>, id: String) -> LineReading {
        let line = Array(line)
        let decoded = line.withUnsafeBytes { bytes in
            decoder.decode(bytes.baseAddress, count: bytes.count, values: values, texts: texts)
        }
        decoder.removeAll()
        if let rejection = decoded.rejection { return .bad(rejection.explanation) }
        guard let fields = JSONFields(line) else { return .bad(DeadLetterReason.notJSON.explanation) }
        guard let timeMs = decoded.timestampMs else {
            return .bad("there is no `timestamp`: a file is played by the times of its events")
        }
        guard let person = fields.string("userId") ?? fields.string("anonymousId"), !person.isEmpty else {
            return .bad("there is neither `userId` nor `anonymousId`: nobody has done it")
        }
        let value = fields.string("messageId") == nil ? Self.identified(line, id) : line
        return .event(PlayedEvent(timeMs: timeMs, person: Array(person.utf8), value: value))
    }

    private static func identified(_ line: [UInt8], _ id: String) -> [UInt8] {
        guard let brace = line.firstIndex(of: UInt8(ascii: "{")) else { return line }
        var json = JSONWriter()
        json.append(raw: line[...brace])
        json.append(raw: #""messageId":"#)
        json.append(string: id)
        // The object has members: at least a person and a time.
        json.append(raw: ",")
        json.append(raw: line[(brace + 1)...])
        return json.bytes
    }
}
