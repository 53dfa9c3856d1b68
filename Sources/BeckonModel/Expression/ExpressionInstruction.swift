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
        /// `right` temporaries from `left` become a list.
        case list
        case index
        case size, startsWith, endsWith, contains, int, uint, double, string, duration, timestamp
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
    let left: Int32
    var right: Int32
    /// A temporary.
    let target: Int32

    init(_ operation: Operation, _ left: Operand, _ right: Operand, target: Int32) {
        self.operation = operation
        (leftSpace, self.left) = (left.space, left.index)
        (rightSpace, self.right) = (right.space, right.index)
        self.target = target
    }
}
