/// The fields that a mapping may have: those of this version, and those that the language has and this version refuses.
///
/// What a field is, the reader, its errors, the schema for editors and the rule reference all take from here.
struct FieldSet: Sendable {
    /// With its article, for sentences.
    let owner: String
    /// What the mapping is for: a sentence or two.
    let documentation: String
    let fields: [Field]
    let later: [String]
    /// Exactly one of them is there.
    let oneOf: [String]
    /// At most one of them is there.
    let notTogether: [String]
    /// YAML with every field of the set: documents whose `id`, `when` or `send` may be left out where they do not matter.
    let example: String

    init(
        owner: String, _ documentation: String, oneOf: [String] = [], notTogether: [String] = [], later: [String] = [],
        _ fields: [Field], example: String
    ) {
        self.owner = owner
        self.documentation = documentation
        self.oneOf = oneOf
        self.notTogether = notTogether
        self.later = later
        self.fields = fields
        self.example = example
    }

    var known: [String] { fields.map(\.name) }
    var all: [String] { known + later }

    func isRequired(_ name: String) -> Bool { fields.contains { $0.name == name && $0.isRequired } }

    /// In the order in which they are explained.
    static let everything: [FieldSet] = [
        .rule, .when, .absent, .inactive, .count, .total, .eventReference, .goal, .reentry, .late, .send,
        .definitions, .message, .emailPart, .pushPart, .smsPart, .webhookPart, .policy, .fold, .items, .declaredEvent,
        .test, .given, .testPerson, .expected,
    ]
}
