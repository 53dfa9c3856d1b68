/// One step of compiled code: 16 bytes, trivial.
struct ExpressionInstruction {
    enum Operation: UInt8 {
        case load, has, not, negate
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, contained
        case add, subtract, multiply, divide, remainder
        case and, or
        /// `right` is the instruction to go on with.
        case jump, jumpIfFalse, jumpIfTrue
        /// true goes on, false goes to `right`; anything else is the result, and the code before `right` leaves.
        case branch
        /// `right` temporaries from `left` become a list, or the keys and values of a map.
        case list, map
        case index, member, hasMember
        /// A function of one operand, and of two.
        case call, callWith
        /// `right` is the number of the pattern.
        case match
        /// What is in `left`, opened, goes to `target`, and position 0 behind it; without elements to go over, to `right`.
        case begin
        /// The next element of what is in `left` goes to `target`; after the last one to `right`.
        case next
        /// An empty list for as many elements as what is in `left` has.
        case collect
        /// `left` goes to the end of the list in `target`; if it is absent, it becomes the result, and to `right`.
        case append
    }

    /// Where an operand lies.
    enum Space: UInt8 { case slots, constants, temporaries }

    struct Operand: Equatable {
        var space: Space
        var index: Int32
    }

    let operation: Operation
    let leftSpace: Space
    let rightSpace: Space
    /// Which one is called.
    let function: ExpressionFunction
    let left: Int32
    var right: Int32
    /// A temporary.
    let target: Int32

    init(
        _ operation: Operation, _ left: Operand, _ right: Operand, target: Int32, function: ExpressionFunction = .dyn
    ) {
        self.operation = operation
        self.function = function
        (leftSpace, self.left) = (left.space, left.index)
        (rightSpace, self.right) = (right.space, right.index)
        self.target = target
    }
}
