/// What `forloop` says of the turn that runs.
public struct LoopState: Sendable {
    /// `item-collection`, as the tag has them.
    let name: String
    let length: Int
    /// From 0.
    var index = 0
    /// `forloop` of the loop around, or nil.
    let parent: TemplateValue

    static let names = ["first", "index", "index0", "last", "length", "name", "parentloop", "rindex", "rindex0"]

    /// nil for a name that it does not have.
    subscript(name: String) -> TemplateValue? {
        switch name {
        case "first": .bool(index == 0)
        case "index": .integer(index + 1)
        case "index0": .integer(index)
        case "last": .bool(index == length - 1)
        case "length": .integer(length)
        case "name": .string(self.name)
        case "parentloop": parent
        case "rindex": .integer(length - index)
        case "rindex0": .integer(length - index - 1)
        default: nil
        }
    }
}

/// What `tablerowloop` says of the cell that is made.
public struct TableRowState: Sendable {
    let length: Int
    let columns: Int
    /// From 0.
    var index = 0
    /// From 1.
    var column = 1
    var row = 1

    static let names = [
        "col", "col0", "col_first", "col_last", "first", "index", "index0", "last", "length", "rindex", "rindex0",
        "row",
    ]

    mutating func advance() {
        index += 1
        if column == columns {
            column = 1
            row += 1
        } else {
            column += 1
        }
    }

    /// nil for a name that it does not have.
    subscript(name: String) -> TemplateValue? {
        switch name {
        case "col": .integer(column)
        case "col0": .integer(column - 1)
        case "col_first": .bool(column == 1)
        case "col_last": .bool(column == columns)
        case "first": .bool(index == 0)
        case "index": .integer(index + 1)
        case "index0": .integer(index)
        case "last": .bool(index == length - 1)
        case "length": .integer(length)
        case "rindex": .integer(length - index)
        case "rindex0": .integer(length - index - 1)
        case "row": .integer(row)
        default: nil
        }
    }
}
