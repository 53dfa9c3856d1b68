import BeckonModel

/// A version of a rule as the engine runs it: names are numbers, and what never changes is encoded already.
final class RuleProgram: Sendable {
    enum Kind: Sendable, Equatable {
        case event
        case absence(withinMs: Milliseconds, resetsOnEach: Bool)
        case inactivity(forMs: Milliseconds)
        case sequence(stageCount: Int, withinMs: Milliseconds)
        case count(CountProgram)
        /// Millionths; the row's slot of what is added.
        case total(reaches: Int64, slot: Int)
    }

    /// The registry's numbers of what a trigger remembers beyond its instances.
    struct Memory: Sendable {
        /// What a sequence, count or total has come to; 0 where the trigger is another.
        var progress: UInt32 = 0
        /// For an absence with `all` or `since`: the newest time of each absent event.
        var absent: [UInt32] = []
        /// The newest `since` of an absence; 0 without.
        var since: UInt32 = 0
    }

    let rule: Rule
    let kind: Kind
    let memory: Memory
    /// New instances start only under the current version.
    let isCurrent: Bool
    /// The rule's id in the registry; shared by its versions.
    let idNumber: UInt32
    /// The version's number in the registry.
    let versionNumber: UInt32
    /// The places of all versions of the rule in the program, the current one last.
    let siblings: Range<Int>
    /// The row's slots of the key's parts.
    let keySlots: [Int]
    let condition: Condition?
    /// Each name as JSON text with its colon.
    let data: [(name: [UInt8], value: Condition)]
    let collect: [CollectProgram]
    /// Whether an exit or a goal can recall or convert what has been written.
    let isWatched: Bool
    /// JSON text: from the rule's id to its version, and from the class to the content, and the reason.
    let identityJSON: [UInt8]
    let deliveryJSON: [UInt8]
    let reasonJSON: [UInt8]
    let idBytes: [UInt8]
    /// Of each part of the key, as JSON text with its colon.
    let keyNames: [[UInt8]]

    init(
        rule: Rule, kind: Kind, memory: Memory, isCurrent: Bool, idNumber: UInt32, versionNumber: UInt32,
        siblings: Range<Int>, keySlots: [Int], condition: Condition?,
        data: [(name: [UInt8], value: Condition)], collect: [CollectProgram], isWatched: Bool, identityJSON: [UInt8],
        deliveryJSON: [UInt8], reasonJSON: [UInt8], idBytes: [UInt8], keyNames: [[UInt8]]
    ) {
        self.rule = rule
        self.kind = kind
        self.memory = memory
        self.isCurrent = isCurrent
        self.idNumber = idNumber
        self.versionNumber = versionNumber
        self.siblings = siblings
        self.keySlots = keySlots
        self.condition = condition
        self.data = data
        self.collect = collect
        self.isWatched = isWatched
        self.identityJSON = identityJSON
        self.deliveryJSON = deliveryJSON
        self.reasonJSON = reasonJSON
        self.idBytes = idBytes
        self.keyNames = keyNames
        waitMs = rule.late.waitMs
        allowMs = rule.late.allowMs
        latenessMaxMs = rule.latenessMaxMs
        reentry = rule.reentry
        let hasNot =
            switch rule.trigger {
            case .sequence(let sequence): sequence.not != nil
            case .count(let count): count.not != nil
            default: false
            }
        let firesWithEvent =
            switch kind {
            case .event, .sequence, .count, .total: true
            case .absence, .inactivity: false
            }
        readsItems = condition?.readsItems ?? false || data.contains { $0.value.readsItems }
        remembersFirings = !firesWithEvent || isWatched || hasNot || rule.reentry != .always
    }

    /// Whether `if` or `data` read a collection of items.
    let readsItems: Bool
    /// False where nothing can refer to a firing again.
    let remembersFirings: Bool
    /// An absence with `all` or `since`.
    var remembersAbsent: Bool { !memory.absent.isEmpty }

    /// How long a timer of this version waits beyond its due time for events out of order.
    let waitMs: Milliseconds
    let allowMs: Milliseconds
    let latenessMaxMs: Milliseconds?
    let reentry: Reentry

