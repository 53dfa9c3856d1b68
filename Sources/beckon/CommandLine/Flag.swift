import BeckonService

/// One flag of a command; parsing, help and errors derive from it.
struct Flag: Sendable {
    /// With its dashes: `--speed`.
    let name: String
    /// What stands for the value in help: `FACTOR`. nil: the flag is a switch and takes no value.
    let placeholder: String?
    /// What values are taken; checked when the line is parsed.
    let kind: SettingKind
    /// The setting that the flag is a short name of, or the family (its value is then `NAME=VALUE`).
    let settingKey: String?
    let isRepeatable: Bool
    /// One sentence.
    let documentation: String
    /// Whether the setting's default holds where the flag is not given: help then tells it.
    var hasDefault = true

    /// A flag without a value.
    static func toggle(_ name: String, _ documentation: String) -> Flag {
        Flag(
            name: name, placeholder: nil, kind: .boolean, settingKey: nil, isRepeatable: false,
            documentation: documentation)
    }

    /// A flag with a value of its own that is no setting.
    static func value(
        _ name: String, _ placeholder: String, kind: SettingKind = .text, repeatable: Bool = false,
        _ documentation: String
    ) -> Flag {
        Flag(
            name: name, placeholder: placeholder, kind: kind, settingKey: nil, isRepeatable: repeatable,
            documentation: documentation)
    }

    /// The short name of a setting, which says the rest.
    static func setting<Value>(_ setting: Setting<Value>, _ name: String, _ placeholder: String) -> Flag {
        let declaration = setting.declaration
        return Flag(
            name: name, placeholder: placeholder, kind: declaration.kind, settingKey: declaration.key,
            isRepeatable: false, documentation: declaration.documentation)
    }
}
