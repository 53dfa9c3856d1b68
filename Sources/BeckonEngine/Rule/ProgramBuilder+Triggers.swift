import BeckonModel

/// What triggers remember of people, and under which numbers.
extension ProgramBuilder {
    func kind(of trigger: Trigger) -> RuleProgram.Kind {
        switch trigger {
        case .event: return .event
        case .absence(let absence):
            return .absence(withinMs: absence.withinMs, resetsOnEach: absence.reset == .onEach)
        case .inactivity(let forMs, _): return .inactivity(forMs: forMs)
        case .sequence(let sequence):
            return .sequence(stageCount: sequence.stages.count, withinMs: sequence.withinMs)
        case .count(let count):
            let distinct: CountProgram.Distinct =
                switch count.distinct {
                case nil: .none
                case .session: .session
                case .values: .values
                }
            return .count(
                CountProgram(
                    atLeast: count.atLeast, window: count.window, distinct: distinct,
                    slot: count.path.map { pathPlace[$0]! } ?? -1))
        case .total(let total): return .total(reaches: total.reaches, slot: pathPlace[total.path]!)
        }
    }

    func memory(of rule: Rule, _ registry: Registry) -> RuleProgram.Memory {
        var memory = RuleProgram.Memory()
        let numbers = Self.memoryKeys(of: rule).map { registry.numbers[$0]! }
        if rule.trigger.countsByItself {
            memory.progress = numbers[0]
        } else if case .absence(let absence) = rule.trigger, absence.isRemembered {
            memory.absent = Array(numbers.prefix(absence.absent.count))
            if absence.since != nil { memory.since = numbers.last! }
        }
        return memory
    }

    /// In the order of `RuleProgram.Memory`. What is counted goes on while the trigger stays the same, and of each absent event
    /// while it is the same event.
    static func memoryKeys(of rule: Rule) -> [ContentHash] {
        if rule.trigger.countsByItself { return [Registry.key("progress", rule.triggerVersion)] }
        guard case .absence(let absence) = rule.trigger, absence.isRemembered else { return [] }
        let absent = absence.absent.map { Registry.key("absent", rule.version(of: $0)) }
        return absent + [absence.since].compactMap { $0 }.map { Registry.key("since", rule.version(of: $0)) }
    }
}

extension EventAbsence {
    /// The times of its events are kept for as long as a start may ask for them, not only for late ones.
    var isRemembered: Bool { needsAll || since != nil }
}

extension [EventFilter] {
    /// One more alternative of the reference at a place.
    mutating func add(_ condition: Condition?, at place: Int, of count: Int, _ memory: ProgramMemory) {
        if isEmpty { self = Array(repeating: .never, count: count) }
        self[place] = self[place].adding(condition, memory)
    }
}

extension ProgramBuilder {
    static func kind(of fold: FoldKind) -> FoldProgram.Kind {
        switch fold {
        case .count: .count
        case .sum: .sum
        case .last: .last
        case .first: .first
        case .min: .min
        case .max: .max
        case .avg: .avg
        case .distinct: .distinct
        case .items: .items
        case .trait(let path): path.names.isEmpty ? .traits : .trait
        }
    }
}

/// Collections of items.
extension ProgramBuilder {
    /// Its place among the collections, to which it is added; −1 for other folds.
    mutating func itemsPlace(_ fold: Fold) -> Int {
        guard case .items(let items) = fold.kind else { return -1 }
        itemPrograms.append(ItemProgram(items) { pathPlace[$0]! })
        return itemPrograms.count - 1
    }

    /// - Parameter key: of the rule; one that holds what keeps the collections apart sees its own.
    func foldRead(_ variable: Variable, _ ruleSet: RuleSet, key: [PropertyPath]) -> FoldRead {
        let (name, member) = variable.foldName!
        let fold = ruleSet.folds.first { $0.name == name }!
        let place = foldPlace[fold.version]!
        guard let member, case .items(let items) = fold.kind else {
            return FoldRead(fold: place, slot: layout.fold(place))
        }
        let ordinal = ItemCollection.Member.allCases.firstIndex(of: member)!
        var read = FoldRead(
            fold: place, slot: layout.fold(foldSources.count * (1 + ordinal) + place), member: member)
        if let path = items.key, key.contains(path) { read.keySlot = pathPlace[path]! }
        return read
    }
}
