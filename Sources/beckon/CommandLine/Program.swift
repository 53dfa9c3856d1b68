import BeckonService

/// Finds the command, runs it, and turns what went wrong into words and an exit status.
enum Program {
    static let version = "0.1.0"

    /// Adding a command: declare it in a file of its own under Command/, and list it here, in the order of help.
    static let commands: [Command] = [
        .dev, .check, .test, .eval, .render, .events, .schema, .work, .send, .topics, .emit, .decisions, .deadLetters,
        .settings,
    ]

    /// - Parameter words: the command line without the program's name.
    /// - Returns: 0, or 2 when the user's input was wrong, or 1 when the operation failed.
    static func run(_ words: [String]) -> Int32 {
        do {
            try dispatch(words)
            return 0
        } catch {
            Terminal.complain("\(error)")
            return status(of: error)
        }
    }

    static func status(of error: any Error) -> Int32 {
        error is UsageProblem || error is UserError || error is SettingsProblems ? 2 : 1
    }

    private static func dispatch(_ words: [String]) throws {
        guard let name = words.first else {
            throw UsageProblem(command: nil, messages: ["Which command? \(names)"])
        }
        if ["--help", "-h", "help"].contains(name) { return try showHelp(words.dropFirst().first) }
        if name == "--version" { return Terminal.show("beckon \(version)\n") }
        let command = try find(name)
        let invocation = try CommandLineParser.parse(command, Array(words.dropFirst()))
        if invocation.has(CommonFlags.help) { return Terminal.show(HelpText.command(command)) }
        try command.run(invocation)
    }

    private static func showHelp(_ name: String?) throws(UsageProblem) {
        guard let name else { return Terminal.show(HelpText.program(commands)) }
        Terminal.show(HelpText.command(try find(name)))
    }

    private static func find(_ name: String) throws(UsageProblem) -> Command {
        if let command = commands.first(where: { $0.name == name }) { return command }
        let what = name.hasPrefix("-") ? "flag" : "command"
        let question = NearestWord.question(name, among: commands.map(\.name) + ["--help", "--version"])
        let message = "There is no \(what) `\(name)`.\(question)" + (question.isEmpty ? " \(names)" : "")
        throw UsageProblem(command: nil, messages: [message])
    }

    private static var names: String {
        "There are " + commands.map { "`\($0.name)`" }.joined(separator: ", ") + "."
    }
}
