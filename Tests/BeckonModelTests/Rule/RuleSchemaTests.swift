import BeckonModel
import Testing

/// What editors make of the schema rests on these; scripts/schema holds the schema against documents.
@Suite struct `The schema of rule files` {
    private let definitions: [JSONMember]

    init() throws {
        let schema = try #require(JSONValue.read(RuleSchema.text.utf8))
        definitions = try #require(schema["definitions"]?.members)
    }

    /// The innermost description is the one that yaml-language-server shows: a reference must have the field's beside it.
    @Test func `shows a field's own description, whatever it refers to`() throws {
        var references = 0
        for definition in definitions {
            for field in definition.value["properties"]?.members ?? [] {
                let place = "\(definition.name).\(field.name)"
                let description = try #require(field.value["description"]?.string, "\(place)")
                #expect(field.value["allOf"] == nil, "\(place)")
                for alternative in field.value["anyOf"].elements {
                    if alternative["$ref"] != nil { references += 1 }
                    #expect(
                        alternative["$ref"] == nil || alternative["description"]?.string == description, "\(place)")
                }
            }
        }
        #expect(references > 10)
        for shared in ["duration", "expression", "path", "eventNames"] {
            let value = try #require(definitions.first { $0.name == shared }?.value)
            for alternative in [value] + value["anyOf"].elements {
                #expect(alternative["description"] == nil, "\(shared)")
            }
        }
    }

    /// An editor would insert `when` without its colon, for it sees no kind of value.
    @Test func `says of every field what it refers to or of which kind it is`() {
        let kinds = ["$ref", "type", "anyOf", "enum"]
        for definition in definitions {
            for field in definition.value["properties"]?.members ?? [] {
                #expect(kinds.contains { field.value[$0] != nil }, "\(definition.name).\(field.name)")
            }
        }
    }

    @Test func `says in words what a pattern asks for`() throws {
        var patterns = 0
        func judge(_ value: JSONValue, at place: String) {
            if value["pattern"]?.string != nil {
                patterns += 1
                #expect(value["errorMessage"]?.string?.isEmpty == false, "\(place)")
            }
            for member in value.members ?? [] { judge(member.value, at: "\(place).\(member.name)") }
            for element in Optional(value).elements { judge(element, at: place) }
        }
        for definition in definitions { judge(definition.value, at: definition.name) }
        #expect(patterns > 5)
        let triggers = try #require(definitions.first { $0.name == "when" }?.value["oneOf"].elements)
        #expect(
            triggers.first?["errorMessage"]?.string
                == "Exactly one of these must be here: `event`, `inactive`, `sequence`, `count` or `total`.")
    }

    @Test func `takes a document for definitions where it has one of them`() throws {
        let schema = try #require(JSONValue.read(RuleSchema.text.utf8))
        let document = try #require(schema["anyOf"].elements.last)
        let required = document["allOf"].elements.last?["anyOf"].elements.map { $0["required"]?.text }
        #expect(
            required == [#"["folds"]"#, #"["events"]"#, #"["messages"]"#, #"["snippets"]"#, #"["policy"]"#])
    }
}

extension JSONValue? {
    fileprivate var elements: [JSONValue] {
        if case .list(let elements) = self { return elements }
        return []
    }
}
