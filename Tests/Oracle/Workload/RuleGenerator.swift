/// Random rules and folds whose expressions pass a type check.
struct RuleGenerator {
    static let minute: Int64 = 60_000

    var random: SplitMix64
    private let profile: WorkloadProfile
    private var folds: [OracleFold] = []

    init(random: SplitMix64, profile: WorkloadProfile) {
        self.random = random
        self.profile = profile
    }

    mutating func make() -> ([OracleRule], [OracleFold]) {
        for place in 0..<random.below(4) { folds.append(fold("fold\(place)")) }
        if random.chance(35) { folds.append(cart()) }
        let rules = (0...random.below(3)).map { rule("rule-\($0)") }
        return (rules, folds)
    }

    /// One of the rules with another trigger, and what comes of it; the rest stays, and has to say its exits itself. nil where
    /// there is none that may change: what an absence with `all` or `since` remembers belongs to each of its events.
    mutating func change(_ rules: inout [OracleRule]) -> [OracleRule]? {
        let places = rules.indices.filter { rules[$0].longAbsence == nil }
        guard !places.isEmpty else { return nil }
        let place = random.pick(places)
        // Mostly from one that waits to another.
        if random.chance(70) {
            rules[place].trigger = waiting()
            (rules[place].data, rules[place].condition) = ([], nil)
            speak(&rules[place])
        }
        if rules[place].exit == nil { rules[place].exit = reference(whereChance: 15) }
        var later = rules
        repeat {
            later[place].trigger = random.chance(70) ? waiting() : trigger()
        } while later[place].longAbsence != nil
        later[place].data = []
        later[place].condition = nil
        speak(&later[place])
        return later
    }

    // MARK: Folds

    private mutating func fold(_ name: String) -> OracleFold {
        if profile.isCalendar && random.chance(60) {
            var fold = OracleFold(name, kind(), of: reference(whereChance: 15))
            fold.per = random.pick(OraclePeriod.allCases)
            return fold
        }
        let within = random.chance(45) ? length() : nil
        let since = within == nil && random.chance(45) ? reference(whereChance: 15) : nil
        return OracleFold(name, kind(), of: reference(whereChance: 15), within: within, since: since)
    }

    private mutating func cart() -> OracleFold {
        let key: [String]? = random.pick([nil, ["properties", "cart_id"], ["properties", "cart_id"]])
        let items = OracleItems(
            key: key, by: random.pick(["product_id", "product_id", "path"]), keep: ["name", "price", "quantity"],
            max: random.pick([1, 2, 3, 20]), factors: random.pick([[], ["price"], ["price", "quantity"]]))
        let put = random.chance(80) ? OracleReference([profile.names[0]]) : reference(whereChance: 15)
        var fold = OracleFold(
            "cart", .items(items), of: put, since: random.chance(60) ? other(than: put) : nil)
        if random.chance(60) { fold.remove = other(than: put) }
        return fold
    }

    private mutating func kind() -> OracleFoldKind {
        let number = ["properties", random.pick(["price", "value", "total", "quantity"])]
        let value = ["properties", random.pick(["path", "product_id", "step", "flag", "price"])]
        switch random.below(9) {
        case 0, 1: return .count
        case 2: return .sum(number)
        case 3: return .min(number)
        case 4: return .max(number)
        case 5: return .avg(number)
        case 6: return .first(value)
        case 7: return .distinct(value)
        default: return .last(value)
        }
    }

    // MARK: Rules

    private mutating func rule(_ id: String) -> OracleRule {
        var rule = OracleRule(id: id, trigger: trigger())
        let paths = [["properties", "cart_id"], ["properties", "shop"], ["context", "session"]]
        if random.chance(profile.isNarrow ? 30 : 60) { rule.key = [random.pick(Array(paths.prefix(2)))] }
        if !rule.key.isEmpty && random.chance(35) { rule.key.append(paths.first { $0 != rule.key[0] }!) }
        if rule.trigger.firesWithEvent && random.chance(60) { rule.key = [] }
        speak(&rule)
        if random.chance(40) { rule.goal = OracleGoal(reference(whereChance: 15), within: length()) }
        if random.chance(35) { rule.exit = reference(whereChance: 15) }
        rule.reentry = random.pick([
            .always, .always, .always, .once, .after(5 * Self.minute), .after(60 * Self.minute),
        ])
        rule.expires = random.pick([nil, nil, Self.minute, 5 * Self.minute, 6 * 60 * Self.minute])
        rule.wait = random.pick([nil, nil, nil, 0, 30_000, 60_000])
        rule.allow = random.pick([nil, nil, 0, 2 * Self.minute, 60 * Self.minute, 60 * Self.minute])
        rule.latenessMax = random.pick([.none, .none, .none, .unsaid, .milliseconds(Self.minute)])
        rule.channels = random.pick([["push"], ["email", "push"], ["in-app"]])
        return rule
    }

