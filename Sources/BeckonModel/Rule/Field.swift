/// One field of a mapping in a rule file: what reading, errors and the schema for editors derive from.
struct Field: Sendable {
    let name: String
    let shape: FieldShape
    /// For editors: a sentence or two.
    let documentation: String
    let isRequired: Bool
    /// What holds without it, as JSON; nil: nothing, or what one word does not say.
    let standard: String?

    init(
        _ name: String, _ shape: FieldShape, required: Bool = false, default standard: String? = nil,
        _ documentation: String
    ) {
        self.name = name
        self.shape = shape
        self.documentation = documentation
        isRequired = required
        self.standard = standard
    }
}

/// What stands in a field. The reader says exactly what is wrong; this is as much of it as a schema can say.
indirect enum FieldShape: Sendable {
    /// At least one byte.
    case text
    /// Letters, digits, `-`, `_` and `.`, at most 64.
    case name
    /// `name`, in small letters.
    case id
    case duration
    /// An instant as RFC 3339.
    case instant
    case word([String])
    case whole(ClosedRange<Int>)
    /// Above 0.
    case amount
    case isTrue
    /// CEL.
    case expression
    /// `properties.price`.
    case path
    /// What the text must look like: as a regular expression, and in words.
    case pattern(String, form: String)
    /// A name, a list of names, or with `where`.
    case events
    /// A name or a list of names, where `where` stands beside it.
    case eventNames
    /// `[user, properties.cart_id]`.
    case key
    /// Any mapping.
    case object
    case set(FieldSet)
    case list(FieldShape, count: ClosedRange<Int>)
    /// From any names.
    case named(FieldShape)
    /// From so many names that an expression can say.
    case mapping(FieldShape, count: ClosedRange<Int>)
    case either([FieldShape])
}
