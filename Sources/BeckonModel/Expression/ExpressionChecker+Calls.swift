/// Functions and macros.
extension ExpressionChecker {
    mutating func call(
        _ name: String, receiver: ExpressionNode?, arguments: [ExpressionNode], at offset: Int
    ) -> ExpressionTerm? {
        if receiver == nil, name == "has" { return has(arguments, at: offset) }
        if receiver == nil, name == "idle", !scope.isFree { return idle(arguments, at: offset) }
        if let receiver, let macro = Macro(name: name), macro.argumentCounts.contains(arguments.count) || !scope.isFree
        {
            return comprehension(macro, over: receiver, arguments, at: offset)
        }
        guard let function = ExpressionFunction(name: name) else { return unknownFunction(name, at: offset) }
        let operands = (receiver.map { [$0] } ?? []) + arguments
        guard function.operandCounts.contains(operands.count), function.isWritten(asMember: receiver != nil) else {
            let message = "write \(function.example)"
            if scope.isFree { return failure(.noSuchOverload, "no such overload: \(message)", at: offset) }
            report(message, at: offset)
            return nil
        }
        if function.isPart, operands.count == 2 { readsZones = true }
        let terms = operands.enumerated().map { operand(of: function, $0.element, at: $0.offset) }
        guard let terms = checked(terms) else { return nil }
        return scope.isFree && function != .matches
            ? ExpressionTerm(kind: .call(function, terms), type: .dynamic)
            : folded(function, terms, at: operands.map(\.offset))
    }

    private mutating func unknownFunction(_ name: String, at offset: Int) -> ExpressionTerm? {
        if let macro = Macro(name: name) {
            let message = "write \(macro.example): the first word names each element"
            if scope.isFree { return failure(.unknownFunction, message, at: offset) }
            report(message, at: offset)
            return nil
        }
        let nearest = NearestWord.nearest(to: name, among: ExpressionScope.functions)
        if scope.isFree {
            let question = nearest.map { "; did you mean `\($0)`?" } ?? ""
            return failure(.unknownFunction, "undeclared reference: `\(name)` is no function\(question)", at: offset)
        }
        if ExpressionScope.functionsToCome.contains(name) {
            reportNotYetKnown("the function `\(name)` is", at: offset)
        } else {
            report("`\(name)` is no function", at: offset, nearest: nearest)
        }
        return nil
    }

    private mutating func has(_ arguments: [ExpressionNode], at offset: Int) -> ExpressionTerm? {
        let outer = arguments.first.flatMap { path($0) }
        guard arguments.count == 1, let argument = arguments.first, argument.isMember(orIndex: outer != nil) else {
            report("write has(properties.price): it asks for one member", at: offset)
            return nil
        }
        if let path = outer {
            guard let variable = variable(path, at: argument.offset) else { return nil }
            return ExpressionTerm(kind: .has(variable.0), type: .bool)
        }
        guard case .select(let operand, let name) = argument.kind,
            let term = members(of: operand, name, at: argument.offset)
        else { return nil }
        return ExpressionTerm(kind: .hasMember(term, name), type: .bool)
    }

    private mutating func idle(_ arguments: [ExpressionNode], at offset: Int) -> ExpressionTerm? {
        guard arguments.count == 1, case .literal(.string(let event)) = arguments[0].kind, !event.isEmpty,
            event.utf8.count <= EventMatch.nameBytesMax
        else {
            report("write idle(\"login\"): it takes the name of an event", at: offset)
            return nil
        }
        let name = AliasPack.standard.canonicalName(of: event)
        return ExpressionTerm(kind: .variable(.idle(name)), type: .duration)
    }

    private mutating func operand(
        of function: ExpressionFunction, _ node: ExpressionNode, at place: Int
    ) -> ExpressionTerm? {
        guard let operand = term(node) else { return nil }
        guard !scope.isFree, let accepted = function.accepted(at: place) else { return operand }
        guard accepted.contains(where: { operand.type.mayBe($0) }) else {
            report("`\(function.name)` does not take \(operand.type.described)", at: node.offset)
            return nil
        }
        return operand
    }

