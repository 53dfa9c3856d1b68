import BeckonService

/// A parsed and checked command line.
struct Invocation: Sendable {
    let command: Command
    let positionals: [String]
    /// By the flag's name, in the order given. A switch has one empty text.
    let values: [String: [String]]

    /// Whether the flag was given.
    func has(_ flag: Flag) -> Bool { values[flag.name] != nil }

    /// The text given, the last one if there are several.
    func text(_ flag: Flag) -> String? { values[flag.name]?.last }

    /// All texts given.
    func texts(_ flag: Flag) -> [String] { values[flag.name] ?? [] }

    /// The value of a flag that is no setting; `.absent` when it was not given.
    func value(_ flag: Flag) -> SettingValue {
        guard let text = text(flag), let value = try? flag.kind.read(text) else { return .absent }
        return value
    }

    func integer(_ flag: Flag) -> Int? {
        if case .integer(let number) = value(flag) { number } else { nil }
    }

    func duration(_ flag: Flag) -> Duration? {
        if case .duration(let duration) = value(flag) { duration } else { nil }
    }

    /// The settings of the run: flags over environment over file over default.
    /// - Throws: `SettingsProblems` with everything that is wrong or missing.
    func settings(
        _ catalog: SettingsCatalog = ProgramSettings.catalog, environment: [String: String] = EnvironmentVariable.all()
    ) throws(SettingsProblems) -> Settings {
        var reader = SettingsReader(catalog)
        if let (path, origin) = settingsFile(environment) {
            reader.add(file: path, bytes: try SettingsFile.bytes(path: path, origin: origin))
        }
        reader.add(environment: environment)
        reader.add(arguments: arguments)
        let settings = try reader.finish()
        let missing = settings.missing(command.required, flags: flagNames)
        if !missing.isEmpty { throw SettingsProblems(missing) }
        return settings
    }

    private func settingsFile(_ environment: [String: String]) -> (path: String, origin: String)? {
        if let path = text(CommonFlags.config) { return (path, CommonFlags.config.name) }
        guard let path = environment[SettingsFile.variable], !path.isEmpty else { return nil }
        return (path, SettingsFile.variable)
    }

    /// `--set` and `--kafka-client` have `NAME=VALUE`, as the parser has made sure.
    private var arguments: [SettingsReader.Argument] {
        command.allFlags.flatMap { flag in
            texts(flag).compactMap { text -> SettingsReader.Argument? in
                if flag.isRepeatable, let (name, value) = CommandLineParser.pair(text) {
                    if flag.name == CommonFlags.set.name { return .init(flag: flag.name, key: name, text: value) }
                    return flag.settingKey.map { .init(flag: flag.name, key: "\($0).\(name)", text: value) }
                }
                return flag.settingKey.map { .init(flag: flag.name, key: $0, text: text) }
            }
        }
    }

    private var flagNames: [String: String] {
        var names: [String: String] = [:]
        for flag in command.flags {
            if let key = flag.settingKey { names[key] = flag.name }
        }
        return names
    }
}