    /// The due time of an instance.
    func dueMs(firstMs: Milliseconds, lastMs: Milliseconds) -> Milliseconds {
        switch kind {
        case .event, .sequence, .count, .total: lastMs
        case .absence(let withinMs, let resetsOnEach): (resetsOnEach ? lastMs : firstMs) + withinMs
        case .inactivity(let forMs): lastMs + forMs
        }
    }
}

/// The `count` trigger.
struct CountProgram: Sendable, Equatable {
    enum Distinct: Sendable { case none, values, session }

    let atLeast: Int
    let window: Window
    let distinct: Distinct
    /// The row's slot of the value or the session; −1 where every event counts.
    let slot: Int

    /// How many entries settle whether the number is reached: the newest ones. A session may still go on when it is no longer
    /// among these; so some more are remembered.
    var entriesMax: Int { distinct == .session ? atLeast + 25 : atLeast }
}

/// A fold of the running instance.
struct CollectProgram: Sendable {
    let kind: FoldProgram.Kind
    /// The row's slot of the property; −1 for `count`.
    let slot: Int
}

/// What an event of one name may do to one rule.
///
/// Safety of `@unchecked Sendable`: only `ProgramBuilder` changes it, before anyone else sees it.
final class RuleAction: @unchecked Sendable {
    /// The version whose instances it cancels and ends.
    let rule: Int
    /// All versions of the rule in the program, the current one last.
    let siblings: Range<Int>
    var cancels: EventFilter = .never
    var exits: EventFilter = .never
    var converts: EventFilter = .never
    var starts: EventFilter = .never
    /// By stage of a sequence.
    var stages: [EventFilter] = []
    /// By place among the absent events, for an absence with `all` or `since`.
    var absent: [EventFilter] = []
    /// `since` of such an absence.
    var marks: EventFilter = .never
    let keySlots: [Int]

    init(rule: Int, siblings: Range<Int>, starts: EventFilter = .never, countsByItself: Bool = false, keySlots: [Int]) {
        self.rule = rule
        self.siblings = siblings
        self.starts = starts
        self.countsByItself = countsByItself
        self.keySlots = keySlots
    }

    /// To be called when all its filters are set.
    func finish() {
        startsInstances = isCurrent && (!starts.isNever || !stages.isEmpty)
        remembersAbsent = !absent.isEmpty || !marks.isNever
        ends = !cancels.isNever || !exits.isNever || !converts.isNever || remembersAbsent
    }

    /// The current version starts instances, and acts on what any version has fired.
    var isCurrent: Bool { rule == siblings.upperBound - 1 }
    private(set) var startsInstances = false
    private(set) var ends = false
    private(set) var remembersAbsent = false
    /// Of a sequence, count or total.
    let countsByItself: Bool
}

/// A version of a fold as the engine runs it.
struct FoldProgram: Sendable {
    enum Kind: Sendable { case count, sum, last, first, min, max, avg, distinct, items, trait, traits }

    let kind: Kind
    /// The version's number in the registry.
    let number: UInt32
    let window: Window?
    let hasSince: Bool
    /// Of a collection of items: its place in the program; −1 for other folds. A place, so that a copy of this counts no
    /// references.
    var itemsPlace = -1
    /// Of a trait inside another: the row's slot of that; −1 for the rest.
    var outermostSlot = -1
}

/// What an event of one name does to one fold.
///
/// Safety of `@unchecked Sendable`: as for `RuleAction`.
final class FoldAction: @unchecked Sendable {
    let fold: Int
    var feeds: EventFilter = .never
    var empties: EventFilter = .never
    /// Of a collection of items: takes one away.
    var removes: EventFilter = .never
    /// The row's slot of the property; −1 for `count`.
    let slot: Int

    init(fold: Int, slot: Int) {
        self.fold = fold
        self.slot = slot
    }
}

/// All that an event of one name does; of rules in the order of their ids.
struct EventProgram: Sendable {
    let folds: FixedReferences<FoldAction>
    /// What cancels, ends, recalls and converts.
    let ends: FixedReferences<RuleAction>
    /// What starts instances and moves them.
    let starts: FixedReferences<RuleAction>
    /// The number under which its last time is kept for `idle()`; nil where no rule asks.
    let seenNumber: UInt32?
}
