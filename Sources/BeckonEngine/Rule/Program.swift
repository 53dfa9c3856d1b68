import BeckonModel

/// A rule set made ready to run, with the older versions of rules that still have running instances. Immutable.
///
/// Safety of `@unchecked Sendable`: its lists never change.
final class Program: @unchecked Sendable {
    let catalog: EventCatalog
    let rules: FixedReferences<RuleProgram>
    let folds: UnsafeBufferPointer<FoldProgram>
    /// Collections of items, by `FoldProgram.itemsPlace`.
    let items: [ItemProgram]
    /// By event number.
    let events: UnsafeBufferPointer<EventProgram>
    /// Rules on the person's own events of every name (`inactive` without `events`).
    let ownActions: FixedReferences<RuleAction>
    /// The registry's numbers of the events that `idle()` reads, by place.
    let seenNumbers: [UInt32]
    let layout: RowLayout
    /// nil where no rule and no fold goes by the calendar.
    let zones: ZoneProgram?
    /// The longest `late.wait`, by which a timer may be indexed behind its due time.
    let waitMsMax: Milliseconds
    /// The longest `late.allow`.
    let allowMsMax: Milliseconds
    /// The registry's numbers of `rules`, by place.
    let versionNumbers: [UInt32]
    /// From a version's number to its place among `rules`.
    let ruleOfVersion: NumberTable
    private let memory: ProgramMemory

    /// - Parameter pinned: older versions, each with the rule set it came from.
    init(ruleSet: RuleSet, pinned: [(rule: Rule, ruleSet: RuleSet)], registry: inout Registry) {
        var builder = ProgramBuilder(ruleSet: ruleSet, pinned: pinned)
        builder.build(&registry)
        catalog = builder.catalog()
        memory = builder.memory
        rules = memory.place(builder.rules)
        folds = memory.place(builder.foldPrograms)
        items = builder.itemPrograms
        events = memory.place(builder.eventPrograms)
        ownActions = memory.place(builder.ownActions)
        seenNumbers = builder.seenNames.map { registry.numbers[Registry.key("event", $0)]! }
        layout = builder.layout
        zones = builder.zoneProgram(default: ruleSet.defaultZone)
        waitMsMax = builder.rules.map(\.waitMs).max() ?? 0
        allowMsMax = builder.rules.map(\.allowMs).max() ?? 0
        versionNumbers = builder.rules.map(\.versionNumber)
        ruleOfVersion = NumberTable(versionNumbers)
    }
}

/// Where a row of values holds what: fields of the event first, as the catalog numbers them.
struct RowLayout: Sendable {
    var fieldCount = 0
    var foldCount = 0
    var instanceCount = 0
    var seenCount = 0

    var eventName: Int { fieldCount }
    var eventTime: Int { fieldCount + 1 }
    var now: Int { fieldCount + 2 }
    func fold(_ index: Int) -> Int { fieldCount + 3 + index }
    func instance(_ index: Int) -> Int { fieldCount + 3 + foldCount + index }
    func seen(_ index: Int) -> Int { fieldCount + 3 + foldCount + instanceCount + index }
    var width: Int { fieldCount + 3 + foldCount + instanceCount + seenCount }
}
