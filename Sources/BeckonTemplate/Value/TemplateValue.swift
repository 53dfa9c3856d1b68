/// What a variable of a template holds.
///
/// Texts are compared by their bytes; Swift's `==` on `String` takes canonical equivalents for equal, so this type is not
/// `Equatable`.
public indirect enum TemplateValue: Sendable {
    case `nil`
    case bool(Bool)
    case integer(Int)
    /// Arithmetic with it is decimal: 0.1 + 0.2 is 0.3.
    case decimal(Double)
    case string(String)
    /// A text that is HTML already: it is not escaped again.
    case markup(String)
    case list([TemplateValue])
    case hash(TemplateHash)
    /// Both ends included; the first may be the greater, then it holds nothing.
    case range(Int, Int)
    /// `forloop`.
    case loop(LoopState)
    /// `tablerowloop`.
    case tableRow(TableRowState)

    /// Of a text, whether it is markup or not.
    var text: String? {
        switch self {
        case .string(let text), .markup(let text): text
        default: nil
        }
    }

    /// The same, as a text that is escaped where markup is made.
    var withoutMarkup: TemplateValue {
        if case .markup(let text) = self { .string(text) } else { self }
    }

    var isNil: Bool { if case .nil = self { true } else { false } }

    /// All but nil and false.
    var isTruthy: Bool {
        switch self {
        case .nil, .bool(false): false
        default: true
        }
    }

    /// Equals `empty`.
    var isEmpty: Bool {
        switch self {
        case .string(let text), .markup(let text): text.isEmpty
        case .list(let elements): elements.isEmpty
        case .hash(let hash): hash.count == 0
        default: false
        }
    }

    /// Equals `blank`: empty, nil, false, or nothing but white space.
    var isBlank: Bool {
        switch self {
        case .string(let text), .markup(let text): text.utf8.allSatisfy(\.isBlankByte)
        case .nil, .bool(false): true
        default: isEmpty
        }
    }
}

extension UInt8 {
    /// Blank, tab, newline, vertical tab, form feed, carriage return.
    var isBlankByte: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}

/// The members of an object in the order of their text. Of a name that stands twice the last value counts, at the place of
/// the first.
public struct TemplateHash: Sendable {
    public private(set) var members: [(name: String, value: TemplateValue)] = []
    /// Where each name stands; kept only for hashes that are not small.
    private var places: [Name: Int] = [:]

    private static let smallCount = 8

    /// Compares by bytes.
    private struct Name: Hashable {
        let text: String

        static func == (left: Name, right: Name) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

        func hash(into hasher: inout Hasher) {
            var text = text
            text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }

    public init() {}

    public init(_ members: [(String, TemplateValue)]) {
        for (name, value) in members { self[name] = value }
    }

    public var count: Int { members.count }

    /// nil where there is no such member; set to nil it changes nothing.
    public subscript(name: String) -> TemplateValue? {
        get { place(of: name).map { members[$0].value } }
        set {
            guard let newValue else { return }
            if let place = place(of: name) {
                members[place].value = newValue
                return
            }
            members.append((name, newValue))
            if members.count == Self.smallCount + 1 {
                for (place, member) in members.enumerated() { places[Name(text: member.name)] = place }
            } else if members.count > Self.smallCount {
                places[Name(text: name)] = members.count - 1
            }
        }
    }

    private func place(of name: String) -> Int? {
        if members.count > Self.smallCount { return places[Name(text: name)] }
        return members.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
    }
}
