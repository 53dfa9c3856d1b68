import BeckonService

extension Command {
    static let settings: Command = {
        let markdown = Flag.toggle("--markdown", "Prints the reference of all settings, as Markdown.")
        return Command(
            name: "settings",
            summary: "Shows every setting, its value here and where that value came from.",
            discussion:
                "Arguments win over environment variables, those over the settings file, that over the default.",
            flags: [markdown, CommonFlags.brokers, CommonFlags.http],
            examples: [
                .init(line: "beckon settings --config beckon.yaml", explanation: "What a settings file comes to"),
                .init(line: "beckon settings --markdown", explanation: "The reference, to read"),
            ]
        ) { invocation in
            if invocation.has(markdown) {
                let text = SettingsReference.markdown(ProgramSettings.catalog, flags: flagsByKey)
                return Terminal.show(text)
            }
            Terminal.show(SettingsReference.table(try invocation.settings()))
        }
    }()

    /// The flags of all commands that are short names of settings, by the setting's key.
    private static var flagsByKey: [String: [String]] {
        var names: [String: Set<String>] = [:]
        for flag in Program.commands.flatMap(\.allFlags) {
            if let key = flag.settingKey { names[key, default: []].insert(flag.name) }
        }
        return names.mapValues { $0.sorted() }
    }
}
