import BeckonModel

/// A compiled expression with what must be put into the row before it is evaluated. A class, as all that the hot path
/// hands on by reference: a copy of a structure counts the references of each of its arrays.
///
/// Safety of `@unchecked Sendable`: its lists never change.
final class Condition: @unchecked Sendable {
    let code: CompiledExpression
    let folds: UnsafeBufferPointer<FoldRead>
    /// `idle()`: places among the program's seen events.
    let seen: UnsafeBufferPointer<Int>
    let readsItems: Bool

    init(code: CompiledExpression, folds: [FoldRead], seen: [Int], memory: ProgramMemory) {
        self.code = code
        self.folds = memory.place(folds)
        self.seen = memory.place(seen)
        readsItems = folds.contains { $0.member != nil }
    }
}

/// A fold, or a member of one, that an expression reads.
struct FoldRead: Sendable, BitwiseCopyable {
    /// Its place in the program.
    let fold: Int
    /// Of the row.
    let slot: Int
    var member: ItemCollection.Member?
    /// Of a collection: the row's slot of the key under which a rule sees one; −1 where it sees the one that changed last.
    var keySlot = -1
}

/// When an event of one name counts for one purpose: one of the alternatives must be true.
enum EventFilter: Sendable {
    case never, always
    case anyOf(FixedReferences<Condition>)

    var isNever: Bool { if case .never = self { true } else { false } }

    /// As it stands when one more alternative of a reference is added.
    func adding(_ condition: Condition?, _ memory: ProgramMemory) -> EventFilter {
        guard let condition else { return .always }
        switch self {
        case .never: return .anyOf(memory.place([condition]))
        case .always: return .always
        case .anyOf(let conditions): return .anyOf(memory.place(conditions.all + [condition]))
        }
    }
}
