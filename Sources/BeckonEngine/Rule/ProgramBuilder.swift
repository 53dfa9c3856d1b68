import BeckonModel

/// Gathers what the rules read and compiles them.
struct ProgramBuilder {
    private let sources: [(rule: Rule, ruleSet: RuleSet, isCurrent: Bool)]
    private(set) var foldSources: [Fold] = []
    private(set) var foldPlace: [ContentHash: Int] = [:]
    private var eventNames: [String] = []
    private var eventPlace: [String: Int] = [:]
    /// For each event the paths that are read when it comes.
    private var pathsOfEvent: [Set<PropertyPath>] = []
    private(set) var pathPlace: [PropertyPath: Int] = [:]
    private var paths: [PropertyPath] = []
    /// Read of every event, whatever its name.
    private var pathsOfAll: Set<PropertyPath> = []
    private var fieldPlans: [[FieldPlan]] = []
    private var otherFieldPlans: [FieldPlan] = []

    private(set) var rules: [RuleProgram] = []
    private(set) var foldPrograms: [FoldProgram] = []
    /// Of the collections among the folds.
    var itemPrograms: [ItemProgram] = []
    private var events: [EventActions] = []
    private(set) var ownActions: [RuleAction] = []
    private(set) var seenNames: [String] = []
    private(set) var layout = RowLayout()
    /// Whether something goes by the calendar of a person.
    private var readsZones = false
    /// Those that rules and their folds name come first among the events.
    private var namedCount = 0
    let memory = ProgramMemory()
    /// By a rule's id, what its versions collect: a start of the current one may go to an instance of an older.
    private var collectedPaths: [String: [PropertyPath]] = [:]

    /// What an event of one name does, while it is gathered.
    private struct EventActions {
        var folds: [FoldAction] = []
        var rules: [RuleAction] = []
        var seenNumber: UInt32?
    }

    init(ruleSet: RuleSet, pinned: [(rule: Rule, ruleSet: RuleSet)]) {
        var all = pinned.map { (rule: $0.rule, ruleSet: $0.ruleSet, isCurrent: false) }
        all += ruleSet.rules.map { ($0, ruleSet, true) }
        // By the bytes of the id; of one id's versions the current one last, the others by their hash.
        sources = all.sorted { left, right in
            if left.rule.id != right.rule.id { return left.rule.id.utf8.lexicographicallyPrecedes(right.rule.id.utf8) }
            if left.isCurrent != right.isCurrent { return right.isCurrent }
            return (left.rule.version.high, left.rule.version.low) < (right.rule.version.high, right.rule.version.low)
        }
        for source in sources {
            collectedPaths[source.rule.id, default: []] += source.rule.collect.compactMap(\.kind.path)
        }
    }

    mutating func build(_ registry: inout Registry) {
        gatherFolds()
        gatherNames()
        gatherPaths()
        planFields()
        // Behind the folds the members of collections.
        layout.foldCount = foldSources.count * (1 + ItemCollection.Member.allCases.count)
        layout.instanceCount = sources.map(\.rule.collect.count).max() ?? 0
        layout.seenCount = seenNames.count
        registry.keep(registryKeys())
        compile(registry)
    }

    // MARK: what is read

    private mutating func gatherFolds() {
        for source in sources {
            let named = Self.folds(of: source.rule, in: source.ruleSet)
            let traits = Self.traits(of: source.rule, reading: named)
            for fold in named + traits where foldPlace[fold.version] == nil {
                foldPlace[fold.version] = foldSources.count
                foldSources.append(fold)
            }
        }
    }

    private mutating func gatherNames() {
        var references: [EventReference] = foldSources.flatMap(\.references)
        for source in sources { references += Self.references(of: source.rule) }
        for reference in references { for match in reference.alternatives { noteEvent(match.name) } }
        let foldExpressions = foldSources.flatMap(\.references).flatMap(\.alternatives)
            .compactMap(\.condition)
        for expression in sources.flatMap({ Self.expressions(of: $0.rule) }) + foldExpressions {
            for case .idle(let name) in expression.variables where !seenNames.contains(name) {
                seenNames.append(name)
                noteEvent(name)
            }
        }
        readsZones = sources.contains { $0.rule.readsZones } || foldSources.contains { $0.window?.isCalendar ?? false }
        if readsZones { noteEvent(ZoneProgram.traitEvent) }
        namedCount = eventNames.count
        // Aliased properties of an event come only with its name.
        for source in sources where Self.isOfAllEvents(source.rule) {
            let names = Set(startPaths(of: source.rule).filter { $0.root == .properties }.map { $0.names[0] })
            for alias in AliasPack.standard.propertyAliases where names.contains(alias.property) {
                noteEvent(alias.event)
            }
        }
    }

