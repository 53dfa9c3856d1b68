/// Reads the settings: arguments over environment over file over default.
///
/// It collects every problem before it gives up, and an unknown key is one.
public struct SettingsReader {
    /// A setting given on the command line.
    public struct Argument: Sendable {
        /// As typed, for errors: `--threads`.
        public let flag: String
        public let key: String
        public let text: String

        public init(flag: String, key: String, text: String) {
            self.flag = flag
            self.key = key
            self.text = text
        }
    }

    private let catalog: SettingsCatalog
    private var settings: Settings
    private var problems: [SettingsProblem] = []

    public init(_ catalog: SettingsCatalog) {
        self.catalog = catalog
        settings = Settings(catalog: catalog)
    }

    /// Reads all there is.
    /// - Parameters:
    ///   - file: the settings file's name, for errors, and its bytes.
    ///   - environment: all variables of the process; those that do not start with `BECKON_` are ignored.
    /// - Throws: all problems, those of the file first.
    public static func read(
        _ catalog: SettingsCatalog, arguments: [Argument] = [], environment: [String: String] = [:],
        file: (name: String, bytes: [UInt8])? = nil
    ) throws(SettingsProblems) -> Settings {
        var reader = SettingsReader(catalog)
        if let file { reader.add(file: file.name, bytes: file.bytes) }
        reader.add(environment: environment)
        reader.add(arguments: arguments)
        return try reader.finish()
    }

    /// The weakest source: add it first.
    public mutating func add(file: String, bytes: [UInt8]) {
        let parsed = SettingsFileParser.parse(bytes, file: file)
        for entry in parsed.entries {
            set(key: entry.key, text: entry.text, source: .file(entry.place), origin: entry.place)
        }
        problems += parsed.problems
    }

    public mutating func add(environment: [String: String]) {
        for (variable, text) in environment.sorted(by: { $0.key < $1.key }) where variable.hasPrefix("BECKON_") {
            if let declaration = catalog.declaration(variable: variable) {
                set(declaration, text, .environment(variable), origin: variable)
            } else if let (family, name) = catalog.member(variable: variable) {
                set(family, name, text, .environment(variable), origin: variable)
            } else if !EnvironmentVariable.isForeign(variable) {
                let question = NearestWord.question(variable, among: catalog.variables)
                problems.append(SettingsProblem(origin: variable, message: "No setting has this name.\(question)"))
            }
        }
    }

    /// The strongest source: add it last. Of a flag given twice the last counts.
    public mutating func add(arguments: [Argument]) {
        for argument in arguments {
            set(key: argument.key, text: argument.text, source: .argument(argument.flag), origin: argument.flag)
        }
    }

    /// - Throws: all problems so far.
    public consuming func finish() throws(SettingsProblems) -> Settings {
        if !problems.isEmpty { throw SettingsProblems(problems) }
        return settings
    }

    private mutating func set(key: String, text: String, source: Settings.Source, origin: String) {
        if let declaration = catalog.declaration(key: key) {
            set(declaration, text, source, origin: origin)
        } else if let (family, name) = catalog.member(key: key) {
            set(family, name, text, source, origin: origin)
        } else {
            let question = NearestWord.question(key, among: catalog.declarations.map(\.key))
            problems.append(SettingsProblem(origin: origin, message: "No setting is called `\(key)`.\(question)"))
        }
    }

    private mutating func set(
        _ declaration: SettingDeclaration, _ text: String, _ source: Settings.Source, origin: String
    ) {
        do {
            settings.entries[declaration.key] = Settings.Entry(value: try declaration.kind.read(text), source: source)
        } catch {
            let shown = declaration.isSecret ? "(a secret)" : "`\(SettingsReader.cut(text))`"
            problems.append(
                SettingsProblem(origin: origin, message: "\(declaration.key) is \(shown); expected \(error.expected)."))
        }
    }

    private mutating func set(
        _ family: SettingFamily, _ name: String, _ text: String, _ source: Settings.Source, origin: String
    ) {
        if let reason = family.refused[name] {
            problems.append(SettingsProblem(origin: origin, message: "\(family.key).\(name) is refused: \(reason)."))
        } else if case .argument = source, family.isKeptFromArguments(name) {
            let message =
                "\(family.key).\(name) is a secret, and everybody on the machine can read a command line: set "
                + "\(family.variable(of: name)), or write it into the settings file."
            problems.append(SettingsProblem(origin: origin, message: message))
        } else if settings.members[family.key, default: [:]].count >= SettingFamily.countMax {
            let message = "More than \(SettingFamily.countMax) names under \(family.key)."
            problems.append(SettingsProblem(origin: origin, message: message))
        } else {
            settings.members[family.key, default: [:]][name] = Settings.Member(text: text, source: source)
        }
    }

    private static func cut(_ text: String) -> String {
        text.count <= 80 ? text : text.prefix(80) + "…"
    }
}
