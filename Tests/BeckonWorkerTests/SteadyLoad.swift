import Foundation
import Oracle

/// Events that keep coming, from a seed: about sixty people who browse, add, buy, come late, and some who write nonsense.
struct SteadyLoad {
    private var random: SplitMix64
    /// So many are there at a time.
    let people: Int
    /// After so many events one goes and another comes; nil: the same stay.
    let stay: Int?
    private(set) var count = 0

    init(seed: UInt64, people: Int = 60, stay: Int? = nil) {
        random = SplitMix64(seed: seed)
        self.people = people
        self.stay = stay
    }

    private mutating func below(_ bound: UInt64) -> Int64 { Int64(random.next() % bound) }
    private mutating func chance(_ percent: UInt64) -> Bool { random.next() % 100 < percent }

    /// Emits one event now.
    mutating func emit(to stage: WorkerStage) throws {
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let person = "person-\(below(UInt64(people)) + Int64(stay.map { count / $0 } ?? 0))"
        let topic = Int(below(UInt64(stage.events.count)))
        // Some records are older than others that came before them.
        let recordMs = chance(10) ? now - below(1_500) : now
        count += 1
        try stage.emit(person, chance(3) ? nonsense() : event(recordMs), topic: topic, atMs: recordMs)
    }

    private mutating func nonsense() -> String {
        ["not json", #"{"properties":{}}"#, #"{"event":"login","timestamp":"yesterday"}"#, "[1]"][Int(below(4))]
    }

    private mutating func event(_ recordMs: Int64) -> String {
        let names = [
            "add_to_cart", "add_to_cart", "page_viewed", "page_viewed", "order_completed", "checkout_initiated",
            "login",
        ]
        var members = [#""event":"\#(names[Int(below(7))])""#]
        switch below(10) {
        case 0, 1: members.append(#""timestamp":\#(recordMs - below(4_000))"#)
        case 2: members.append(#""timestamp":\#(recordMs - below(20_000))"#)
        case 3: members.append(#""timestamp":\#(recordMs + below(2_000))"#)
        default: break
        }
        var properties = [
            #""price":\#(below(9_000)).\#(below(100))"#, #""total":\#(below(120)).5"#, #""path":"/p\#(below(4))""#,
        ]
        if chance(70) { properties.append(#""cart_id":"c\#(below(3))""#) }
        members.append(#""properties":{\#(properties.joined(separator: ","))}"#)
        return "{\(members.joined(separator: ","))}"
    }
}

/// A small rule set with short durations, from a seed.
struct ShortRules {
    private(set) var rules: [OracleRule] = []
    let folds: [OracleFold]
    /// No timer lies further in the future, milliseconds.
    static let longestMs: Int64 = 4_500

    var yaml: String { OracleText.yaml(rules: rules, folds: folds) }

    init(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        func pick<Element>(_ values: [Element]) -> Element { values[Int(random.next() % UInt64(values.count))] }
        let order = OracleReference(["order_completed"])
        let view = OracleReference(["page_viewed"])
        folds = [
            OracleFold("orders", .count, of: order),
            OracleFold("spent", .sum(["properties", "total"]), of: order, within: pick([3_000, 10_000])),
            OracleFold("where_last", .last(["properties", "path"]), of: view),
            OracleFold("views", .count, of: view, since: order),
        ]
        var cart = OracleRule(
            id: "cart",
            trigger: .absence(
                start: OracleReference(["add_to_cart"]),
                absent: OracleReference(["checkout_initiated", "order_completed"]),
                within: pick([800, 1_500, 3_000]), movesDue: pick([true, false])))
        cart.key = [["properties", "cart_id"]]
        cart.collect = [OracleCollected("value", .sum(["properties", "price"])), OracleCollected("adds", .count)]
        cart.data = [OracleNamedOperand("value", .instance("value")), OracleNamedOperand("spent", .fold("spent"))]
        cart.goal = OracleGoal(order, within: 5_000)
        cart.latenessMax = pick([.none, .milliseconds(1_000)])
        cart.wait = pick([nil, 700])

        var silent = OracleRule(id: "silent", trigger: .inactivity(length: pick([2_000, 4_500]), events: nil))
        silent.data = [OracleNamedOperand("orders", .fold("orders"))]
        silent.reentry = pick([.always, .after(10_000)])

        var thanks = OracleRule(
            id: "thanks",
            trigger: .event(
                OracleReference(
                    ["order_completed"], where: .compare(.property(["properties", "total"]), .greater, .double(40)))))
        thanks.data = [OracleNamedOperand("orders", .fold("orders")), OracleNamedOperand("last", .fold("where_last"))]
        thanks.reentry = pick([.always, .after(2_000)])
        thanks.exit = OracleReference(["login"])
        thanks.latenessMax = pick([.none, .milliseconds(2_000)])

        var browsing = OracleRule(
            id: "browsing",
            trigger: .absence(start: view, absent: order, within: pick([500, 1_200]), movesDue: pick([true, false])))
        browsing.condition = .compare(.fold("views"), .greaterOrEqual, .int(pick([2, 3])))
        browsing.exit = OracleReference(["login"])
        browsing.allow = pick([nil, 0, 3_000])
        browsing.latenessMax = .none
        browsing.channels = ["email", "push"]
        rules = [cart, silent, thanks, browsing]
    }
}
