/// `tests`.
extension RuleFileReader {
    /// What a test may refer to.
    struct Tested {
        let rule: String
        let key: [PropertyPath]
        let data: [String]
        let channels: [String]
    }

    mutating func tests(_ node: YAMLNode, of tested: Tested) -> [RuleTest] {
        guard let elements = node.elements, elements.count <= RuleTest.testsMax else {
            report("`tests` is a list of at most \(RuleTest.testsMax) tests, not \(node.described)", at: node.position)
            return []
        }
        var places: [[UInt8]: Int] = [:]
        return elements.compactMap { element in
            guard let test = test(element, of: tested) else { return nil }
            if let line = places.updateValue(test.line, forKey: Array(test.name.utf8)) {
                report("a test `\(test.name.shortened)` is already at line \(line)", at: element.position)
            }
            return test
        }
    }

    private mutating func test(_ node: YAMLNode, of tested: Tested) -> RuleTest? {
        guard let fields = fields(node, of: .test) else { return nil }
        let name = required("name", fields, of: .test).flatMap { label($0, what: "`name`") }
        let startMs = fields["start"].map { instant($0) } ?? RuleTest.startDefaultMs
        let given = required("given", fields, of: .test).map { self.given($0) }
        let expected = required("expect", fields, of: .test).flatMap { self.expected($0, of: tested) }
        guard let name, let startMs, let given, let expected else { return nil }
        return RuleTest(
            rule: tested.rule, name: name, file: source.file, line: node.position.line, column: node.position.column,
            startMs: startMs, given: given, expected: expected)
    }

    private mutating func instant(_ node: YAMLNode) -> Milliseconds? {
        let instant = node.scalar.flatMap { scalar in
            Array(scalar.text.utf8).withUnsafeBytes { bytes in
                bytes.baseAddress.flatMap { Timestamp.parse(Bytes(start: $0, count: bytes.count)) }
            }
        }
        guard let instant, instant >= Timestamp.earliestMs, instant < Timestamp.endMs else {
            let form = "an instant from 1980 to 2099, such as 2026-01-05T09:00:00Z"
            report("`start` is \(form), not \(node.described)", at: node.position)
            return nil
        }
        return instant
    }

    /// A name for people, or a person's id.
    private mutating func label(_ node: YAMLNode, what: String) -> String? {
        guard let scalar = node.scalar, scalar.value != .null, (1...200).contains(scalar.text.utf8.count) else {
            report("\(what) is a text of 1 to 200 bytes, not \(node.described)", at: node.position)
            return nil
        }
        return scalar.text
    }

    private mutating func moment(_ node: YAMLNode, what: String) -> Milliseconds? {
        duration(node, what: "\(what), counted from the test's start,", mayBeZero: true)
    }
}

// MARK: Given

extension RuleFileReader {
    private mutating func given(_ node: YAMLNode) -> [RuleTest.Given] {
        guard let elements = node.elements, elements.count <= RuleTest.givenMax else {
            let form = "a list of at most \(RuleTest.givenMax) events, as in [{ at: 0m, event: add_to_cart }]"
            report("`given` is \(form), not \(node.described)", at: node.position)
            return []
        }
        var person = RuleTest.personDefault
        return elements.compactMap { given($0, &person) }
    }

    private mutating func given(_ node: YAMLNode, _ person: inout String) -> RuleTest.Given? {
        guard let fields = fields(node, of: .given) else { return nil }
        if let advance = fields["advance"] {
            for other in FieldSet.given.known where other != "advance" && fields.has(other) {
                report("`advance` stands alone", at: fields.place(of: other))
            }
            return duration(advance, what: "`advance`").map { .advance($0) }
        }
        if fields.has("event") { return event(fields, of: person).map { .event($0) } }
        guard let node = fields["person"], !fields.has("at"), !fields.has("properties"), !fields.has("context") else {
            if !fields.hasUnknown {
                report("a line of `given` has `event`, `person` or `advance`", at: fields.position)
            }
            return nil
        }
        guard node.entries != nil else {
            if let next = label(node, what: "`person`") { person = next }
            return nil
        }
        guard let fields = self.fields(node, of: .testPerson) else { return nil }
        if let next = fields["id"].flatMap({ label($0, what: "`id`") }) { person = next }
        return traits(fields).map { .identify(person: person, traits: $0) }
    }

    /// nil where nothing is told of the person, and after a report.
    private mutating func traits(_ fields: Fields) -> JSONValue? {
        let told = fields["traits"].map { object($0, what: "`traits`")?.members }
        let zone = fields["zone"].map { zoneName($0, what: "`zone`") }
        guard told != nil || zone != nil else { return nil }
        guard let members = told ?? [], let zone = zone ?? "" else { return nil }
        guard !zone.isEmpty else { return .object(members) }
        if members.contains(where: { $0.name == "timezone" }) {
            report("`zone` is the trait `timezone`: write one of them", at: fields.place(of: "zone"))
        }
        return .object(members + [JSONMember(name: "timezone", value: .string(zone))])
    }

    private mutating func event(_ fields: Fields, of person: String) -> RuleTest.Event? {
        let name = fields["event"].flatMap { label($0, what: "`event`") }
        let atMs = fields["at"].map { moment($0, what: "`at`") }
        let properties = fields["properties"].map { object($0, what: "`properties`") } ?? .object([])
        let context = fields["context"].map { object($0, what: "`context`") } ?? .object([])
        let own = fields["person"].map { label($0, what: "`person` of an event") } ?? person
        guard let name, let properties, let context, let own, atMs.map({ $0 != nil }) ?? true else { return nil }
        return RuleTest.Event(
            person: own, atMs: atMs ?? nil, name: name, properties: properties, context: context)
    }

