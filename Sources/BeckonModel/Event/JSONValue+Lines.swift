extension JSONValue {
    /// JSON for people to read: what fits on one line of that width stands on one. With an end of line behind the last.
    public func lines(width: Int) -> String {
        var text = ""
        append(to: &text, indentation: 0, behind: 0, width)
        return text + "\n"
    }

    private func append(to text: inout String, indentation: Int, behind used: Int, _ width: Int) {
        let whole = onOneLine
        if indentation + used + whole.utf8.count < width {
            text += whole
            return
        }
        let blanks = String(repeating: " ", count: indentation + 2)
        let end = String(repeating: " ", count: indentation)
        switch self {
        case .list(let elements) where !elements.isEmpty:
            text += "[\n"
            for (index, element) in elements.enumerated() {
                text += blanks
                element.append(to: &text, indentation: indentation + 2, behind: 0, width)
                text += index < elements.count - 1 ? ",\n" : "\n"
            }
            text += end + "]"
        case .object(let members) where !members.isEmpty:
            text += "{\n"
            for (index, member) in members.enumerated() {
                let name = JSONValue.string(member.name).text + ": "
                text += blanks + name
                member.value.append(to: &text, indentation: indentation + 2, behind: name.utf8.count, width)
                text += index < members.count - 1 ? ",\n" : "\n"
            }
            text += end + "}"
        default: text += whole
        }
    }

    private var onOneLine: String {
        switch self {
        case .list(let elements): "[" + elements.map(\.onOneLine).joined(separator: ", ") + "]"
        case .object(let members) where members.isEmpty: "{}"
        case .object(let members):
            "{ " + members.map { JSONValue.string($0.name).text + ": " + $0.value.onOneLine }.joined(separator: ", ")
                + " }"
        default: text
        }
    }
}
