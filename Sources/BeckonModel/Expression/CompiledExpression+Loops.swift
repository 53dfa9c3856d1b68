/// Macros go over the elements of a list or the keys of a map.
extension CompiledExpression {
    /// Begins a loop, or gathers what it gives; false when the target holds a failure, to go on at the instruction's
    /// `right`.
    @inline(never)
    static func iterate(
        _ instruction: ExpressionInstruction, _ left: UnsafePointer<Value>, _ target: UnsafeMutablePointer<Value>,
        scratch: inout EvaluationScratch
    ) -> Bool {
        switch instruction.operation {
        case .begin:
            target.pointee = left.pointee.isAbsent ? left.pointee : left.pointee.opened(&scratch)
            target[1] = .int(0)
            switch target.pointee {
            case .list, .map: return true
            default:
                target.pointee = target.pointee.orFailed
                return false
            }
        case .collect:
            guard let start = scratch.reserveValues(left.pointee.elementsCount) else {
                target.pointee = .failed(.memoryExceeded)
                return false
            }
            target.pointee = .list(ValueList(start: start, count: 0))
            return true
        default:
            guard !left.pointee.isAbsent, case .list(let list) = target.pointee, let start = list.start else {
                target.pointee = left.pointee
                return false
            }
            // The memory was reserved for this list by `collect`, and nothing else looks at its end.
            UnsafeMutablePointer(mutating: start)[list.count] = left.pointee
            target.pointee = .list(ValueList(start: start, count: list.count + 1))
            return true
        }
    }

    /// false after the last element.
    @inline(never)
    static func next(_ iterator: UnsafePointer<Value>, _ target: UnsafeMutablePointer<Value>) -> Bool {
        guard case .int(let index) = iterator[1] else { preconditionFailure("an iterator has a position") }
        guard index < iterator.pointee.elementsCount else { return false }
        switch iterator.pointee {
        case .list(let list): target.pointee = list.values[Int(index)]
        case .map(let map): target.pointee = map.key(Int(index))
        default: preconditionFailure("only lists and maps are gone over")
        }
        UnsafeMutablePointer(mutating: iterator)[1] = .int(index + 1)
        return true
    }
}

extension Value {
    /// Of a list or map that is being gone over.
    fileprivate var elementsCount: Int {
        switch self {
        case .list(let list): list.count
        case .map(let map): map.count
        default: 0
        }
    }

    var isMissing: Bool { if case .missing = self { true } else { false } }
}
