import BeckonModel

/// CEL: what the check accepts compiles, and evaluates within its bounds to a value or to words, twice the same.
final class ExpressionFuzz {
    nonisolated(unsafe) static let shared = ExpressionFuzz()

    private static let limits = EvaluationLimits(steps: 1 << 14, bytes: 1 << 18)
    private static let bindings = Array(
        #"{"x":1,"y":-2.5,"s":"héllo","t":"2024-02-29T12:00:00Z","l":[1,"a",null,{"k":[]}],"m":{"a":{"b":1}},"b":true}"#
            .utf8)
    private static let folds: [String: FoldKind] = {
        let path = PropertyPath(root: .properties, names: ["price"])
        return ["orders": .count, "spent": .sum(path), "newest": .last(path)]
    }()

    private var trial = ExpressionTrial(limits: limits)
    private var scratch = EvaluationScratch(limits: limits)

    func run(_ input: UnsafeRawBufferPointer) {
        let parts = twoParts(input)
        let text = String(decoding: parts?.rest ?? input, as: UTF8.self)
        let bindings = parts.map { Array($0.line) } ?? Self.bindings
        tryFreely(text, bindings)
        for moment in [ExpressionScope.Moment.event, .time] {
            let scope = ExpressionScope(moment: moment, folds: Self.folds, collected: Self.folds)
            for purpose in [Expression.Purpose.condition, .value] { useInRule(text, scope, purpose) }
        }
    }

    private func tryFreely(_ text: String, _ bindings: [UInt8]) {
        let answers = (0..<2).map { _ in bindings.withUnsafeBytes { trial.evaluate(text, container: "", over: $0) } }
        expect(answers[0] == answers[1], "twice, and not the same: \(answers)")
        switch answers[0] {
        case .value(let json): expect(JSONValue.read(json) != nil, "no JSON: \(String(decoding: json, as: UTF8.self))")
        case .error(let message, let offset):
            expect(!message.isEmpty, "no words")
            expect(offset.map { $0 >= 0 && $0 <= text.utf8.count } ?? true, "no such place: \(message)")
        }
    }

    private func useInRule(_ text: String, _ scope: ExpressionScope, _ purpose: Expression.Purpose) {
        let reading = Expression.read(text, in: scope, as: purpose)
        for problem in reading.problems {
            expect(!problem.message.isEmpty, "no words")
            expect(problem.offset >= 0 && problem.offset <= text.utf8.count, "no such place: \(problem)")
        }
        expect((reading.expression == nil) == !reading.problems.isEmpty, "an expression and its problems")
        guard let expression = reading.expression else { return }
        let arena = ExpressionArena()
        withExtendedLifetime(arena) {
            var place = -1
            let code = expression.compiled(
                { _ in
                    place += 1
                    return place
                }, in: arena)
            let count = expression.variables.count
            for row in Self.rows {
                let slots = expression.variables.enumerated().map { row($0.offset, $0.element) } + [.missing]
                slots.withUnsafeBufferPointer { slots in
                    expect(slots.count > count, "a slot for each variable")
                    let first = code.evaluate(slots.baseAddress.unsafelyUnwrapped, scratch: &scratch)
                    let words = Self.written(first)
                    let second = code.evaluate(slots.baseAddress.unsafelyUnwrapped, scratch: &scratch)
                    expect(words == Self.written(second), "twice, and not the same: \(text)")
                }
            }
        }
    }

    private static func written(_ value: Value) -> [UInt8] {
        if case .failed(let error) = value { return Array("\(error)".utf8) }
        var output = ByteBuffer()
        JSONText.append(value, to: &output)
        expect(JSONValue.read(output.buffer) != nil, "no JSON: \(String(decoding: output.bytes, as: UTF8.self))")
        return output.bytes
    }

    // MARK: What the variables hold

    private static let texts: [StaticString] = [
        "", "a", "1.5", "héllo", "2024-02-29T12:00:00Z", "Europe/Berlin", "(a*)*b", "PT1H", "-9223372036854775808",
    ]
    private static let json: [StaticString] = [
        "[]", "{}", #"[1,"a",null,[2],{"k":true}]"#, #"{"a":{"b":[1,2]},"price":9.99,"s":"\u00e9"}"#,
    ]
    private static let numbers: [Double] = [0, 1, -1, 1.5, 1e308, 9_007_199_254_740_992, -0.0]

    private static func bytes(_ text: StaticString) -> Bytes {
        Bytes(start: UnsafeRawPointer(text.utf8Start), count: text.utf8CodeUnitCount)
    }

    private static func typed(_ variable: Variable, _ seed: Int) -> Value? {
        switch variable {
        case .eventName: .string(bytes("order_completed"))
        case .eventTime, .now: .timestamp(seconds: 1_709_208_000 + Int64(seed) * 86_399, nanoseconds: 999_000_000)
        case .idle: .duration(seconds: Int64(seed) * 3_600, nanoseconds: 1)
        case .fold("orders"), .instance("orders"): .int(Int64(seed))
        case .fold("spent"), .instance("spent"): .double(numbers[seed % numbers.count])
        default: nil
        }
    }

    private static let rows: [@Sendable (Int, Variable) -> Value] = [
        { place, variable in typed(variable, place) ?? .double(numbers[place % numbers.count]) },
        { place, variable in typed(variable, place + 3) ?? .string(bytes(texts[place % texts.count])) },
        { place, variable in typed(variable, place + 5) ?? .json(bytes(json[place % json.count])) },
        { place, variable in typed(variable, place + 7) ?? (place % 2 == 0 ? .null : .bool(true)) },
        { _, _ in .missing },
    ]
}
