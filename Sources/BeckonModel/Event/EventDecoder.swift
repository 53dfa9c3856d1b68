/// What a decoder says of one record's value.
public struct DecodedEvent {
    /// The event's number in the catalog; −1 where no rule names it.
    public var event: Int32 = -1
    /// Set where the record is a dead letter; then nothing else holds.
    public var rejection: DeadLetterReason?
    /// Made by the person herself: not from a server, no identify, group or alias call.
    public var isOwn = true
    /// The event's own timestamp, as sent.
    public var timestampMs: Milliseconds?

    init() {}

    /// A dead letter, whatever its value may be.
    public init(_ rejection: DeadLetterReason) { self.rejection = rejection }
}

/// Reads events as JSON: a Segment call, a structured CloudEvent, or a plain object. Only what the catalog's rules read
/// is made into values; the rest is stepped over, checked for UTF-8, quotes, brackets and depth alone.
///
/// Keys are compared as they stand: one written with escapes (`"\u0065vent"`) is another key. Of a key that stands
/// twice the last one counts. Not thread-safe.
public final class EventDecoder {
    public static let eventBytesMax = 262_144

    private let catalog: EventCatalog
    private let indexer: JSONIndexer
    let arena = ScratchArena()
    let ranks: UnsafeMutablePointer<UInt8>
    private let pageViewed: Int32
    private let screenViewed: Int32
    private let calls: [Int32]
    /// A number beyond what a double holds was read; whether it is the one that counts is not known yet.
    private var sawOutOfRange = false

    public init(catalog: EventCatalog, indexer: JSONIndexerOwner) {
        self.catalog = catalog
        self.indexer = indexer.indexer
        ranks = .allocate(capacity: catalog.slotCount + 1)
        pageViewed = catalog.event(named: "page_viewed")
        screenViewed = catalog.event(named: "screen_viewed")
        calls = ["identify", "group", "alias"].map { catalog.event(named: $0) }
    }

    deinit { ranks.deallocate() }

    /// Forgets the strings of all events decoded since.
    public func removeAll() { arena.removeAll() }

    /// Decodes one value. Its fields are written to the row: `values[slot]`, and `texts[slot]` as they stood in the JSON
    /// (strings unescaped). They borrow from `json` and from the decoder until `removeAll()`.
    public func decode(
        _ json: UnsafeRawPointer?, count: Int, values: UnsafeMutablePointer<Value>, texts: UnsafeMutablePointer<Bytes>
    ) -> DecodedEvent {
        var event = DecodedEvent()
        guard let json else {
            event.rejection = .tombstone
            return event
        }
        if count > Self.eventBytesMax {
            event.rejection = .tooLarge
            return event
        }
        do throws(Rejection) {
            sawOutOfRange = false
            guard let walk = indexer.index(json, count: count) else { throw Rejection(.notJSON) }
            let envelope = try readEnvelope(walk)
            try identify(envelope, &event)
            event.timestampMs = try timestamp(envelope, walk)
            try readFields(envelope, walk, &event, values, texts)
        } catch {
            event.rejection = error.reason
        }
        return event
    }

    struct Rejection: Error {
        let reason: DeadLetterReason
        init(_ reason: DeadLetterReason) { self.reason = reason }
        init(_ thrown: FaultThrown) { reason = thrown.fault == .tooDeep ? .depth : .notJSON }
    }

    /// The places of the known fields of the outermost object; 0 where a field is absent or null.
    private struct Envelope {
        var type: Bytes?
        var event: Bytes?
        var isCloudEvent = false
        /// By `context.channel`; only where the catalog reads that of every event.
        var isFromServer = false
        var timestamp = 0
        var time = 0
        var properties = 0
        var context = 0
        var traits = 0
        var data = 0
    }