    private func startPaths(of rule: Rule) -> [PropertyPath] { rule.key + collectedPaths[rule.id]! }

    private mutating func noteEvent(_ name: String) {
        if eventPlace[name] != nil { return }
        eventPlace[name] = eventNames.count
        eventNames.append(name)
        pathsOfEvent.append([])
    }

    private mutating func gatherPaths() {
        if readsZones { gatherZonePaths() }
        for fold in foldSources {
            if case .items(let items) = fold.kind {
                for reference in [fold.of, fold.remove].compactMap({ $0 }) { notePaths(reference, items.paths) }
                if let clear = fold.since { notePaths(clear, [items.key].compactMap { $0 }) }
                continue
            }
            if let reference = fold.of { notePaths(reference, fold.kind.paths) }
            if let reference = fold.since { notePaths(reference, []) }
        }
        for source in sources {
            let rule = source.rule
            for reference in [rule.exit, rule.goal?.event].compactMap({ $0 }) { notePaths(reference, rule.key) }
            switch rule.trigger {
            case .event(let reference): notePaths(reference, rule.key + Self.firingPaths(of: rule))
            case .absence(let absence):
                notePaths(absence.start, startPaths(of: rule))
                for reference in absence.absent + [absence.since].compactMap({ $0 }) { notePaths(reference, rule.key) }
            case .sequence(let sequence):
                for reference in sequence.stages { notePaths(reference, rule.key) }
                notePaths(sequence.stages.last!, Self.firingPaths(of: rule))
                if let not = sequence.not { notePaths(not, rule.key) }
            case .count(let count):
                notePaths(count.event, rule.key + [count.path].compactMap { $0 } + Self.firingPaths(of: rule))
                if let not = count.not { notePaths(not, rule.key) }
            case .total(let total):
                notePaths(total.of, rule.key + [total.path] + Self.firingPaths(of: rule))
                if let since = total.since { notePaths(since, rule.key) }
            case .inactivity(_, let events):
                let read = startPaths(of: rule)
                if let events {
                    notePaths(events, read)
                } else {
                    pathsOfAll.formUnion(read)
                    for index in eventNames.indices { note(read, event: index) }
                    for path in read { place(path) }
                }
            }
        }
    }

    private mutating func notePaths(_ reference: EventReference, _ paths: [PropertyPath]) {
        for match in reference.alternatives {
            note(paths + (match.condition.map(Self.paths) ?? []), event: eventPlace[match.name]!)
        }
    }

    private mutating func note(_ paths: [PropertyPath], event: Int) {
        for path in paths {
            pathsOfEvent[event].insert(path)
            place(path)
        }
    }

    private mutating func gatherZonePaths() {
        for index in eventNames.indices { note([ZoneProgram.contextPath], event: index) }
        note([ZoneProgram.traitPath], event: eventPlace[ZoneProgram.traitEvent]!)
        guard sources.contains(where: { Self.isOfAllEvents($0.rule) }) else { return }
        pathsOfAll.insert(ZoneProgram.contextPath)
    }

    /// nil where no rule asks for zones.
    func zoneProgram(default name: String) -> ZoneProgram? {
        guard readsZones, let zone = ZoneTable.standard.zone(named: name) else { return nil }
        return ZoneProgram(
            defaultZone: zone, contextSlot: pathPlace[ZoneProgram.contextPath]!,
            traitSlot: pathPlace[ZoneProgram.traitPath]!, traitEvent: Int32(eventPlace[ZoneProgram.traitEvent]!),
            namedCount: Int32(namedCount), readsOwn: !ownActions.isEmpty)
    }

    private mutating func place(_ path: PropertyPath) {
        if pathPlace[path] != nil { return }
        pathPlace[path] = paths.count
        paths.append(path)
    }

    private func registryKeys() -> [ContentHash] {
        foldSources.map { Registry.key("fold", $0.version) }
            + sources.flatMap { [Registry.key("rule", $0.rule.id), Registry.key("version", $0.rule.version)] }
            + seenNames.map { Registry.key("event", $0) } + sources.flatMap { Self.memoryKeys(of: $0.rule) }
    }

    // MARK: compiling

