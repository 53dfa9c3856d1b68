extension ExpressionTrial {
    /// What is to be evaluated.
    struct Request {
        var expression = ""
        var container = ""
        var bindings: [String: Value] = [:]
    }
}

extension ExpressionTrial.Request {
    typealias Problem = TypedValue.Problem

    static func read(_ line: Bytes, _ values: inout TypedValue) -> Result<ExpressionTrial.Request, Problem> {
        var request = ExpressionTrial.Request()
        var hasExpression = false
        let failure = members(line, &values) { name, text, values in
            switch name {
            case "expression", "container":
                guard case .string(let bytes) = Value.read(json: text, scratch: &values.memory) else {
                    return Problem(message: "`\(name)` is a text")
                }
                let text = String(decoding: bytes.buffer, as: UTF8.self)
                if name == "expression" { request.expression = text } else { request.container = text }
                hasExpression = hasExpression || name == "expression"
            case "bindings":
                switch bindings(text, &values, isLenient: false) {
                case .success(let found): request.bindings = found
                case .failure(let problem): return problem
                }
            default: return Problem(message: "a request has expression, bindings and container, and no `\(name)`")
            }
            return nil
        }
        if let failure { return .failure(failure) }
        return hasExpression ? .success(request) : .failure(Problem(message: "a request needs its `expression`"))
    }

    /// Variables by their names.
    static func bindings(
        _ text: Bytes, _ values: inout TypedValue, isLenient: Bool
    ) -> Result<[String: Value], Problem> {
        var bindings: [String: Value] = [:]
        let failure = members(text, &values) { name, text, values in
            switch isLenient ? values.readLeniently(text) : values.read(text) {
            case .success(let value): bindings[name] = value
            case .failure(let problem): return Problem(message: "the variable `\(name)`: \(problem.message)")
            }
            return nil
        }
        return failure.map { .failure($0) } ?? .success(bindings)
    }

    /// Calls `body` with each member of an object, until it gives a problem.
    private static func members(
        _ text: Bytes, _ values: inout TypedValue, _ body: (String, Bytes, inout TypedValue) -> Problem?
    ) -> Problem? {
        guard text.isUTF8 else { return Problem(message: "not UTF-8") }
        guard var level = JSONLevel(text.trimmed), level.isObject else { return Problem(message: "not a JSON object") }
        while true {
            switch level.next() {
            case .element(let key?, let value):
                guard let name = try? values.memory.unescaped(key).get() else { return Problem(message: "not a name") }
                if let problem = body(String(decoding: name.buffer, as: UTF8.self), value, &values) { return problem }
            case .end where level.rest?.count == 0: return nil
            case .element, .end, .malformed: return Problem(message: "not a JSON object: it cannot be read to its end")
            }
        }
    }
}

extension Bytes {
    /// Without space around it.
    fileprivate var trimmed: Bytes {
        let leading = buffer.prefix { $0 <= 0x20 }.count
        let trailing = buffer.dropFirst(leading).reversed().prefix { $0 <= 0x20 }.count
        return Bytes(start: start + leading, count: count - leading - trailing)
    }
}
