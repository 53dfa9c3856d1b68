import BeckonModel

/// What one evaluation of a compiled condition costs.
enum ConditionCost {
    private static let evaluations = 5_000_000
    /// Different values in turn, so that nothing can be computed once for all.
    private static let rowsCount = 8

    static func measure() -> [EngineReport.Row] {
        [
            ("two numbers compared", "properties.price > properties.limit"),
            ("two texts compared", "properties.path == properties.title"),
            ("a text with a constant", "properties.path == \"/pricing\""),
            (
                "three comparisons",
                "properties.price > properties.limit && properties.price < 100.0 && properties.path != \"/\""
            ),
        ].map { title, text in EngineReport.Row(title: title, nanoseconds: nanoseconds(text)) }
    }

    private static func nanoseconds(_ text: String) -> Double {
        guard let expression = Expression.read(text, in: ExpressionScope(moment: .event), as: .condition).expression
        else { fatalError("\(text) is no condition") }
        let arena = ExpressionArena()
        return withExtendedLifetime(arena) {
            let code = expression.compiled({ expression.variables.firstIndex(of: $0) ?? 0 }, in: arena)
            let texts = BorrowedTexts(count: rowsCount * expression.variables.count)
            defer { texts.deallocate() }
            let slots = (0..<rowsCount).flatMap { row in
                expression.variables.map { slot(of: $0, row, texts) }
            }
            return best(code, slots, expression.variables.count)
        }
    }

    /// Of the rows, one in two has equal texts, and some have the larger price.
    private static func slot(of variable: Variable, _ row: Int, _ texts: BorrowedTexts) -> Value {
        switch variable {
        case .property(let path) where path.names == ["price"]: .double(Double(row) * 9 - 8)
        case .property(let path) where path.names == ["limit"]: .double(Double(row) * 7)
        case .property(let path) where path.names == ["title"] && row % 2 == 1: .string(texts.add("/product/4711"))
        default: .string(texts.add(row % 4 == 0 ? "/pricing" : "/product/471\(row)"))
        }
    }

    /// The best of five: others on the machine only ever add.
    private static func best(_ code: CompiledExpression, _ slots: [Value], _ width: Int) -> Double {
        var scratch = EvaluationScratch()
        var best = Double.infinity
        var trueCount = 0
        slots.withUnsafeBufferPointer { slots in
            for _ in 0..<5 {
                let start = processorSeconds()
                for number in 0..<evaluations {
                    let row = slots.baseAddress! + number % rowsCount * width
                    if code.isTrue(row, scratch: &scratch) { trueCount += 1 }
                }
                best = min(best, (processorSeconds() - start) * 1e9 / Double(evaluations))
            }
        }
        precondition(trueCount < 5 * evaluations, "a condition that is always true")
        return best
    }
}

/// Texts each in memory of its own, as in an event.
private final class BorrowedTexts {
    private var rest: UnsafeMutablePointer<UInt8>
    private let memory: UnsafeMutablePointer<UInt8>
    private static let bytesMax = 16

    init(count: Int) {
        memory = .allocate(capacity: count * Self.bytesMax)
        rest = memory
    }

    func deallocate() { memory.deallocate() }

    func add(_ text: String) -> Bytes {
        precondition(text.utf8.count <= Self.bytesMax)
        for (place, byte) in text.utf8.enumerated() { rest[place] = byte }
        defer { rest += Self.bytesMax }
        return Bytes(start: UnsafeRawPointer(rest), count: text.utf8.count)
    }
}
