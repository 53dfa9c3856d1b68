import BeckonService

/// Turns words into an `Invocation` by a command's declaration, collecting every problem.
struct CommandLineParser {
    private let command: Command
    private var problems: [String] = []
    private var positionals: [String] = []
    private var values: [String: [String]] = [:]

    /// - Parameter words: what follows the command's name.
    /// - Throws: everything that is wrong. A line with `--help` in it is never wrong.
    static func parse(_ command: Command, _ words: [String]) throws(UsageProblem) -> Invocation {
        var parser = CommandLineParser(command: command)
        parser.read(words[...])
        let invocation = Invocation(command: command, positionals: parser.positionals, values: parser.values)
        if invocation.has(CommonFlags.help) { return invocation }
        parser.checkPositionals()
        if !parser.problems.isEmpty { throw UsageProblem(command: command.name, messages: parser.problems) }
        return invocation
    }

    /// The two sides of `NAME=VALUE`; the value may have further equals signs.
    static func pair(_ text: String) -> (name: String, value: String)? {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else { return nil }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }

    private init(command: Command) {
        self.command = command
    }

    /// `--flag value`, `--flag=value`, `-h`; after `--` everything is positional.
    private mutating func read(_ words: ArraySlice<String>) {
        var rest = words
        while let word = rest.popFirst() {
            if word == "--" {
                positionals += rest
                return
            }
            guard word.hasPrefix("-"), word.count > 1 else {
                positionals.append(word)
                continue
            }
            readFlag(word == "-h" ? "--help" : word, &rest)
        }
    }

    private mutating func readFlag(_ word: String, _ rest: inout ArraySlice<String>) {
        let attached = word.hasPrefix("--") ? Self.pair(word) : nil
        let name = attached?.name ?? word
        guard let flag = command.allFlags.first(where: { $0.name == name }) else {
            let question = NearestWord.question(name, among: command.allFlags.map(\.name))
            problems.append("`beckon \(command.name)` has no flag `\(name)`.\(question)")
            return
        }
        guard let placeholder = flag.placeholder else {
            if attached != nil { problems.append("`\(name)` takes no value.") }
            values[name] = [""]
            return
        }
        // A value that looks like a flag is more likely a forgotten value; `--flag=-5` says it plainly.
        if let value = attached?.value {
            add(value, flag)
        } else if let next = rest.first, !next.hasPrefix("--") {
            rest.removeFirst()
            add(next, flag)
        } else {
            problems.append("`\(name)` needs a value: `\(name) \(placeholder)`.")
        }
    }

    private mutating func add(_ value: String, _ flag: Flag) {
        if !flag.isRepeatable, values[flag.name] != nil {
            problems.append("`\(flag.name)` is given twice.")
        } else if flag.placeholder?.contains("=") == true, Self.pair(value) == nil {
            problems.append("`\(flag.name) \(value)` is not `\(flag.placeholder ?? "")`.")
        } else if flag.settingKey == nil {
            // A setting's text is judged with all other settings, whichever way it was given.
            do throws(SettingTextError) {
                _ = try flag.kind.read(value)
            } catch {
                problems.append("`\(flag.name)` is `\(value)`; expected \(error.expected).")
            }
        }
        values[flag.name, default: []].append(value)
    }

    private mutating func checkPositionals() {
        for missing in command.positionals.dropFirst(positionals.count) where missing.isRequired {
            problems.append("\(missing.name) is missing: \(missing.documentation)")
        }
        if command.positionals.last?.isRepeatable == true { return }
        for extra in positionals.dropFirst(command.positionals.count) {
            problems.append("`\(extra)` is one word too many.")
        }
    }
}
