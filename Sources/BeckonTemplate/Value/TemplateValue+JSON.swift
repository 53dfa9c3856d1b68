import BeckonModel

extension TemplateValue {
    /// Whole numbers are integers, all others decimals. A whole number beyond 64 bits is taken as its text, so that no
    /// digit of a long id is lost.
    public init(_ json: JSONValue) {
        switch json {
        case .null: self = .nil
        case .bool(let isTrue): self = .bool(isTrue)
        case .string(let text): self = .string(text)
        case .list(let elements): self = .list(elements.map(TemplateValue.init))
        case .object(let members): self = .hash(TemplateHash(members.map { ($0.name, TemplateValue($0.value)) }))
        case .number(let number, let text):
            if text.utf8.allSatisfy({ $0.isDigitByte || $0 == UInt8(ascii: "-") }) {
                self = Int(text).map { .integer($0) } ?? .string(text)
            } else {
                self = .decimal(number)
            }
        }
    }
}

extension TemplateHash {
    /// The members of an object; nil for anything else.
    public init?(_ json: JSONValue) {
        guard case .hash(let hash) = TemplateValue(json) else { return nil }
        self = hash
    }
}

extension UInt8 {
    var isDigitByte: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