    /// Texts that are durations, timestamps and patterns are read once, here.
    private mutating func folded(
        _ function: ExpressionFunction, _ terms: [ExpressionTerm], at offsets: [Int]
    ) -> ExpressionTerm? {
        guard let last = terms.last, case .literal(.string(let text)) = last.kind else {
            return ExpressionTerm(kind: .call(function, terms), type: function.result)
        }
        let bytes = Array(text.utf8)
        let literal: ExpressionLiteral?
        let forms: String
        switch function {
        case .matches: return match(terms[0], bytes, at: offsets[1])
        case .duration:
            literal = bytes.withUnsafeBytes { ExactDuration(text: $0) }.map { .duration($0) }
            forms = "a duration, such as \"72h\", \"15m\" or \"1.5s\" (no days: 7d is \"168h\")"
        case .timestamp:
            literal = bytes.withUnsafeBytes { ExactTimestamp(text: $0) }.map { .timestamp($0) }
            forms = "a timestamp, such as \"2026-03-01T12:00:00Z\""
        default:
            if function.isPart, terms.count == 2, !isZone(bytes, at: offsets[1]) { return nil }
            return ExpressionTerm(kind: .call(function, terms), type: function.result)
        }
        guard let literal else {
            report("not \(forms)", at: offsets[0])
            return nil
        }
        return ExpressionTerm(kind: .literal(literal), type: literal.type)
    }

    private mutating func isZone(_ name: [UInt8], at offset: Int) -> Bool {
        let isKnown = name.withUnsafeBytes { buffer in
            buffer.baseAddress.map { Value.isZone(Bytes(start: $0, count: buffer.count)) } ?? false
        }
        if isKnown { return true }
        report(
            "not a time zone: write a name such as \"Europe/Berlin\", or an offset such as \"+01:00\"", at: offset,
            nearest: ZoneTable.standard.nearest(to: String(decoding: name, as: UTF8.self)))
        return false
    }

    private mutating func match(_ text: ExpressionTerm, _ pattern: [UInt8], at offset: Int) -> ExpressionTerm? {
        switch pattern.withUnsafeBytes({ Pattern.compile($0) }) {
        case .success(let pattern): return ExpressionTerm(kind: .match(text, pattern), type: .bool)
        case .failure(let refusal):
            let message = "not a regular expression of RE2: \(refusal.reason)"
            if scope.isFree { return failure(.invalidPattern, message, at: offset) }
            report(message, at: offset)
            return nil
        }
    }
}

// MARK: Macros

extension ExpressionChecker {
    typealias Macro = ExpressionTerm.Comprehension.Macro

    private mutating func comprehension(
        _ macro: Macro, over receiver: ExpressionNode, _ arguments: [ExpressionNode], at offset: Int
    ) -> ExpressionTerm? {
        guard macro.argumentCounts.contains(arguments.count), case .name(let name) = arguments[0].kind,
            name.utf8.first != UInt8(ascii: ".")
        else {
            report("write \(macro.example): the first word names each element", at: offset)
            return nil
        }
        guard let range = term(receiver) else { return nil }
        guard scope.isFree || [.list, .map, .json, .dynamic].contains(range.type) else {
            report(
                "`\(macro.rawValue)` needs a list or a map, and this is \(range.type.described)", at: receiver.offset)
            return nil
        }
        let type: ExpressionType = range.type == .json ? .json : .dynamic
        return withLocal(name, type) { checker, number in
            let isBareMap = macro == .map && arguments.count == 2
            let predicate = isBareMap ? nil : checker.condition(of: macro, arguments[1])
            let transform = macro == .map ? arguments.last.flatMap { checker.term($0) } : nil
            guard isBareMap || predicate != nil, macro != .map || transform != nil else { return nil }
            let kind = ExpressionTerm.Kind.comprehension(
                .init(macro: macro, range: range, local: number, predicate: predicate, transform: transform))
            return ExpressionTerm(kind: kind, type: macro == .map || macro == .filter ? .list : .bool)
        }
    }

    private mutating func condition(of macro: Macro, _ node: ExpressionNode) -> ExpressionTerm? {
        guard let condition = term(node) else { return nil }
        guard scope.isFree || condition.type.mayBe(.bool) else {
            report(
                "the condition of `\(macro.rawValue)` is true or false, and this is \(condition.type.described)",
                at: node.offset)
            return nil
        }
        return condition
    }
}

extension ExpressionTerm.Comprehension.Macro {
    /// Also by its other spelling.
    fileprivate init?(name: String) {
        self.init(rawValue: name == "existsOne" ? "exists_one" : name)
    }

    var example: String {
        self == .map
            ? "properties.items.map(item, item.price)" : "properties.items.\(rawValue)(item, item.price > 10.0)"
    }
}

extension ExpressionNode {
    fileprivate func isMember(orIndex: Bool) -> Bool {
        switch kind {
        case .select: true
        case .index: orIndex
        default: false
        }
    }
}