    private func readEnvelope(_ walk: JSONWalk) throws(Rejection) -> Envelope {
        var envelope = Envelope()
        guard walk.character(0) == UInt8(ascii: "{") else { throw Rejection(.notJSON) }
        var place = 1
        if walk.character(1) != UInt8(ascii: "}") {
            while true {
                let (key, value) = try member(walk, place)
                place = try note(key, value, walk, &envelope)
                if walk.character(place) == UInt8(ascii: ",") {
                    place += 1
                } else {
                    break
                }
            }
        }
        guard walk.character(place) == UInt8(ascii: "}"), place + 1 == walk.placeCount else {
            throw Rejection(.notJSON)
        }
        return envelope
    }

    @inline(__always)
    private func member(_ walk: JSONWalk, _ place: Int) throws(Rejection) -> (key: Bytes, value: Int) {
        guard walk.character(place) == UInt8(ascii: "\""), walk.character(place + 1) == UInt8(ascii: ":"),
            let key = walk.string(place)
        else { throw Rejection(.notJSON) }
        return (key, place + 2)
    }

    @inline(__always)
    func next(_ walk: JSONWalk, _ value: Int) throws(Rejection) -> Int {
        do throws(FaultThrown) { return try walk.skip(value) } catch { throw Rejection(error) }
    }

    /// Takes what the envelope knows of a member; returns the place behind its value.
    @inline(__always)
    private func note(_ key: Bytes, _ value: Int, _ walk: JSONWalk, _ envelope: inout Envelope) throws(Rejection)
        -> Int
    {
        switch key.count {
        case 4:
            let name = key.start.loadUnaligned(as: UInt32.self)
            if name == Self.word("type") {
                envelope.type = try string(walk, value)
            } else if name == Self.word("time") {
                envelope.time = try nonNull(walk, value)
            } else if name == Self.word("data") {
                envelope.data = try nonNull(walk, value)
            }
        case 5 where equals(key, "event"): envelope.event = try string(walk, value)
        case 6 where equals(key, "traits"): envelope.traits = try object(walk, value)
        case 7 where equals(key, "context"):
            envelope.context = try object(walk, value)
            envelope.isFromServer = false
            if catalog.readsChannel, envelope.context != 0 { return try readChannel(walk, value, &envelope) }
        case 9 where equals(key, "timestamp"): envelope.timestamp = try nonNull(walk, value)
        case 10 where equals(key, "properties"): envelope.properties = try object(walk, value)
        case 11 where equals(key, "specversion"): envelope.isCloudEvent = true
        default: break
        }
        return try next(walk, value)
    }

    /// Steps over the context, and looks at its `channel` on the way.
    private func readChannel(_ walk: JSONWalk, _ context: Int, _ envelope: inout Envelope) throws(Rejection) -> Int {
        var place = context + 1
        if walk.character(place) == UInt8(ascii: "}") { return place + 1 }
        while true {
            let (key, value) = try member(walk, place)
            if key.count == 7, equals(key, "channel") {
                envelope.isFromServer = false
                if walk.character(value) == UInt8(ascii: "\""), let channel = walk.string(value) {
                    envelope.isFromServer = channel.count == 6 && equals(channel, "server")
                }
            }
            place = try next(walk, value)
            let separator = walk.character(place)
            place += 1
            if separator == UInt8(ascii: "}") { return place }
            guard separator == UInt8(ascii: ",") else { throw Rejection(.notJSON) }
        }
    }

    private static func word(_ text: StaticString) -> UInt32 {
        UnsafeRawPointer(text.utf8Start).loadUnaligned(as: UInt32.self)
    }

    @inline(__always)
    private func equals(_ key: Bytes, _ text: StaticString) -> Bool { equalBytes(key.start, text.utf8Start, key.count) }

    @inline(__always)
    private func string(_ walk: JSONWalk, _ value: Int) throws(Rejection) -> Bytes? {
        if walk.character(value) == UInt8(ascii: "\"") {
            guard let text = walk.string(value), let unescaped = JSONScalar.unescape(text, arena) else {
                throw Rejection(.notJSON)
            }
            return unescaped
        }
        if try nonNull(walk, value) == 0 { return nil }
        throw Rejection(.type)
    }

