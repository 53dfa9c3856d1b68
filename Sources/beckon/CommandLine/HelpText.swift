import BeckonService

/// Help, derived from the declarations.
enum HelpText {
    private static let widthMax = 100

    static func program(_ commands: [Command]) -> String {
        var text = """
            Beckon turns events in Kafka into decisions: who should be told what, and when.

            USAGE  beckon COMMAND [flags]

            COMMANDS

            """
        text += table(commands.map { ($0.name, $0.summary) })
        text +=
            "\nFLAGS\n" + table([("--help", "Shows this help, or a command's."), ("--version", "Shows the version.")])
        return text + "\n`beckon COMMAND --help` says more about each, with examples.\n"
    }

    static func command(_ command: Command) -> String {
        var text = command.summary + "\n\nUSAGE  " + usage(command) + "\n"
        if !command.discussion.isEmpty { text += "\n" + command.discussion + "\n" }
        if !command.positionals.isEmpty {
            text += "\nARGUMENTS\n" + table(command.positionals.map { ($0.name, $0.documentation) })
        }
        text += "\nFLAGS\n" + table(command.allFlags.map { (head($0), tail($0, command)) })
        if !command.examples.isEmpty {
            text += "\nEXAMPLES\n"
            for example in command.examples { text += "  # \(example.explanation)\n  \(example.line)\n" }
        }
        return text
    }

    private static func usage(_ command: Command) -> String {
        let positionals = command.positionals.map { positional in
            let name = positional.name + (positional.isRepeatable ? "…" : "")
            return positional.isRequired ? name : "[\(name)]"
        }
        return (["beckon", command.name] + positionals + ["[flags]"]).joined(separator: " ")
    }

    private static func head(_ flag: Flag) -> String {
        flag.name + (flag.placeholder.map { " " + $0 } ?? "")
    }

    private static func tail(_ flag: Flag, _ command: Command) -> String {
        guard let key = flag.settingKey, let declaration = ProgramSettings.catalog.declaration(key: key) else {
            return flag.documentation + (flag.isRepeatable ? " May be repeated." : "")
        }
        if command.required.contains(declaration) { return flag.documentation + " Needed." }
        guard flag.hasDefault, let text = declaration.defaultText else { return flag.documentation }
        return "\(flag.documentation) Default \(text)."
    }

    private static func table(_ rows: [(String, String)]) -> String {
        let width = min(28, rows.map(\.0.count).max() ?? 0)
        return rows.map { head, tail in
            let lines = wrapped(tail, width: widthMax - width - 4)
            let indent = String(repeating: " ", count: width + 4)
            let gap = head.count > width ? "\n" + indent : String(repeating: " ", count: width - head.count + 2)
            return "  " + head + gap + lines.joined(separator: "\n" + indent) + "\n"
        }.joined()
    }

    private static func wrapped(_ text: String, width: Int) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ") {
            let last = lines[lines.count - 1]
            if last.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
