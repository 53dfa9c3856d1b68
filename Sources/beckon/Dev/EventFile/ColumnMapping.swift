import BeckonModel

/// What the columns of delimited text mean: `person,time,quantity:number,amount:number`.
///
/// One column is `person`, one `time` (or `date`); `-` is skipped; the others become properties by their names. A type
/// (`text`, `number`, `boolean`) may follow a name; without one, what looks like a JSON number is one.
struct ColumnMapping: Sendable {
    enum Column: Sendable, Equatable {
        case person, time, skipped
        case property(String, PropertyType?)
    }

    enum PropertyType: String, Sendable, CaseIterable { case text, number, boolean }

    static let columnsMax = 256

    let columns: [Column]

    /// - Throws: everything that is wrong with the text.
    init(_ text: String) throws(UserError) {
        var problems: [String] = []
        columns = text.split(separator: ",", omittingEmptySubsequences: false).map {
            Self.column(String($0), &problems)
        }
        if columns.count > Self.columnsMax { problems.append("there are more than \(Self.columnsMax) columns.") }
        for (column, name) in [(Column.person, "person"), (.time, "time")] {
            let count = columns.count { $0 == column }
            if count != 1 { problems.append("exactly one column is `\(name)`, not \(count).") }
        }
        let names = columns.compactMap { if case .property(let name, _) = $0 { name } else { nil } }
        if Set(names).count < names.count { problems.append("two columns have the same name.") }
        if !problems.isEmpty {
            throw UserError(
                problems.map { "`--columns \(text)`: " + $0 }.joined(separator: "\n")
                    + "\nFor example: `--columns person,time,quantity:number,-`.")
        }
    }

    private static func column(_ text: String, _ problems: inout [String]) -> Column {
        switch text {
        case "person": return .person
        case "time", "date": return .time
        case "-": return .skipped
        default: break
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let name = parts.first, !name.isEmpty else {
            problems.append("a column has no name; write `-` for one that is to be skipped.")
            return .skipped
        }
        guard parts.count == 2 else { return .property(name, nil) }
        guard let type = PropertyType(rawValue: parts[1]) else {
            problems.append("`\(text)` has an unknown type; there are text, number and boolean.")
            return .skipped
        }
        return .property(name, type)
    }
}