    /// What it collects, asks and says, as far as its trigger allows.
    private mutating func speak(_ rule: inout OracleRule) {
        let isEvent = rule.trigger.firesWithEvent
        rule.collect = []
        if !rule.isInactivity && random.chance(55) {
            rule.collect = [OracleCollected("c0", kind()), OracleCollected("c1", kind())].filter { _ in
                random.chance(75)
            }
        }
        if isEvent { rule.collect = [] }
        if random.chance(30) { rule.condition = condition(properties: isEvent, collect: rule.collect) }
        for place in 0..<random.below(3) {
            if let operand = operand(properties: isEvent, collect: rule.collect) {
                rule.data.append(OracleNamedOperand("d\(place)", operand))
            }
        }
        if isEvent && random.chance(20) {
            let whole: OracleOperand = random.pick([.property(["properties"]), .property(["context"]), .event])
            rule.data.append(OracleNamedOperand("whole", whole))
        }
        if folds.contains(where: \.isCart) && random.chance(50) {
            rule.data.append(OracleNamedOperand("cart", .fold("cart.items")))
        }
        if profile.isAboutPeople {
            let paths = [[], [], ["plan"], ["address"], ["address", "city"], ["tags"], ["seats"]]
            for place in 0..<random.below(3) {
                rule.data.append(OracleNamedOperand("t\(place)", .trait(random.pick(paths))))
            }
        }
    }

    private mutating func trigger() -> OracleTrigger {
        random.chance(60) ? counting() : waiting()
    }

    private mutating func waiting() -> OracleTrigger {
        switch random.below(10) {
        case 0..<3: return .event(reference(whereChance: 25))
        case 3..<8:
            let start = random.chance(50) ? OracleReference([profile.names[0]]) : reference(whereChance: 15)
            // Another event than the start, mostly, or nothing would ever fire.
            var absent = reference(whereChance: 15)
            while absent.names.contains(where: start.names.contains) && random.chance(95) {
                absent = reference(whereChance: 15)
            }
            return .absence(start: start, absent: absent, within: length(), movesDue: random.chance(50))
        default: return .inactivity(length: length(), events: random.chance(40) ? reference(whereChance: 15) : nil)
        }
    }

    /// Mostly of other events, or nothing would ever come together.
    private mutating func other(than reference: OracleReference) -> OracleReference {
        var other = self.reference(whereChance: 15)
        while other.names.contains(where: reference.names.contains) && random.chance(90) {
            other = self.reference(whereChance: 15)
        }
        return other
    }

    private mutating func counting() -> OracleTrigger {
        let counted = reference(whereChance: 10)
        let not = random.chance(60) ? other(than: counted) : nil
        let within = length() * random.pick([1, 2, 8])
        switch random.below(14) {
        case 0..<3:
            let stages = [counted] + (0..<random.pick([1, 1, 2])).map { _ in reference(whereChance: 10) }
            return .sequence(stages, within: within, not: not)
        case 3..<8:
            let distinct: OracleDistinct? = random.pick([
                nil, nil, .session, .values(["properties", "path"]),
                .values(["properties", random.pick(["product_id", "step"])]),
            ])
            var count = OracleCount(
                counted, atLeast: random.pick([1, 2, 2, 3, 4]), within: within, distinct: distinct)
            count.not = not
            if profile.isCalendar && random.chance(75) { count.per = random.pick(OraclePeriod.allCases) }
            return .count(count)
        case 8..<11:
            return .total(
                ["properties", random.pick(["price", "value", "total"])], of: counted,
                reaches: random.pick(["0.000001", "0.5", "10", "60", "60", "99.5", "200"]), since: not)
        default:
            var absence = OracleLongAbsence(
                start: reference(whereChance: 15), absent: [reference(whereChance: 10)], within: length())
            if random.chance(60) { absence.absent.append(reference(whereChance: 10)) }
            if absence.absent.count == 1 || random.chance(40) { absence.since = reference(whereChance: 15) }
            absence.movesDue = random.chance(50)
            return .longAbsence(absence)
        }
    }

    private mutating func length() -> Int64 {
        random.pick([
            Self.minute, 2 * Self.minute, 5 * Self.minute, 10 * Self.minute, 15 * Self.minute, 90_000, 899_999,
        ])
    }

