import BeckonModel

/// What events look like, learned from examples; bounded however many there are.
struct EventInference {
    struct Event {
        /// Canonical.
        let name: String
        fileprivate(set) var count = 0
        /// In the order of first sight. nil: only null was seen.
        fileprivate(set) var properties: [(name: String, type: PropertyType?)] = []
        /// Of `identify`.
        fileprivate(set) var traits: [(name: String, type: PropertyType?)] = []
        fileprivate(set) var hasMore = false
    }

    static let eventsMax = 1_000
    static let propertiesMax = 200
    static let nameBytesMax = EventMatch.nameBytesMax

    private(set) var events: [Event] = []
    private(set) var count = 0
    /// Of kinds beyond `eventsMax`, or of names that are too long.
    private(set) var leftOutCount = 0
    /// What the worker could not read.
    private(set) var unreadableCount = 0
    private var places: [[UInt8]: Int] = [:]
    private let decoder = EventDecoder.ofEnvelopes()

    /// - Parameter text: a record's value: a collector's call, a plain object or a structured CloudEvent.
    mutating func add(_ text: [UInt8]) {
        guard decoder.rejection(of: text) == nil, let json = JSONValue.read(text),
            let (name, properties) = Self.event(in: json)
        else {
            unreadableCount += 1
            return
        }
        add(name, properties, traits: json["traits"])
    }

    /// An event by its name; `properties` and `traits` may be anything.
    mutating func add(_ name: String, _ properties: JSONValue?, traits: JSONValue? = nil) {
        count += 1
        let canonical = AliasPack.standard.canonicalName(of: name)
        guard let place = place(of: canonical) else {
            leftOutCount += 1
            return
        }
        events[place].count += 1
        for member in properties?.members ?? [] { events[place].add(member, to: \.properties) }
        guard canonical == Trait.event else { return }
        for member in traits?.members ?? [] { events[place].add(member, to: \.traits) }
    }

    private mutating func place(of name: String) -> Int? {
        let key = Array(name.utf8)
        if let place = places[key] { return place }
        guard events.count < Self.eventsMax, (1...Self.nameBytesMax).contains(key.count) else { return nil }
        places[key] = events.count
        events.append(Event(name: name))
        return events.count - 1
    }

    /// By the rules of the decoder, which tells no names of events that nobody reads.
    static func event(in json: JSONValue) -> (name: String, properties: JSONValue?)? {
        if json["specversion"] != nil {
            return json["type"]?.string.map { ($0, json["data"]) }
        }
        let calls = [
            "page": AliasPack.standard.pageCall, "screen": "screen_viewed", "identify": "identify", "group": "group",
            "alias": "alias",
        ]
        let name = json["type"]?.string.flatMap { calls[$0] } ?? json["event"]?.string
        return name.flatMap { $0.isEmpty ? nil : ($0, json["properties"]) }
    }
}

extension EventInference.Event {
    fileprivate mutating func add(
        _ member: JSONMember, to list: WritableKeyPath<Self, [(name: String, type: PropertyType?)]>
    ) {
        let type = PropertyType(of: member.value)
        if let place = self[keyPath: list].firstIndex(where: { $0.name.utf8.elementsEqual(member.name.utf8) }) {
            guard let type else { return }
            let known = self[keyPath: list][place].type
            self[keyPath: list][place].type = known == nil || known == type ? type : .any
        } else if self[keyPath: list].count < EventInference.propertiesMax,
            (1...EventInference.nameBytesMax).contains(member.name.utf8.count)
        {
            self[keyPath: list].append((member.name, type))
        } else {
            hasMore = true
        }
    }
}
