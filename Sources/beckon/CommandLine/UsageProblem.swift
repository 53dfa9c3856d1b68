/// A command line that cannot be understood, with everything that is wrong with it.
struct UsageProblem: Error, CustomStringConvertible {
    /// Whose help to point to; nil: the program's.
    let command: String?
    /// Sentences, at least one.
    let messages: [String]

    var description: String {
        let help = command.map { "beckon \($0) --help" } ?? "beckon --help"
        return (messages + ["See `\(help)`."]).joined(separator: "\n")
    }
}

/// Something the user gave that cannot be used: a broken rule, a missing file. Ends the program with status 2.
struct UserError: Error, CustomStringConvertible {
    /// A clear sentence, or several lines.
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
