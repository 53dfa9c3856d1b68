/// `a.b["c"]`: a name and what is selected below it by names that the text gives.
struct StaticPath {
    /// Names below the root.
    static let namesMax = 8
    /// Bytes of one name.
    static let nameBytesMax = 128

    let root: String
    let names: [String]
    /// Of the root.
    let offset: Int
    /// Whether all of it is written with dots.
    let isDotted: Bool
    /// Whether it begins with a dot: it then means the outermost scope, past the variables of macros.
    let isAbsolute: Bool

    /// As written with dots.
    var dotted: String { ([root] + names).joined(separator: ".") }

    /// nil for anything else.
    init?(_ node: ExpressionNode) {
        var names: [String] = []
        var node = node
        var isDotted = true
        while true {
            switch node.kind {
            case .name(let root):
                isAbsolute = root.utf8.first == UInt8(ascii: ".")
                self.root = isAbsolute ? String(root.dropFirst()) : root
                (self.names, offset) = (names.reversed(), node.offset)
                self.isDotted = isDotted
                return
            case .select(let operand, let name):
                names.append(name)
                node = operand
            case .index(let operand, let position):
                guard case .literal(.string(let name)) = position.kind else { return nil }
                names.append(name)
                isDotted = false
                node = operand
            default: return nil
            }
        }
    }

    /// The path below an event, without regard to where it may be read; nil when it does not lead there.
    var property: PropertyPath? {
        if root == "properties", !names.isEmpty { return PropertyPath(root: .properties, names: names) }
        guard root == "event", names.count >= 2 else { return nil }
        switch names[0] {
        case "properties": return PropertyPath(root: .properties, names: Array(names.dropFirst()))
        case "context": return PropertyPath(root: .context, names: Array(names.dropFirst()))
        default: return nil
        }
    }

    /// Why the path is too large; nil if it is not.
    var bound: String? {
        if (property?.names ?? names).count > Self.namesMax { return "a path has at most \(Self.namesMax) names" }
        if names.contains(where: { $0.utf8.count > Self.nameBytesMax }) {
            return "a name of a property has at most \(Self.nameBytesMax) bytes"
        }
        return nil
    }
}