    private mutating func compile(_ registry: Registry) {
        events = eventNames.map { name in
            EventActions(seenNumber: seenNames.contains(name) ? registry.numbers[Registry.key("event", name)] : nil)
        }
        for (index, fold) in foldSources.enumerated() { compile(fold, index, registry) }
        var start = 0
        while start < sources.count {
            var end = start + 1
            while end < sources.count, sources[end].rule.id == sources[start].rule.id { end += 1 }
            for index in start..<end {
                rules.append(
                    compile(
                        sources[index].rule, isCurrent: sources[index].isCurrent, start..<end, sources[index].ruleSet,
                        registry))
            }
            for index in start..<end { compileActions(index, siblings: start..<end) }
            start = end
        }
        for action in events.flatMap(\.rules) + ownActions { action.finish() }
    }

    private mutating func compile(_ fold: Fold, _ index: Int, _ registry: Registry) {
        foldPrograms.append(
            FoldProgram(
                kind: Self.kind(of: fold.kind), number: registry.numbers[Registry.key("fold", fold.version)]!,
                window: fold.window,
                hasSince: fold.since != nil, itemsPlace: itemsPlace(fold), outermostSlot: outermostSlot(fold)))
        let slot = fold.kind.path.map { pathPlace[$0]! } ?? -1
        // A fold's conditions may read folds of the set it came from; all of one set here share names.
        let ruleSet = sources.first { source in source.ruleSet.folds.contains { $0.version == fold.version } }?.ruleSet
        for match in fold.of?.alternatives ?? [] {
            let filter = match.condition.map { condition($0, ruleSet) }
            update(fold: index, event: match.name, slot: slot) { [memory] in $0.feeds = $0.feeds.adding(filter, memory)
            }
        }
        for match in fold.remove?.alternatives ?? [] {
            let filter = match.condition.map { condition($0, ruleSet) }
            update(fold: index, event: match.name, slot: slot) { [memory] in
                $0.removes = $0.removes.adding(filter, memory)
            }
        }
        for match in fold.since?.alternatives ?? [] {
            let filter = match.condition.map { condition($0, ruleSet) }
            update(fold: index, event: match.name, slot: slot) { [memory] in
                $0.empties = $0.empties.adding(filter, memory)
            }
        }
    }

    private mutating func update(fold: Int, event: String, slot: Int, _ change: (FoldAction) -> Void) {
        let event = eventPlace[event]!
        if let place = events[event].folds.firstIndex(where: { $0.fold == fold }) {
            change(events[event].folds[place])
        } else {
            let action = FoldAction(fold: fold, slot: slot)
            change(action)
            events[event].folds.append(action)
        }
    }

    private func compile(
        _ rule: Rule, isCurrent: Bool, _ siblings: Range<Int>, _ ruleSet: RuleSet, _ registry: Registry
    ) -> RuleProgram {
        RuleProgram(
            rule: rule, kind: kind(of: rule.trigger), memory: memory(of: rule, registry), isCurrent: isCurrent,
            idNumber: registry.numbers[Registry.key("rule", rule.id)]!,
            versionNumber: registry.numbers[Registry.key("version", rule.version)]!,
            siblings: siblings, keySlots: rule.key.map { pathPlace[$0]! },
            condition: rule.condition.map { condition($0, ruleSet, collect: rule.collect, key: rule.key) },
            data: rule.data.map {
                (DecisionText.member($0.name), condition($0.expression, ruleSet, collect: rule.collect, key: rule.key))
            },
            collect: rule.collect.map(compile), isWatched: rule.exit != nil || rule.goal != nil,
            identityJSON: DecisionText.identity(rule), deliveryJSON: DecisionText.delivery(rule),
            reasonJSON: DecisionText.string(rule.reason), idBytes: Array(rule.id.utf8),
            keyNames: rule.key.map { DecisionText.member($0.names.joined(separator: ".")) })
    }

    private func compile(_ fold: Fold) -> CollectProgram {
        CollectProgram(kind: Self.kind(of: fold.kind), slot: fold.kind.path.map { pathPlace[$0]! } ?? -1)
    }

    private func condition(
        _ expression: Expression, _ ruleSet: RuleSet?, collect: [Fold] = [], key: [PropertyPath] = []
    )
        -> Condition
    {
        var folds: [FoldRead] = []
        var seen: [Int] = []
        let code = expression.compiled { variable in
            switch variable {
            case .property(let path):
                return pathPlace[path]!
            case .eventName: return layout.eventName
            case .eventTime: return layout.eventTime
            case .now: return layout.now
            case .fold:
                let read = foldRead(variable, ruleSet!, key: key)
                folds.append(read)
                return read.slot
            case .trait(let path):
                let read = traitRead(path)
                folds.append(read)
                return read.slot
            case .instance(let name): return layout.instance(collect.firstIndex { $0.name == name }!)
            case .idle(let name):
                let place = seenNames.firstIndex(of: name)!
                seen.append(place)
                return layout.seen(place)
            case .binding: preconditionFailure("rules have no free variables")
            }
        }
        return Condition(code: code, folds: folds, seen: seen, memory: memory)
    }

