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
        let documents = JSONValue.list([reference(to: .rule), reference(to: .definitions)])
        define("duration", Self.duration)
        define("expression", Self.expression)
        define("path", Self.path)
        define("eventNames", Self.eventNames)
        define("events", .oneKey("anyOf", .list([.reference("eventNames"), reference(to: .eventReference)])))
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
            let alternatives = set.oneOf.map { JSONValue.oneKey("required", .list([.string($0)])) }
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

    /// Draft-07 reads nothing beside a reference; `allOf` keeps the description.
    private mutating func value(of field: Field) -> JSONValue {
        var members = [JSONMember(name: "description", value: .string(field.documentation))]
        if let standard = field.standard.flatMap({ JSONValue.read($0.utf8) }) {
            members.append(JSONMember(name: "default", value: standard))
        }
        let shape = value(of: field.shape)
        if shape["$ref"] != nil {
            members.append(JSONMember(name: "allOf", value: .list([shape])))
        } else {
            members += shape.members ?? []
        }
        return .object(members)
    }

    private mutating func value(of shape: FieldShape) -> JSONValue {
        switch shape {
        case .text: .read(#"{"type":["string","number","boolean"],"minLength":1}"#)
        case .name: .read(#"{"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"}"#)
        case .id: .read(#"{"type":["string","integer"],"pattern":"^[a-z0-9][a-z0-9._-]{0,63}$"}"#)
        case .duration: .reference("duration")
        case .instant: .read(#"{"type":"string","pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ].*)?$"}"#)
        case .word(let words): .oneKey("enum", .list(words.map { .string($0) }))
        case .whole(let range):
            .read(#"{"type":"integer","minimum":\#(range.lowerBound),"maximum":\#(range.upperBound)}"#)
        case .amount: .read(#"{"type":"number","exclusiveMinimum":0}"#)
        case .isTrue: .read(#"{"type":"boolean"}"#)
        case .expression: .reference("expression")
        case .path: .reference("path")
        case .pattern(let pattern, _):
            .object([
                JSONMember(name: "type", value: .string("string")),
                JSONMember(name: "pattern", value: .string(pattern)),
            ])
        case .events: .reference("events")
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
                JSONMember(name: "propertyNames", value: .read(#"{"pattern":"^[A-Za-z_][A-Za-z0-9_]{0,63}$"}"#)),
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

    private static let duration: JSONValue = {
        let number = #"[0-9]+([.,][0-9]+)?"#
        let short = "\(number)(ms|s|m|h|d)"
        let date = "(\(number)W)?(\(number)D)?"
        let iso = "P(?=[0-9T])\(date)(T(?=[0-9])(\(number)H)?(\(number)M)?(\(number)S)?)?"
        return .object([
            JSONMember(name: "description", value: .string("15m, 48h, 7d (24 h each), 1.5h, 899.999s, or PT15M.")),
            JSONMember(name: "type", value: .list([.string("string"), .string("integer")])),
            JSONMember(name: "pattern", value: .string("^(0|\(short)|\(iso))$")),
            JSONMember(name: "maximum", value: .number(0)), JSONMember(name: "minimum", value: .number(0)),
        ])
    }()
    private static let expression = JSONValue.read(
        #"{"description":"An expression in CEL.","type":["string","number","boolean"],"minLength":1}"#)
    private static let path = JSONValue.read(
        #"{"description":"A property, such as properties.price or event.context.channel.","type":"string","pattern":"^\\s*(properties|event)\\s*[.\\[].+$"}"#
    )
    private static let key: JSONValue = .object([
        JSONMember(name: "type", value: .string("array")),
        JSONMember(name: "items", value: .read(#"[{"const":"user"}]"#)),
        JSONMember(name: "additionalItems", value: .reference("path")),
        JSONMember(name: "minItems", value: .number(1)),
        JSONMember(name: "maxItems", value: .number(Double(RuleFileReader.keyPartsMax + 1))),
    ])
    private static let eventNames: JSONValue = {
        let name = #"{"type":"string","minLength":1,"maxLength":\#(EventMatch.nameBytesMax)}"#
        let list = #"{"type":"array","minItems":1,"maxItems":\#(EventReference.namesMax),"items":\#(name)}"#
        return .read(#"{"description":"An event's name, or a list of names.","anyOf":[\#(name),\#(list)]}"#)
    }()
}

extension FieldSet {
    /// `a line of `given`` is `lineOfGiven`.
    fileprivate var definitionName: String {
        var words = owner.split(separator: " ").map { $0.filter { $0 != "`" } }
        if words.count > 1, words[0] == "a" || words[0] == "an" { words.removeFirst() }
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

    /// JSON that stands in the source.
    fileprivate static func read(_ text: String) -> JSONValue {
        guard let value = read(text.utf8) else { preconditionFailure("no JSON: \(text)") }
        return value
    }
}
