/// Random records about a few people on one or two topics.
///
/// With `isOpen` also: several faults in one record, an escaped member name, key parts of more than 128 bytes, numbers
/// that no double holds, `properties` that are no object, an event's name that is no string.
struct EventGenerator {
    static let names = [
        "add_to_cart", "checkout_initiated", "order_completed", "page_viewed", "login", "support_resolved",
        "tutorial_step_completed",
    ]
    static let aliases = [
        "add_to_cart": ["Product Added"],
        "checkout_initiated": ["Checkout Started", "begin_checkout"],
        "order_completed": ["Order Completed", "purchase"],
        "page_viewed": ["Page Viewed", "page_view", "pageView"],
        "login": ["Signed In"],
    ]
    static let paths = ["/", "/pricing", "/cart"]
    static let products = ["p1", "p2", "é"]
    static let start: Int64 = 1_704_067_200_000
    static let minute: Int64 = 60_000

    var random: SplitMix64
    let rules: [OracleRule]
    let isOpen: Bool
    var isInOrder = false
    /// Times of earlier events: due times grow from them.
    private var times: [Int64]
    private let profile: WorkloadProfile

    init(random: SplitMix64, profile: WorkloadProfile, rules: [OracleRule], isOpen: Bool) {
        self.random = random
        self.profile = profile
        self.rules = rules
        self.isOpen = isOpen
        times = [profile.start]
    }

    mutating func make(count: Int) -> [OracleTopic] {
        var topics = (0...(isInOrder ? 0 : random.below(2))).map {
            OracleTopic(name: $0 == 0 ? "events" : "more", partition: 3, records: [])
        }
        let people = Array(["ann", "ben", "zoé"].prefix(profile.isNarrow ? 1 : 1 + random.below(3)))
        var offsets = topics.map { _ in Int64(random.below(1_000)) }
        var clock = profile.start
        for _ in 0..<count {
            clock += random.pick([0, 0, 1, 30_000, Self.minute, Self.minute, 2 * Self.minute, 3 * Self.minute])
            if random.chance(profile.isNarrow ? 18 : 6) { clock += random.pick([4, 7, 20, 45]) * Self.minute }
            let topic = random.below(topics.count)
            offsets[topic] += random.chance(5) ? 3 : 1
            let record = record(random.pick(people), at: jittered(clock), offset: offsets[topic])
            topics[topic].records.append(record)
        }
        return topics
    }

    /// Now and then a record timestamp goes back, or lies ahead of everything.
    private mutating func jittered(_ clock: Int64) -> Int64 {
        if isInOrder { return clock }
        switch random.below(40) {
        case 0: return clock - random.pick([1, 30_000, 4 * Self.minute])
        case 1: return clock + random.pick([Self.minute, 30 * Self.minute])
        default: return clock
        }
    }

    // MARK: Records

    private mutating func record(_ person: String, at timestamp: Int64, offset: Int64) -> OracleRecord {
        if random.chance(7) { return faulty(person, at: timestamp, offset: offset) }
        return OracleRecord(offset, at: timestamp, person, value(at: timestamp))
    }

