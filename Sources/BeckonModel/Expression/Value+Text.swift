/// Searching in texts.
extension Value {
    static func search(
        _ function: ExpressionFunction, _ text: Value, _ part: Value, scratch: inout EvaluationScratch
    ) -> Value {
        guard case .string(let text) = text, case .string(let part) = part else { return .failed(.noSuchOverload) }
        guard part.count <= text.count else { return .bool(false) }
        guard scratch.spend(bytes: part.count) else { return .failed(.stepsExceeded) }
        switch function {
        case .startsWith: return .bool(Bytes(start: text.start, count: part.count) == part)
        case .endsWith: return .bool(Bytes(start: text.start + (text.count - part.count), count: part.count) == part)
        default: return text.contains(part, scratch: &scratch)
        }
    }

    /// `matches` with a pattern that the expression computes.
    static func match(_ text: Value, _ pattern: Value, scratch: inout EvaluationScratch) -> Value {
        guard case .string(let text) = text, case .string(let source) = pattern else {
            return .failed(.noSuchOverload)
        }
        guard scratch.spend(bytes: 16 * source.count) else { return .failed(.stepsExceeded) }
        guard let pattern = scratch.pattern(source) else { return .failed(.invalidPattern) }
        return match(text, pattern, scratch: &scratch)
    }

    /// `matches` with a pattern that was compiled with the expression.
    static func match(_ text: Value, _ pattern: Pattern, scratch: inout EvaluationScratch) -> Value {
        guard case .string(let text) = text else { return text.orFailed }
        return match(text, pattern, scratch: &scratch)
    }

    private static func match(_ text: Bytes, _ pattern: Pattern, scratch: inout EvaluationScratch) -> Value {
        guard scratch.spend(bytes: text.count) else { return .failed(.stepsExceeded) }
        return .bool(pattern.matches(text))
    }
}

extension Bytes {
    fileprivate func contains(_ part: Bytes, scratch: inout EvaluationScratch) -> Value {
        guard part.count > 0 else { return .bool(true) }
        guard scratch.spend(bytes: count) else { return .failed(.stepsExceeded) }
        let (text, wanted) = (buffer, part.buffer)
        for start in 0...count - part.count where text[start] == wanted[0] {
            var matched = 1
            while matched < part.count, text[start + matched] == wanted[matched] { matched += 1 }
            if matched == part.count { return .bool(true) }
            guard scratch.spend(bytes: matched) else { return .failed(.stepsExceeded) }
        }
        return .bool(false)
    }
}