    @inline(__always)
    private func object(_ walk: JSONWalk, _ value: Int) throws(Rejection) -> Int {
        if walk.character(value) == UInt8(ascii: "{") { return value }
        if try nonNull(walk, value) == 0 { return 0 }
        throw Rejection(.type)
    }

    @inline(__always)
    private func nonNull(_ walk: JSONWalk, _ value: Int) throws(Rejection) -> Int {
        guard walk.character(value) == UInt8(ascii: "n") else { return value }
        let text = walk.scalar(value)
        guard text.count == 4, text.start.loadUnaligned(as: UInt32.self) == Self.word("null") else {
            throw Rejection(.notJSON)
        }
        return 0
    }

    /// Which event it is, by `event`, the kind of Segment's call, or the CloudEvent's type.
    private func identify(_ envelope: Envelope, _ event: inout DecodedEvent) throws(Rejection) {
        if envelope.isCloudEvent {
            guard let type = envelope.type, type.count > 0 else { throw Rejection(.name) }
            event.event = catalog.event(named: type)
            return
        }
        if let type = envelope.type {
            switch type.count {
            case 4 where equals(type, "page"):
                event.event = pageViewed
                return
            case 6 where equals(type, "screen"):
                event.event = screenViewed
                return
            case 8 where equals(type, "identify"):
                event.event = calls[0]
                event.isOwn = false
                return
            case 5 where equals(type, "group"):
                event.event = calls[1]
                event.isOwn = false
                return
            case 5 where equals(type, "alias"):
                event.event = calls[2]
                event.isOwn = false
                return
            default: break
            }
        }
        guard let name = envelope.event, name.count > 0 else { throw Rejection(.name) }
        event.event = catalog.event(named: name)
    }

