/// Tries expressions in a free scope, one after another: what `beckon eval` does.
public struct ExpressionTrial {
    private var bindings = TypedValue()
    private var scratch: EvaluationScratch

    public init(limits: EvaluationLimits = .trial) {
        scratch = EvaluationScratch(limits: limits)
    }

    public enum Answer: Sendable, Hashable {
        /// A value with its type, as JSON.
        case value([UInt8])
        /// What is wrong; the offset is that of the first place in the expression, in bytes, where there is one.
        case error(String, offset: Int?)
    }

    /// Answers one request.
    ///
    /// - Parameter line: a JSON object `{"expression", "bindings": {name: V}, "container"?}`, V being a value with its
    ///   type, such as `{"int":"5"}`.
    /// - Returns: `{"value": V}` or `{"error": "…"}`, without a newline.
    public mutating func answer(_ line: UnsafeRawBufferPointer) -> [UInt8] {
        bindings.clear()
        let result = withBytes(line) { Request.read($0, &bindings) }
        let answer =
            switch result {
            case .success(let request): answer(request)
            case .failure(let problem): Answer.error(problem.message, offset: nil)
            }
        var writer = JSONWriter()
        switch answer {
        case .value(let json):
            writer.append(raw: "{\"value\":")
            writer.append(raw: json)
        case .error(let message, _):
            writer.append(raw: "{\"error\":")
            writer.append(string: message)
        }
        writer.append(raw: "}")
        return writer.bytes
    }

    /// Evaluates an expression over the members of a JSON object.
    ///
    /// - Parameter json: each member is a variable; numbers are doubles, as in events, unless a value is written with its
    ///   type, such as `{"int":"5"}`.
    public mutating func evaluate(
        _ expression: String, container: String, over json: UnsafeRawBufferPointer
    ) -> Answer {
        bindings.clear()
        let result = withBytes(json) { Request.bindings($0, &bindings, isLenient: true) }
        switch result {
        case .success(let values):
            return answer(Request(expression: expression, container: container, bindings: values))
        case .failure(let problem): return .error(problem.message, offset: nil)
        }
    }

    private func withBytes<Result>(_ buffer: UnsafeRawBufferPointer, _ body: (Bytes) -> Result) -> Result {
        guard let start = buffer.baseAddress else {
            return withUnsafeBytes(of: 0) { body(Bytes(start: $0.baseAddress.unsafelyUnwrapped, count: 0)) }
        }
        return body(Bytes(start: start, count: buffer.count))
    }

    private mutating func answer(_ request: Request) -> Answer {
        let scope = ExpressionScope(variables: Set(request.bindings.keys), container: request.container)
        let reading = Expression.read(request.expression, in: scope, as: .value)
        guard let expression = reading.expression else {
            return .error(
                reading.problems.map(\.sentence).joined(separator: "; "), offset: reading.problems.first?.offset)
        }
        let arena = ExpressionArena()
        let slots = expression.variables.map { variable in
            if case .binding(let name) = variable { request.bindings[name] ?? .missing } else { Value.missing }
        }
        return withExtendedLifetime(arena) {
            var place = -1
            let code = expression.compiled(
                { _ in
                    place += 1
                    return place
                }, in: arena)
            // One more, so that there is an address without any.
            let value = (slots + [.missing]).withUnsafeBufferPointer { slots in
                code.evaluate(slots.baseAddress.unsafelyUnwrapped, scratch: &scratch)
            }
            return written(value, expression)
        }
    }

    private mutating func written(_ value: Value, _ expression: Expression) -> Answer {
        var writer = JSONWriter()
        do throws(EvaluationError) {
            try writer.append(typed: value, scratch: &scratch)
            return .value(writer.bytes)
        } catch {
            return .error(expression.described(error), offset: error.offset < 0 ? nil : Int(error.offset))
        }
    }
}

extension ExpressionProblem {
    /// With its place and the word that may have been meant.
    fileprivate var sentence: String {
        "at \(offset): \(message)" + (nearest.map { "; did you mean `\($0)`?" } ?? "")
    }
}
