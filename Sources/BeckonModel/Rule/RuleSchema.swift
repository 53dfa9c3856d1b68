/// The JSON Schema (draft-07) of rule files, for editors and validators: made from the declaration of the fields.
///
/// It holds for one document. What a schema cannot say, such as whether a condition's types fit, `RuleSet.read` says.
public enum RuleSchema {
    /// JSON in lines, with an end of line behind the last.
    public static var text: String {
        var schema = RuleSchemaWriter()
        return schema.whole().lines(width: 120)
    }
}

private struct RuleSchemaWriter {
    private var definitions: [JSONMember] = []

    mutating func whole() -> JSONValue {
        let documents = JSONValue.list([reference(to: .rule), definitionsDocument()])
        define("duration", Self.duration)
        define("expression", Self.expression)
        define("path", Self.path)
        define("eventNames", Self.eventNames)
        return .object([
            JSONMember(name: "$schema", value: .string("http://json-schema.org/draft-07/schema#")),
            JSONMember(name: "title", value: .string("Beckon's rules")),
            JSONMember(
                name: "description",
                value: .string(
                    "One document of a rule file: a rule, or definitions. Printed by `beckon schema`; "
                        + "`beckon check` says more.")),
            JSONMember(name: "anyOf", value: documents),
            JSONMember(
                name: "definitions",
                value: .object(definitions.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })),
        ])
    }

    /// A document with none of the definitions is a rule, as the reader has it. Editors, too, offer a rule's fields in an
    /// empty one then: where definitions already fit, they would offer only theirs.
    private mutating func definitionsDocument() -> JSONValue {
        let any = FieldSet.definitions.known.map { JSONValue.oneKey("required", .list([.string($0)])) }
        return .oneKey("allOf", .list([reference(to: .definitions), .oneKey("anyOf", .list(any))]))
    }

    private mutating func define(_ name: String, _ value: JSONValue) {
        definitions.append(JSONMember(name: name, value: value))
    }

    private mutating func reference(to set: FieldSet) -> JSONValue {
        let name = set.definitionName
        if !definitions.contains(where: { $0.name == name }) {
            // Its place is taken first, so that nothing below defines it again.
            definitions.append(JSONMember(name: name, value: .null))
            let value = value(of: set)
            definitions.removeAll { $0.name == name }
            define(name, value)
        }
        return .reference(name)
    }

    private mutating func value(of set: FieldSet) -> JSONValue {
        var members = [
            JSONMember(name: "description", value: .string(set.documentation)),
            JSONMember(name: "type", value: .string("object")),
        ]
        let required = set.fields.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { members.append(JSONMember(name: "required", value: .list(required))) }
        if !set.oneOf.isEmpty {
            let message = "Exactly one of these must be here: \(set.oneOf.sentence(joinedBy: "or"))."
            let alternatives = set.oneOf.map { name in
                JSONValue.object([
                    JSONMember(name: "required", value: .list([.string(name)])),
                    JSONMember(name: "errorMessage", value: .string(message)),
                ])
            }
            members.append(JSONMember(name: "oneOf", value: .list(alternatives)))
        }
        if !set.notTogether.isEmpty {
            members.append(JSONMember(name: "not", value: Self.anyTwo(of: set.notTogether)))
        }
        members.append(JSONMember(name: "additionalProperties", value: .bool(false)))
        var properties: [JSONMember] = []
        for field in set.fields { properties.append(JSONMember(name: field.name, value: value(of: field))) }
        members.append(JSONMember(name: "properties", value: .object(properties)))
        return .object(members)
    }

    /// Holds where two of the fields are there.
    private static func anyTwo(of names: [String]) -> JSONValue {
        let pairs = names.indices.flatMap { first in
            names[(first + 1)...].map { second in
                JSONValue.oneKey("required", .list([.string(names[first]), .string(second)]))
            }
        }
        return pairs.count == 1 ? pairs[0] : .oneKey("anyOf", .list(pairs))
    }

    /// Draft-07 reads nothing beside a reference, but editors show the description and the default that stand there.
    /// Of several descriptions yaml-language-server shows the innermost: `allOf` around a reference would hide the field's.
    private mutating func value(of field: Field) -> JSONValue {
        let description = JSONMember(name: "description", value: .string(field.documentation))
        var members = [description]
        if let standard = field.standard.flatMap({ JSONValue.read($0.utf8) }) {
            members.append(JSONMember(name: "default", value: standard))
        }
        for member in value(of: field.shape).members ?? [] {
            guard member.name == "anyOf", case .list(let alternatives) = member.value else {
                members.append(member)
                continue
            }
            let described = alternatives.map { alternative in
                alternative["$ref"] == nil ? alternative : .object([description] + (alternative.members ?? []))
            }
            members.append(JSONMember(name: "anyOf", value: .list(described)))
        }
        return .object(members)
    }

    private mutating func value(of shape: FieldShape) -> JSONValue {
        switch shape {
        case .text: .read(#"{"type":["string","number","boolean"],"minLength":1}"#)
        case .name:
            .pattern(
                "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$", "A name has letters, digits, `-`, `_` and `.`, at most 64.",
                type: .string("string"))
        case .id:
            .pattern(
                "^[a-z0-9][a-z0-9._-]{0,63}$", "An id has small letters, digits, `-`, `_` and `.`, at most 64.",
                type: .list([.string("string"), .string("integer")]))
        case .duration: .reference("duration")
        case .instant:
            .pattern(
                "^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ].*)?$", "An instant is written 2026-01-05T09:00:00Z.",
                type: .string("string"))
        case .word(let words): .oneKey("enum", .list(words.map { .string($0) }))
        case .whole(let range):
            .read(#"{"type":"integer","minimum":\#(range.lowerBound),"maximum":\#(range.upperBound)}"#)
        case .amount: .read(#"{"type":"number","exclusiveMinimum":0}"#)
        case .isTrue: .read(#"{"type":"boolean"}"#)
        case .expression: .reference("expression")
        case .path: .reference("path")
        case .pattern(let pattern, let form): .pattern(pattern, "What stands here: \(form).", type: .string("string"))
        case .events: either([.eventNames, .set(.eventReference)])
        case .eventNames: .reference("eventNames")
        case .key: Self.key
        case .object: .read(#"{"type":"object"}"#)
        case .set(let set): reference(to: set)
        case .list(let element, let count):
            .object([
                JSONMember(name: "type", value: .string("array")), JSONMember(name: "items", value: value(of: element)),
                JSONMember(name: "minItems", value: .number(Double(count.lowerBound))),
                JSONMember(name: "maxItems", value: .number(Double(count.upperBound))),
            ])
        case .named(let value):
            .object([
                JSONMember(name: "type", value: .string("object")),
                JSONMember(name: "additionalProperties", value: self.value(of: value)),
            ])
        case .mapping(let value, let count):
            .object([
                JSONMember(name: "type", value: .string("object")),
                JSONMember(name: "maxProperties", value: .number(Double(count.upperBound))),
                JSONMember(name: "propertyNames", value: Self.word),
                JSONMember(name: "additionalProperties", value: self.value(of: value)),
            ])
        case .either(let shapes): either(shapes)
        }
    }

    private mutating func either(_ shapes: [FieldShape]) -> JSONValue {
        var values: [JSONValue] = []
        for shape in shapes { values.append(value(of: shape)) }
        return .oneKey("anyOf", .list(values))
    }

    // What these are is said by a title, for the description is the field's.
    private static let duration: JSONValue = {
        let number = #"[0-9]+([.,][0-9]+)?"#
        let short = "\(number)(ms|s|m|h|d)"
        let date = "(\(number)W)?(\(number)D)?"
        let iso = "P(?=[0-9T])\(date)(T(?=[0-9])(\(number)H)?(\(number)M)?(\(number)S)?)?"
        let form = "A duration: 15m, 48h, 7d (24 h each), 1.5h, 899.999s, or PT15M"
        let message = "A duration has its unit: 15m, 48h, 7d (24 h each), 1.5h, 899.999s, or PT15M."
        return .oneKey(
            "anyOf",
            .list([
                .pattern("^(0|\(short)|\(iso))$", message, title: form, type: .string("string")),
                // No `const`: editors would propose it.
                .read(#"{"type":"integer","minimum":0,"maximum":0}"#),
            ]))
    }()
    private static let expression = JSONValue.read(
        #"{"title":"An expression in CEL","type":["string","number","boolean"],"minLength":1}"#)
    private static let path = JSONValue.pattern(
        #"^\s*(properties|event)\s*[.\[].+$"#,
        "A path begins with `properties` or `event`, such as properties.price or event.context.channel.",
        title: "A property, such as properties.price or event.context.channel", type: .string("string"))
    private static let word = JSONValue.pattern(
        "^[A-Za-z_][A-Za-z0-9_]{0,63}$",
        "A name here has letters, digits and `_`, at most 64, and no digit first.")
    private static let key: JSONValue = .object([
        JSONMember(name: "type", value: .string("array")),
        JSONMember(name: "items", value: .read(#"[{"const":"user"}]"#)),
        JSONMember(name: "additionalItems", value: .reference("path")),
        JSONMember(name: "minItems", value: .number(1)),
        JSONMember(name: "maxItems", value: .number(Double(RuleFileReader.keyPartsMax + 1))),
    ])
    private static let eventNames: JSONValue = {
        let name = #""type":"string","minLength":1,"maxLength":\#(EventMatch.nameBytesMax)"#
        let list = #""type":"array","minItems":1,"maxItems":\#(EventReference.namesMax),"items":{\#(name)}"#
        return .read(
            #"{"anyOf":[{"title":"An event's name",\#(name)},{"title":"A list of events' names",\#(list)}]}"#)
    }()
}

extension FieldSet {
    /// `a line of `given`` is `lineOfGiven`.
    fileprivate var definitionName: String {
        var words = owner.split(separator: " ").map { $0.filter { $0 != "`" } }
        if words.count > 1, ["a", "an", "the"].contains(words[0]) { words.removeFirst() }
        return words.enumerated().map { place, word in
            place == 0 ? String(word) : word.prefix(1).uppercased() + word.dropFirst()
        }.joined()
    }
}

extension JSONValue {
    fileprivate static func oneKey(_ name: String, _ value: JSONValue) -> JSONValue {
        .object([JSONMember(name: name, value: value)])
    }

    fileprivate static func reference(_ name: String) -> JSONValue {
        oneKey("$ref", .string("#/definitions/\(name)"))
    }

    /// A text that looks like this. `errorMessage` is what editors say of any other, instead of the pattern; validators
    /// pass over it.
    fileprivate static func pattern(
        _ pattern: String, _ message: String, title: String? = nil, type: JSONValue? = nil
    ) -> JSONValue {
        var members: [JSONMember] = []
        if let title { members.append(JSONMember(name: "title", value: .string(title))) }
        if let type { members.append(JSONMember(name: "type", value: type)) }
        members.append(JSONMember(name: "pattern", value: .string(pattern)))
        members.append(JSONMember(name: "errorMessage", value: .string(message)))
        return .object(members)
    }

    /// JSON that stands in the source.
    fileprivate static func read(_ text: String) -> JSONValue {
        guard let value = read(text.utf8) else { preconditionFailure("no JSON: \(text)") }
        return value
    }
}
