extension TemplateValue {
    /// One step of a path.
    enum Found {
        case value(TemplateValue)
        /// A place of a list that it does not have: no value, and no misspelling either.
        case outside
        case missing
    }

    /// `value.name`. Where there is no such member, `size`, `first` and `last` say what a list, a hash or a text has.
    func member(_ name: String) -> Found {
        switch self {
        case .hash(let hash):
            if let value = hash[name] { return .value(value) }
            switch name {
            case "size": return .value(.integer(hash.count))
            case "first": return .value(hash.members.first.map { .list([.string($0.name), $0.value]) } ?? .nil)
            default: return .missing
            }
        case .loop(let loop): return loop[name].map { .value($0) } ?? .missing
        case .tableRow(let row): return row[name].map { .value($0) } ?? .missing
        default: return command(name).map { .value($0) } ?? .missing
        }
    }

    private func command(_ name: String) -> TemplateValue? {
        switch (self, name) {
        case (.list(let elements), "size"): .integer(elements.count)
        case (.list(let elements), "first"): elements.first ?? .nil
        case (.list(let elements), "last"): elements.last ?? .nil
        case (.string(let text), "size"), (.markup(let text), "size"): .integer(text.unicodeScalars.count)
        case (.string(let text), "first"), (.markup(let text), "first"): .string(text.firstLetter)
        case (.string(let text), "last"), (.markup(let text), "last"): .string(text.lastLetter)
        case (.range(let first, let last), "size"): .integer(Self.count(first, last))
        case (.range(let first, _), "first"): .integer(first)
        case (.range(_, let last), "last"): .integer(last)
        default: nil
        }
    }

    /// `value[index]`: of a hash by name, of a list by place, from the end where it is negative.
    func element(_ index: TemplateValue) -> Found {
        switch (self, index) {
        case (.hash(let hash), .string(let name)), (.hash(let hash), .markup(let name)):
            hash[name].map { .value($0) } ?? .missing
        case (.loop, .string(let name)), (.tableRow, .string(let name)): member(name)
        case (.list(let elements), .integer(let place)):
            elements.element(at: place).map { .value($0) } ?? .outside
        default: .missing
        }
    }

    /// How many numbers a range has; at most what 64 bits count.
    static func count(_ first: Int, _ last: Int) -> Int {
        if first > last { return 0 }
        let (distance, overflow) = last.subtractingReportingOverflow(first)
        return overflow || distance == .max ? .max : distance + 1
    }
}

extension [TemplateValue] {
    /// From the end where the place is negative; nil for one that is not there.
    func element(at place: Int) -> TemplateValue? {
        guard place < count, place >= -count else { return nil }
        return self[place < 0 ? count + place : place]
    }
}

extension String {
    var firstLetter: String { unicodeScalars.first.map { String($0) } ?? "" }
    var lastLetter: String { unicodeScalars.last.map { String($0) } ?? "" }
}