    private func timestamp(_ envelope: Envelope, _ walk: JSONWalk) throws(Rejection) -> Milliseconds? {
        let place = envelope.isCloudEvent ? envelope.time : envelope.timestamp
        if place == 0 { return nil }
        let instant: Milliseconds
        switch walk.character(place) {
        case UInt8(ascii: "\""):
            guard let text = walk.string(place) else { throw Rejection(.notJSON) }
            guard let parsed = Timestamp.parse(text) else { throw Rejection(.timestamp) }
            instant = parsed
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            switch JSONScalar.number(walk.scalar(place)) {
            case .double(let number):
                // Below 10^11 milliseconds is before 1973: then it counts seconds.
                let scaled = number.magnitude < 1e11 ? number * 1000 : number
                guard scaled.magnitude < 1e15 else { throw Rejection(.timestampRange) }
                instant = Milliseconds(scaled)
            case .malformed: throw Rejection(.notJSON)
            case .outOfRange: throw Rejection(.timestampRange)
            }
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "t"), UInt8(ascii: "f"): throw Rejection(.type)
        default: throw Rejection(.notJSON)
        }
        guard instant >= Timestamp.earliestMs, instant < Timestamp.endMs else { throw Rejection(.timestampRange) }
        return instant
    }

    private func readFields(
        _ envelope: Envelope, _ walk: JSONWalk, _ event: inout DecodedEvent, _ values: UnsafeMutablePointer<Value>,
        _ texts: UnsafeMutablePointer<Bytes>
    ) throws(Rejection) {
        if envelope.isFromServer { event.isOwn = false }
        let plan = catalog.plans + (event.event >= 0 ? Int(event.event) : catalog.names.count)
        let slots = plan.pointee.slots
        for index in slots {
            let slot = catalog.slotNumbers[index]
            values[slot] = .missing
            ranks[slot] = 255
        }
        if slots.isEmpty { return }
        let properties = envelope.isCloudEvent ? envelope.data : envelope.properties
        if properties != 0, !plan.pointee.properties.isEmpty {
            guard walk.character(properties) == UInt8(ascii: "{") else { throw Rejection(.type) }
            try extract(walk, properties, plan.pointee.properties, values, texts)
        }
        if envelope.context != 0, !plan.pointee.context.isEmpty {
            try extract(walk, envelope.context, plan.pointee.context, values, texts)
        }
        if envelope.traits != 0, !plan.pointee.traits.isEmpty {
            try extract(walk, envelope.traits, plan.pointee.traits, values, texts)
        }
        for index in plan.pointee.derivations {
            let (slot, derivation) = catalog.derivations[index]
            if case .missing = values[slot] { derive(slot, derivation, values, texts) }
        }
        if !plan.pointee.wholes.isEmpty {
            let place = { (root: PropertyPath.Root) in
                switch root {
                case .properties: properties
                case .context: envelope.context
                case .traits: envelope.traits
                }
            }
            try readWholes(plan.pointee.wholes, walk, place, values, texts)
        }
        if sawOutOfRange {
            sawOutOfRange = false
            for slot in plan.pointee.readSlots { if case .failed = values[slot] { throw Rejection(.number) } }
        }
    }

    /// Walks an object once, filling the slots of every node whose name stands in it.
    private func extract(
        _ walk: JSONWalk, _ object: Int, _ nodes: Range<Int>, _ values: UnsafeMutablePointer<Value>,
        _ texts: UnsafeMutablePointer<Bytes>
    ) throws(Rejection) {
        var place = object + 1
        if walk.character(place) == UInt8(ascii: "}") { return }
        while true {
            let (key, value) = try member(walk, place)
            let end = try next(walk, value)
            for index in nodes {
                let node = catalog.nodes + index
                guard node.pointee.nameCount == key.count, equalBytes(node.pointee.name, key.start, key.count) else {
                    continue
                }
                if node.pointee.slot >= 0, node.pointee.rank <= ranks[node.pointee.slot] {
                    try read(walk, value, end, node.pointee.slot, values, texts)
                    ranks[node.pointee.slot] = node.pointee.rank
                }
                if !node.pointee.children.isEmpty, walk.character(value) == UInt8(ascii: "{") {
                    try extract(walk, value, node.pointee.children, values, texts)
                }
            }
            place = end + 1
            if walk.character(end) != UInt8(ascii: ",") {
                guard walk.character(end) == UInt8(ascii: "}") else { throw Rejection(.notJSON) }
                return
            }
        }
    }

    @inline(__always)
    func read(
        _ walk: JSONWalk, _ place: Int, _ end: Int, _ slot: Int, _ values: UnsafeMutablePointer<Value>,
        _ texts: UnsafeMutablePointer<Bytes>
    ) throws(Rejection) {
        switch walk.character(place) {
        case UInt8(ascii: "\""):
            guard let text = walk.string(place), let unescaped = JSONScalar.unescape(text, arena) else {
                throw Rejection(.notJSON)
            }
            values[slot] = .string(unescaped)
            texts[slot] = unescaped
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let text = walk.scalar(place)
            switch JSONScalar.number(text) {
            case .double(let number): values[slot] = .double(number)
            case .malformed: throw Rejection(.notJSON)
            case .outOfRange:
                values[slot] = .failed(.overflow)
                sawOutOfRange = true
            }
            texts[slot] = text
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            let text = walk.text(place, until: end)
            switch JSONGrammar.check(walk, place..<end, arena) {
            case .valid: values[slot] = .json(text)
            case .malformed: throw Rejection(.notJSON)
            case .outOfRange:
                values[slot] = .failed(.overflow)
                sawOutOfRange = true
            }
            texts[slot] = text
        default:
            let text = walk.scalar(place)
            if text.count == 4, equals(text, "true") {
                values[slot] = .bool(true)
            } else if text.count == 5, equals(text, "false") {
                values[slot] = .bool(false)
            } else if text.count == 4, equals(text, "null") {
                values[slot] = .null
            } else {
                throw Rejection(.notJSON)
            }
            texts[slot] = text
        }
    }
}