    private mutating func compileActions(_ index: Int, siblings: Range<Int>) {
        let rule = sources[index].rule
        let ruleSet = sources[index].ruleSet
        let isCurrent = rules[index].isCurrent
        func add(_ reference: EventReference?, _ change: (RuleAction, Condition?) -> Void) {
            for match in reference?.alternatives ?? [] {
                let filter = match.condition.map { condition($0, ruleSet, key: rule.key) }
                let event = eventPlace[match.name]!
                let place =
                    events[event].rules.firstIndex { $0.rule == index }
                    ?? {
                        events[event].rules.append(
                            RuleAction(
                                rule: index, siblings: siblings, countsByItself: rule.trigger.countsByItself,
                                keySlots: rules[index].keySlots))
                        return events[event].rules.count - 1
                    }()
                change(events[event].rules[place], filter)
            }
        }
        switch rule.trigger {
        case .absence(let absence) where absence.isRemembered:
            for (place, reference) in absence.absent.enumerated() {
                add(reference) { $0.absent.add($1, at: place, of: absence.absent.count, memory) }
            }
            add(absence.since) { $0.marks = $0.marks.adding($1, memory) }
        case .absence(let absence): add(absence.absent[0]) { $0.cancels = $0.cancels.adding($1, memory) }
        case .sequence(let sequence): add(sequence.not) { $0.cancels = $0.cancels.adding($1, memory) }
        case .count(let count): add(count.not) { $0.cancels = $0.cancels.adding($1, memory) }
        case .total(let total): add(total.since) { $0.cancels = $0.cancels.adding($1, memory) }
        case .event, .inactivity: break
        }
        add(rule.exit) { $0.exits = $0.exits.adding($1, memory) }
        guard isCurrent else { return }
        add(rule.goal?.event) { $0.converts = $0.converts.adding($1, memory) }
        switch rule.trigger {
        case .event(let reference), .inactivity(_, let reference?):
            add(reference) { $0.starts = $0.starts.adding($1, memory) }
        case .absence(let absence): add(absence.start) { $0.starts = $0.starts.adding($1, memory) }
        case .count(let count): add(count.event) { $0.starts = $0.starts.adding($1, memory) }
        case .total(let total): add(total.of) { $0.starts = $0.starts.adding($1, memory) }
        case .sequence(let sequence):
            for (stage, reference) in sequence.stages.enumerated() {
                add(reference) { $0.stages.add($1, at: stage, of: sequence.stages.count, memory) }
            }
        case .inactivity(_, nil):
            ownActions.append(
                RuleAction(rule: index, siblings: siblings, starts: .always, keySlots: rules[index].keySlots))
        }
    }

    var eventPrograms: [EventProgram] {
        events.map {
            EventProgram(
                folds: memory.place($0.folds), ends: memory.place($0.rules.filter(\.ends)),
                starts: memory.place($0.rules.filter(\.startsInstances)), seenNumber: $0.seenNumber)
        }
    }

    /// The catalog of the names and fields gathered.
    func catalog() -> EventCatalog {
        EventCatalog(
            names: eventNames, aliases: AliasPack.standard.aliases(of: eventNames), fields: fieldPlans,
            otherFields: otherFieldPlans,
            slotCount: layout.fieldCount, readsChannel: !ownActions.isEmpty)
    }

    /// Slots behind those of the paths hold what a derived value is made of.
    private mutating func planFields() {
        var slotCount = paths.count
        for (event, wanted) in pathsOfEvent.enumerated() {
            var plans: [FieldPlan] = []
            for path in wanted.sorted(by: { pathPlace[$0]! < pathPlace[$1]! }) {
                plans += AliasPack.standard.fieldPlans(
                    event: eventNames[event], path: path, slot: pathPlace[path]!, nextHidden: &slotCount)
            }
            fieldPlans.append(plans)
        }
        otherFieldPlans = paths.filter(pathsOfAll.contains).map {
            FieldPlan(slot: pathPlace[$0]!, sources: [.path($0)])
        }
        layout.fieldCount = slotCount
    }
}