    private mutating func object(_ node: YAMLNode, what: String) -> JSONValue? {
        guard node.entries != nil else {
            report("\(what) is a mapping, not \(node.described)", at: node.position)
            return nil
        }
        return json(node)
    }

    /// As it is written, where JSON writes numbers so.
    private func number(_ scalar: YAMLScalar, _ number: Double) -> JSONValue {
        JSONValue.read(scalar.text.utf8) ?? .number(number.isFinite ? number : 0)
    }

    private mutating func json(_ node: YAMLNode) -> JSONValue {
        switch node.content {
        case .sequence(let elements): return .list(elements.map { json($0) })
        case .mapping(let entries):
            return .object(entries.map { JSONMember(name: $0.key, value: json($0.value)) })
        case .scalar(let scalar):
            switch scalar.value {
            case .null: return .null
            case .bool(let isTrue): return .bool(isTrue)
            case .string: return .string(scalar.text)
            case .int(let number): return self.number(scalar, Double(number))
            case .double(let number):
                if !number.isFinite { report("JSON has no number `\(scalar.text.shortened)`", at: node.position) }
                return self.number(scalar, number)
            }
        }
    }
}

// MARK: Expected

extension RuleFileReader {
    private static let expectedForm =
        "none, cancelled, { suppressed: REASON }, or a list of decisions, as in [{ at: 15m }]"

    private mutating func expected(_ node: YAMLNode, of tested: Tested) -> RuleTest.Expected? {
        switch node.scalar?.text {
        case "none": return RuleTest.Expected(decisions: [], suppressions: [])
        case "cancelled":
            let decision = RuleTest.Decision(
                atMs: nil, person: nil, key: nil, data: nil, channel: nil, recall: .anyTime)
            return RuleTest.Expected(decisions: [decision], suppressions: [])
        default: break
        }
        let elements = node.entries == nil ? node.elements : [node]
        guard let elements, !elements.isEmpty, elements.count <= RuleTest.expectedMax else {
            let nearest = node.scalar.flatMap { NearestWord.nearest(to: $0.text, among: ["none", "cancelled"]) }
            report(
                "`expect` is \(Self.expectedForm), not \(elements == nil ? node.described : "a list of \(elements!.count)")",
                at: node.position, nearest: nearest)
            return nil
        }
        var decisions: [RuleTest.Decision] = []
        var suppressions: [RuleTest.Suppression] = []
        for element in elements {
            guard let fields = fields(element, of: .expected) else { continue }
            if fields.has("suppressed") {
                if let suppression = suppression(fields, of: tested) { suppressions.append(suppression) }
            } else if let decision = decision(fields, of: tested) {
                decisions.append(decision)
            }
        }
        return RuleTest.Expected(decisions: decisions, suppressions: suppressions)
    }

    private mutating func suppression(_ fields: Fields, of tested: Tested) -> RuleTest.Suppression? {
        for other in ["data", "channel", "cancelled"] where fields.has(other) {
            report("what is suppressed has no `\(other)`", at: fields.place(of: other))
        }
        let word = fields["suppressed"].flatMap {
            self.word($0, among: SuppressionReason.allCases.map(\.label), what: "`suppressed`")
        }
        guard let reason = SuppressionReason.allCases.first(where: { $0.label == word }) else { return nil }
        return RuleTest.Suppression(
            reason: reason, atMs: fields["at"].flatMap { moment($0, what: "`at`") },
            person: fields["person"].flatMap { label($0, what: "`person`") },
            key: fields["key"].flatMap { key($0, of: tested) })
    }

    private mutating func decision(_ fields: Fields, of tested: Tested) -> RuleTest.Decision? {
        let data = fields["data"].flatMap {
            members($0, what: "`data`", among: tested.data, absent: "the rule's `data` has no")
        }
        let channel = fields["channel"].flatMap { word($0, among: tested.channels, what: "`channel` of this rule") }
        return RuleTest.Decision(
            atMs: fields["at"].flatMap { moment($0, what: "`at`") },
            person: fields["person"].flatMap { label($0, what: "`person`") },
            key: fields["key"].flatMap { key($0, of: tested) }, data: data, channel: channel,
            recall: fields["cancelled"].flatMap { recall($0) })
    }

    private mutating func recall(_ node: YAMLNode) -> RuleTest.Recall? {
        switch node.scalar?.value {
        case .bool(true): return .anyTime
        case .bool(false): return nil
        default: return duration(node, what: "`cancelled`, unless it is true,", mayBeZero: true).map { .at($0) }
        }
    }

    /// The parts of a key as the decision has them: texts by the path below `properties`.
    private mutating func key(_ node: YAMLNode, of tested: Tested) -> JSONValue? {
        let names = tested.key.map { $0.names.joined(separator: ".") }
        let value = members(node, what: "`key`", among: names, absent: "the rule's `key` has no part")
        return value?.members.map { members in
            .object(
                members.map { member in
                    let isText = member.value.string != nil
                    return JSONMember(
                        name: member.name, value: isText ? member.value : .string(member.value.text))
                })
        }
    }

    private mutating func members(_ node: YAMLNode, what: String, among known: [String], absent: String) -> JSONValue? {
        guard let value = object(node, what: what) else { return nil }
        for entry in node.entries ?? [] where !known.contains(entry.key) {
            report(
                "\(absent) `\(entry.key.shortened)`", at: entry.keyPosition,
                nearest: NearestWord.nearest(to: entry.key, among: known))
        }
        return value
    }
}
