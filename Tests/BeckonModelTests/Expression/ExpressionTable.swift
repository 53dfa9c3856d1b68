import BeckonModel

/// Evaluates one expression for named values.
struct ExpressionTable {
    var scope = ExpressionScope(
        moment: .event, folds: ["orders": .count, "spent": .sum(path("x")), "city": .last(path("x"))],
        collected: ["value": .sum(path("x")), "product": .last(path("x"))])
    var bindings: [Variable: Value] = [:]

    static func path(_ names: String...) -> PropertyPath { PropertyPath(root: .properties, names: names) }

    func read(_ text: String, as purpose: Expression.Purpose = .value) -> ExpressionReading {
        Expression.read(text, in: scope, as: purpose)
    }

    /// The value as text: JSON for what is there, else what is wrong with it.
    func result(_ text: String) -> String {
        let reading = read(text)
        guard let expression = reading.expression else {
            return reading.problems.map { "\($0.offset): \($0.message)" }.joined(separator: "\n")
        }
        let slots = expression.variables.map { bindings[$0] ?? .missing }
        let arena = ExpressionArena()
        return withExtendedLifetime(arena) {
            let code = expression.compiled({ expression.variables.firstIndex(of: $0) ?? 0 }, in: arena)
            var scratch = EvaluationScratch()
            return slots.withUnsafeBufferPointer { slots in
                let none = UnsafePointer<Value>(bitPattern: 16)
                guard let start = slots.baseAddress ?? none else { return "" }
                return described(code.evaluate(start, scratch: &scratch))
            }
        }
    }

    private func described(_ value: Value) -> String {
        switch value {
        case .missing: return "missing"
        case .failed(let error): return "failed \(error.reason)"
        default:
            var writer = JSONWriter()
            writer.append(value)
            return String(decoding: writer.bytes, as: UTF8.self)
        }
    }
}
