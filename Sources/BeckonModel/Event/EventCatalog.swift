import CXXHash

/// The events that a program of rules knows: their names and aliases, and which of their fields it reads.
/// Immutable once built; shared by everyone who decodes.
public final class EventCatalog: @unchecked Sendable {  // written by init only
    /// A field's way into a row of values: one name of a path. The nodes of a level stand side by side.
    struct Node {
        let name: UnsafePointer<UInt8>
        let nameCount: Int
        /// −1 where only what lies deeper is read.
        let slot: Int
        /// Of the sources of one slot the one with the smallest rank wins.
        let rank: UInt8
        var children: Range<Int> = 0..<0
    }

    struct Plan {
        var properties = 0..<0
        var context = 0..<0
        var traits = 0..<0
        /// The slots that this event may fill, to be emptied before: a range of `slotNumbers`.
        var slots = 0..<0
        /// Those of them that are no mere ingredient of a derivation.
        var readSlots: [Int] = []
        /// A range of the catalog's `derivations`: a list in here would be counted for each event.
        var derivations = 0..<0
        /// Read last: they take in what other slots hold.
        var wholes: [WholeField] = []
    }

    /// Canonical names, by event number.
    public let names: [String]
    /// How many values a row has for fields. What the owner adds to a row comes behind.
    public let slotCount: Int
    /// Whether `context.channel` is read of every event.
    let readsChannel: Bool

    let nodes: UnsafeMutablePointer<Node>
    /// By event number; the last is that of events that no rule names.
    let plans: UnsafeMutablePointer<Plan>
    let slotNumbers: UnsafeMutablePointer<Int>
    let derivations: UnsafeMutablePointer<(slot: Int, derivation: FieldSource.Derivation)>
    private let nodeCount: Int
    private let nameTexts: UnsafeMutablePointer<Bytes>
    private let text: UnsafeMutablePointer<UInt8>
    private let table: UnsafeMutablePointer<Entry>
    private let tableMask: Int

    private struct Entry {
        var name: UnsafePointer<UInt8>?
        var nameCount = 0
        var event: Int32 = -1
    }

    /// - Parameters:
    ///   - fields: for each event (by its number) the slots it fills, each from sources in the order of preference.
    ///   - otherFields: the same for events that no rule names.
    ///   - aliases: other names of the events, by number.
    public init(
        names: [String], aliases: [(name: String, event: Int)], fields: [[FieldPlan]], otherFields: [FieldPlan] = [],
        slotCount: Int, readsChannel: Bool
    ) {
        precondition(names.count == fields.count)
        self.names = names
        self.slotCount = slotCount
        self.readsChannel = readsChannel
        var builder = CatalogBuilder()
        var plans = (fields + [otherFields]).map { builder.plan(of: $0) }
        let labelled = names.enumerated().map { (name: $1, event: $0) } + aliases
        let labels = labelled.map {
            (place: builder.place(of: Array($0.name.utf8)), count: $0.name.utf8.count, event: $0.event)
        }

        text = .allocate(capacity: builder.text.count + 1)
        text.initialize(from: builder.text, count: builder.text.count)
        slotNumbers = .allocate(capacity: builder.slots.count + 1)
        slotNumbers.initialize(from: builder.slots, count: builder.slots.count)
        derivations = .allocate(capacity: builder.derivations.count + 1)
        derivations.initialize(from: builder.derivations, count: builder.derivations.count)
        nodeCount = builder.nodes.count
        nodes = .allocate(capacity: nodeCount + 1)
        for (index, node) in builder.nodes.enumerated() {
            (nodes + index).initialize(
                to: Node(
                    name: UnsafePointer(text + node.namePlace), nameCount: node.nameCount, slot: node.slot,
                    rank: node.rank,
                    children: node.children))
        }
        self.plans = .allocate(capacity: plans.count + 1)
        for index in plans.indices { (self.plans + index).initialize(to: plans[index]) }
        plans.removeAll()
        nameTexts = .allocate(capacity: names.count + 1)
        for (event, label) in labels.prefix(names.count).enumerated() {
            (nameTexts + event).initialize(to: Bytes(start: UnsafeRawPointer(text + label.place), count: label.count))
        }

        var size = 16
        while size < labels.count * 2 { size *= 2 }
        tableMask = size - 1
        table = .allocate(capacity: size)
        table.initialize(repeating: Entry(), count: size)
        for label in labels {
            let name = UnsafePointer(text + label.place)
            var slot = Int(truncatingIfNeeded: beckon_hash64(name, label.count, 0)) & tableMask
            while table[slot].name != nil { slot = (slot + 1) & tableMask }
            table[slot] = Entry(name: name, nameCount: label.count, event: Int32(label.event))
        }
    }

    deinit {
        plans.deinitialize(count: names.count + 1)
        plans.deallocate()
        nodes.deallocate()
        slotNumbers.deallocate()
        derivations.deallocate()
        nameTexts.deallocate()
        text.deallocate()
        table.deallocate()
    }

    /// The number of the event of that name or alias, −1 where no rule names it.
    public func event(named name: Bytes) -> Int32 {
        var slot = Int(truncatingIfNeeded: beckon_hash64(name.start, name.count, 0)) & tableMask
        while let known = table[slot].name {
            if table[slot].nameCount == name.count, equalBytes(known, name.start, name.count) {
                return table[slot].event
            }
            slot = (slot + 1) & tableMask
        }
        return -1
    }