    private mutating func faulty(_ person: String, at timestamp: Int64, offset: Int64) -> OracleRecord {
        let good = value(at: timestamp)
        func record(_ value: String?) -> OracleRecord { OracleRecord(offset, at: timestamp, person, value) }
        switch random.below(isOpen ? 16 : 12) {
        case 0: return record(nil)
        case 1: return record(String(good.dropLast()))
        case 2: return record("not json")
        case 3: return record("[\(good)]")
        case 4: return OracleRecord(offset, at: timestamp, random.chance(50) ? nil : "", good)
        case 5: return record(#"{"event":"login","timestamp":"yesterday"}"#)
        case 6: return record(#"{"event":"login","timestamp":1}"#)
        case 7: return record(#"{"event":"login","timestamp":"2100-01-01T00:00:00Z"}"#)
        case 8: return record(#"{"properties":{"price":1}}"#)
        case 9:
            let depth = 70
            let nested = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            return record(#"{"event":"login","properties":{"deep":\#(nested)}}"#)
        case 10 where random.chance(25):
            let long = String(repeating: "x", count: 262_144)
            return record(#"{"event":"login","properties":{"long":"\#(long)"}}"#)
        case 10, 11: return OracleRecord(offset, at: -1, person, good)
        case 12: return OracleRecord(offset, at: timestamp, nil, nil)
        case 13: return record(#"{"event":"add_to_cart","properties":{"price":1e999}}"#)
        case 14: return record(#"{"event":"login","properties":5}"#)
        default: return record(#"{"event":5}"#)
        }
    }

    private mutating func value(at timestamp: Int64) -> String {
        let name = random.chance(35) ? profile.names[0] : random.pick(profile.names)
        if random.chance(profile.isAboutPeople ? 25 : 4) {
            let call = random.chance(profile.isAboutPeople ? 90 : 50) ? "identify" : "group"
            return object([
                random.chance(90) ? ("type", quoted(call)) : ("event", quoted(call)),
                random.chance(95) ? ("traits", traits()) : nil, stamp(timestamp),
                profile.isCalendar && random.chance(50) ? context("identify") : nil,
            ])
        }
        let said = random.chance(35) ? random.pick(Self.aliases[name] ?? [name]) : name
        let properties = ("properties", properties(name))
        if name == "page_viewed" && random.chance(40) {
            return object([("type", quoted("page")), properties, context(name), stamp(timestamp)])
        }
        switch random.below(10) {
        case 0:
            let (_, time) = stamp(timestamp) ?? ("", "null")
            return object([
                ("specversion", quoted("1.0")), ("id", quoted("1")), ("source", quoted("/")), ("type", quoted(said)),
                ("data", properties.1), time == "null" || !time.hasPrefix("\"") ? nil : ("time", time),
            ])
        case 1..<5:
            return object([
                ("type", quoted("track")), ("event", quoted(said)), properties, context(name), stamp(timestamp),
            ])
        default: return object([("event", quoted(said)), stamp(timestamp), properties, context(name)])
        }
    }

    private func quoted(_ text: String) -> String { OracleJSON.quoted(Array(text.utf8)) }

    private func object(_ members: [(String, String)?]) -> String {
        "{" + members.compactMap { $0 }.map { "\(quoted($0.0)):\($0.1)" }.joined(separator: ",") + "}"
    }

    // MARK: Properties

    private mutating func properties(_ event: String) -> String {
        var members: [(String, String)?] = [("cart_id", cart()), ("shop", random.pick([#""s1""#, #""s2""#]))].map {
            random.chance(profile.isNarrow ? 30 : 70) ? $0 : nil
        }
        let isItem = event == "add_to_cart"
        if random.chance(isItem ? 80 : 30) { members.append(("price", number())) }
        if random.chance(isItem ? 60 : 10) { members.append(("quantity", odd(random.pick(["1", "2", "3"])))) }
        if random.chance(isItem ? 15 : 30) { members.append(("value", number())) }
        if random.chance(30) { members.append((random.pick(["total", "revenue"]), number())) }
        if random.chance(50) {
            members.append((random.pick(["product_id", "item_id"]), odd(quoted(random.pick(Self.products)))))
        }
        if random.chance(40) { members.append(("path", odd(quoted(random.pick(Self.paths))))) }
        if event == "page_viewed" && random.chance(40) {
            members.append(("page_location", quoted("https://shop.example" + random.pick(Self.paths) + "?a=b")))
        }
        if random.chance(40) { members.append(("step", odd(random.pick(["1", "2", "2.0", "3"])))) }
        if random.chance(30) { members.append(("flag", odd(random.pick(["true", "false"])))) }
        if isItem && random.chance(25) { members.append((random.pick(["items", "products"]), items())) }
        if isOpen && random.chance(3) { members.append((#"extra"#, "1e999")) }
        return object(members)
    }

    private mutating func items() -> String {
        let elements = (0..<random.below(4)).map { _ -> String in
            if random.chance(10) { return odd("1") }
            return object([
                random.chance(90)
                    ? (random.pick(["product_id", "item_id"]), odd(quoted(random.pick(Self.products)))) : nil,
                ("price", number()), random.chance(60) ? ("quantity", odd(random.pick(["1", "2"]))) : nil,
                random.chance(50) ? (random.pick(["name", "item_name"]), #""A \"b\" \u00e9, {[""#) : nil,
            ])
        }
        return odd("[ " + elements.joined(separator: " ,") + "]")
    }

    private mutating func cart() -> String {
        if isOpen && random.chance(3) { return quoted(String(repeating: "k", count: 129)) }
        let carts = [
            #""c1""#, #""c1""#, #""c2""#, #""c2""#, "1", #""1""#, "1.0", "true", "null", "{}", #""\u0063\u0031""#,
        ]
        return random.pick(carts)
    }

    /// Products of these are the same as doubles and as decimals.
    private mutating func number() -> String {
        odd(
            random.pick(
                ["60", "50", "50.0", "10", "0.5", "1e1", "12.25", "-3", "0", "10.10"].dropLast(
                    random.chance(80) ? 1 : 0)))
    }

    /// Mostly the value itself; sometimes one of another type.
    private mutating func odd(_ value: String) -> String {
        random.chance(92) ? value : random.pick([#""60""#, "null", "[1,2]", #"{"a":1.50}"#, "true", "7"])
    }

    private mutating func context(_ event: String) -> (String, String)? {
        var members: [(String, String)] = []
        if random.chance(14) { members.append(("channel", quoted(random.pick(["server", "server", "browser"])))) }
        if random.chance(30) { members.append(("session", quoted(random.pick(["v1", "v2"])))) }
        if event == "page_viewed" && random.chance(40) {
            members.append(("page", object([("path", quoted(random.pick(Self.paths)))])))
        }
        if profile.isCalendar && random.chance(40) { members.append(("timezone", zone())) }
        return members.isEmpty && random.chance(70) ? nil : ("context", object(members))
    }

    private mutating func traits() -> String {
        if profile.isAboutPeople && random.chance(5) { return "null" }
        let long = quoted(String(repeating: "x", count: random.pick([511, 512, 513, 600])))
        let city = random.chance(70) ? ("city", odd(random.pick([#""Bonn""#, #""\u0042onn""#, #""Kyiv""#]))) : nil
        let address = object([city, random.chance(50) ? ("zip", number()) : nil])
        let told: [(String, String)?] = [
            ("plan", odd(random.pick([#""a""#, #""b""#, #""b""#, "null"]))), ("seats", number()),
            ("vip", odd(random.pick(["true", "false"]))), ("address", odd(random.chance(80) ? address : "null")),
            ("tags", odd(random.chance(90) ? #"[ "new","é" ]"# : "[\(long)]")),
            ("note", random.chance(50) ? long : #""n""#),
        ]
        var members = told.filter { _ in !profile.isAboutPeople || random.chance(40) }
        if !profile.isAboutPeople { members = Array(members.prefix(1)) }
        if profile.isAboutPeople && random.chance(3) { members.append(contentsOf: many()) }
        if isOpen && random.chance(4) { members.append(("seats", "1e999")) }
        if profile.isCalendar && random.chance(60) { members.append(("timezone", zone())) }
        return object(members)
    }

    /// More than are remembered of one person.
    private mutating func many() -> [(String, String)?] {
        (0..<50).map { ("\(random.pick(["a", "b"]))\($0)", "\($0)") }
    }

    private mutating func zone() -> String {
        random.chance(92)
            ? quoted(random.pick(profile.zones)) : random.pick([#""Europe/Atlantis""#, "5", "null", #""""#])
    }

    // MARK: Times

    private mutating func stamp(_ timestamp: Int64) -> (String, String)? {
        guard let time = ownTime(timestamp) else {
            times.append(timestamp)
            return random.chance(10) ? ("timestamp", "null") : nil
        }
        times.append(time)
        return ("timestamp", written(time))
    }

    /// nil is none. The interesting ones lie at due times and at the edges of what may be late or early.
    private mutating func ownTime(_ timestamp: Int64) -> Int64? {
        if isInOrder { return nil }
        switch profile.isStormy ? 6 + random.below(14) : random.below(20) {
        case 0..<7: return nil
        case 7..<10: return timestamp
        case 10 where !profile.isStormy: return timestamp
        case 10: return random.pick(Array(times.suffix(6))) + random.pick([0, 1, -1, 30_000])
        case 11, 12: return timestamp - random.pick([1, 10_000, Self.minute, 3 * Self.minute, 8 * Self.minute])
        case 13, 14: return timestamp - random.pick(rules).allowOrDefault + random.pick([-1, 0, 1, 30_000])
        case 15, 16, 17:
            let due = random.pick(Array(times.suffix(8))) + lengthOfSome() + random.pick([-1, 0, 0, 0, 1])
            return due <= timestamp + Self.minute && due > timestamp - 90 * Self.minute ? due : timestamp
        case 18: return random.pick(Array(times.suffix(4)))
        default:
            return timestamp + random.pick([1, Self.minute, 5 * Self.minute, 5 * Self.minute + 1, 60 * Self.minute])
        }
    }

    private mutating func lengthOfSome() -> Int64 {
        let rule = random.pick(rules)
        switch rule.trigger {
        case .event: return rule.goal?.within ?? rule.expiresOrDefault
        case .absence(_, _, let within, _): return within
        case .inactivity(let length, _): return length
        case .longAbsence(let absence): return absence.within
        case .sequence(_, let within, _): return within
        case .count(let count): return count.per == nil ? count.within : 30 * Self.minute
        case .total: return rule.expiresOrDefault
        }
    }

    private mutating func written(_ time: Int64) -> String {
        switch random.below(5) {
        case 0: return "\(time)"
        case 1 where time % 1_000 == 0: return "\(time / 1_000)"
        case 2: return quoted(String(OracleTime.text(time + 120 * Self.minute).dropLast()) + "+02:00")
        case 3 where time % 1_000 == 0: return quoted(String(OracleTime.text(time).dropLast(5)) + "Z")
        default: return quoted(OracleTime.text(time))
        }
    }
}