    private mutating func reference(whereChance: Int) -> OracleReference {
        var names = [random.pick(profile.names)]
        if random.chance(profile.names.count > 2 ? 30 : 5) { names.append(random.pick(profile.names)) }
        if names.count == 2 && names[0] == names[1] { names.removeLast() }
        let isAlias = random.chance(10)
        if isAlias, let alias = EventGenerator.aliases[names[0]] { names[0] = random.pick(alias) }
        return OracleReference(
            names, where: random.chance(whereChance) ? condition(properties: true, collect: []) : nil)
    }

    // MARK: Expressions

    /// A condition that reads at least something, at most two levels deep.
    private mutating func condition(properties: Bool, collect: [OracleCollected]) -> OracleCondition {
        guard random.chance(30) else { return comparison(properties: properties, collect: collect) }
        let parts = [
            comparison(properties: properties, collect: collect), comparison(properties: properties, collect: collect),
        ]
        switch random.below(3) {
        case 0: return .all(parts)
        case 1: return .any(parts)
        default: return .not(parts[0])
        }
    }

    private mutating func comparison(properties: Bool, collect: [OracleCollected]) -> OracleCondition {
        if profile.isAboutPeople && random.chance(35) { return trait() }
        if properties && random.chance(10) { return .has(["properties", random.pick(["price", "path", "cart_id"])]) }
        if random.chance(8) {
            let length = OracleLiteral.duration(length() / 1_000 * 1_000)
            return .compare(.idle(random.pick(profile.names)), random.pick([.less, .greater]), length)
        }
        guard let operand = operand(properties: properties, collect: collect) else {
            return .compare(.idle("login"), .greater, .duration(5 * Self.minute))
        }
        return compare(operand, collect: collect)
    }

    private mutating func trait() -> OracleCondition {
        let path = random.pick([["plan"], ["plan"], ["seats"], ["vip"], ["address", "city"], ["address"]])
        let comparison = random.pick(OracleComparison.allCases)
        switch path.last {
        case "plan" where random.chance(70):
            return .compare(.trait(path), comparison, .string(random.pick(["a", "b"])))
        case "city" where random.chance(70): return .compare(.trait(path), comparison, .string("Bonn"))
        case "seats" where random.chance(80): return .compare(.trait(path), comparison, .double(random.pick([1, 5])))
        case "vip" where random.chance(70):
            return .compare(.trait(path), random.pick([.equal, .notEqual]), .bool(random.chance(50)))
        default: return random.chance(50) ? .hasTrait(path) : .not(.hasTrait(path))
        }
    }

    /// nil where nothing can be read.
    private mutating func operand(properties: Bool, collect: [OracleCollected]) -> OracleOperand? {
        var operands: [OracleOperand] =
            folds.filter { !$0.isCart }.map { .fold($0.name) } + collect.map { .instance($0.name) }
        if properties {
            operands += ["price", "value", "total", "path", "product_id", "step", "flag"].map {
                .property(["properties", $0])
            }
        }
        if folds.contains(where: \.isCart) { operands += [.fold("cart.value"), .fold("cart.value")] }
        return operands.isEmpty ? nil : random.pick(operands)
    }

    private mutating func compare(_ operand: OracleOperand, collect: [OracleCollected]) -> OracleCondition {
        var kind: OracleFoldKind?
        var path: [String] = []
        switch operand {
        case .fold("cart.value"): kind = .sum([])
        case .fold(let name): kind = folds.first { $0.name == name }!.kind
        case .instance(let name): kind = collect.first { $0.name == name }!.kind
        case .property(let property): path = property
        default: break
        }
        switch kind {
        case .count, .distinct:
            return .compare(operand, random.pick(OracleComparison.allCases), .int(Int64(random.below(5))))
        case .sum, .min, .max, .avg:
            return .compare(operand, random.pick(OracleComparison.allCases), .double(Double(random.below(200))))
        case .last(let last), .first(let last): path = last
        case .items, nil: break
        }
        return comparison(operand, property: path.last ?? "")
    }

    private mutating func comparison(_ operand: OracleOperand, property: String) -> OracleCondition {
        switch property {
        case "path", "product_id":
            let values = property == "path" ? EventGenerator.paths : EventGenerator.products
            return .compare(
                operand, random.pick([.equal, .notEqual, .less, .greaterOrEqual]), .string(random.pick(values)))
        case "flag": return .compare(operand, random.pick([.equal, .notEqual]), .bool(random.chance(50)))
        case "step": return .compare(operand, random.pick(OracleComparison.allCases), .int(Int64(1 + random.below(3))))
        default:
            return .compare(operand, random.pick(OracleComparison.allCases), .double(random.pick([0.5, 10, 50, 60])))
        }
    }
}

extension OracleRule {
    var isInactivity: Bool {
        if case .inactivity = trigger { return true }
        return false
    }
}

extension OracleFold {
    var isCart: Bool { name == "cart" }
}