    /// The canonical name of an event, for as long as the catalog lives.
    @inline(__always)
    public func nameBytes(_ event: Int32) -> Bytes { nameTexts[Int(event)] }

    public func event(named name: String) -> Int32 {
        Array(name.utf8).withUnsafeBytes {
            event(named: Bytes(start: $0.baseAddress ?? UnsafeRawPointer(text), count: $0.count))
        }
    }
}

/// A slot of the row and where an event of one name may hold its value.
public struct FieldPlan: Sendable {
    public let slot: Int
    public let sources: [FieldSource]

    public init(slot: Int, sources: [FieldSource]) {
        self.slot = slot
        self.sources = sources
    }
}

public enum FieldSource: Sendable {
    case path(PropertyPath)
    /// Where no path had a value.
    case derived(Derivation)
    /// All of the object, and what it holds by other names: rules' names with the slots they are read to.
    case whole(PropertyPath.Root, mapped: [(name: String, slot: Int)])

    public enum Derivation: Sendable {
        /// The path part of the URL in another slot.
        case urlPath(of: Int)
        /// The product of two other slots; the second counts as 1 where it is missing.
        case product(Int, Int)

        var sources: [Int] {
            switch self {
            case .urlPath(let source): [source]
            case .product(let left, let right): [left, right]
            }
        }
    }
}

/// Lays out nodes level by level.
private struct CatalogBuilder {
    struct Node {
        let namePlace: Int
        let nameCount: Int
        let slot: Int
        let rank: UInt8
        var children: Range<Int>
    }

    private struct Tree {
        var leaves: [(slot: Int, rank: UInt8)] = []
        var children: [(name: String, tree: Tree)] = []

        mutating func insert(_ names: ArraySlice<String>, slot: Int, rank: UInt8) {
            guard let name = names.first else { return leaves.append((slot, rank)) }
            let index =
                children.firstIndex { $0.name == name }
                ?? {
                    children.append((name, Tree()))
                    return children.count - 1
                }()
            children[index].tree.insert(names.dropFirst(), slot: slot, rank: rank)
        }
    }

    var text: [UInt8] = []
    var nodes: [Node] = []
    var slots: [Int] = []
    var derivations: [(slot: Int, derivation: FieldSource.Derivation)] = []

    mutating func place(of name: [UInt8]) -> Int {
        defer { text += name }
        return text.count
    }

    mutating func plan(of fields: [FieldPlan]) -> EventCatalog.Plan {
        var trees: [PropertyPath.Root: Tree] = [:]
        var plan = EventCatalog.Plan()
        let firstDerivation = derivations.count
        for field in fields {
            for (rank, source) in field.sources.enumerated() {
                switch source {
                case .path(let path):
                    trees[path.root, default: Tree()].insert(
                        path.names[...], slot: field.slot, rank: UInt8(min(rank, 254)))
                case .derived(let derivation): derivations.append((field.slot, derivation))
                case .whole(let root, let mapped):
                    let named = mapped.map { (JSONText.member($0.name), $0.slot) }
                    plan.wholes.append(WholeField(slot: field.slot, root: root, mapped: named))
                }
            }
        }
        plan.derivations = firstDerivation..<derivations.count
        let ingredients = derivations[plan.derivations].flatMap { $0.derivation.sources }
        plan.slots = slots.count..<slots.count + fields.count
        slots += fields.map(\.slot)
        plan.readSlots = fields.map(\.slot).filter { !ingredients.contains($0) }
        plan.properties = layOut(trees[.properties])
        plan.context = layOut(trees[.context])
        plan.traits = layOut(trees[.traits])
        return plan
    }

    /// A name that fills several slots stands several times.
    private mutating func layOut(_ tree: Tree?) -> Range<Int> {
        guard let tree else { return 0..<0 }
        let start = nodes.count
        var inner: [(node: Int, tree: Tree)] = []
        for (name, child) in tree.children {
            let bytes = Array(name.utf8)
            let namePlace = place(of: bytes)
            if !child.children.isEmpty { inner.append((nodes.count, child)) }
            let leaves = child.leaves.isEmpty ? [(slot: -1, rank: UInt8(255))] : child.leaves
            for leaf in leaves {
                nodes.append(
                    Node(
                        namePlace: namePlace, nameCount: bytes.count, slot: leaf.slot, rank: leaf.rank, children: 0..<0)
                )
            }
        }
        let end = nodes.count
        for (node, child) in inner { nodes[node].children = layOut(child) }
        return start..<end
    }
}

@inline(__always)
func equalBytes(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ count: Int) -> Bool {
    var at = 0
    while at + 8 <= count {
        if left.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            != right.loadUnaligned(fromByteOffset: at, as: UInt64.self)
        {
            return false
        }
        at += 8
    }
    if at == count { return true }
    if count >= 8 {
        return left.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
            == right.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
    }
    while at < count {
        if left.load(fromByteOffset: at, as: UInt8.self) != right.load(fromByteOffset: at, as: UInt8.self) {
            return false
        }
        at += 1
    }
    return true
}
