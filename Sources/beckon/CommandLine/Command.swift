import BeckonService

/// One subcommand: what it takes, and what it does.
struct Command: Sendable {
    /// A word that is not a flag.
    struct Positional: Sendable {
        /// As in help: `EVENT`.
        let name: String
        let isRequired: Bool
        /// Only the last may repeat.
        let isRepeatable: Bool
        let documentation: String

        init(_ name: String, required: Bool = true, repeatable: Bool = false, _ documentation: String) {
            self.name = name
            isRequired = required
            isRepeatable = repeatable
            self.documentation = documentation
        }
    }

    struct Example: Sendable {
        /// A whole line, as typed.
        let line: String
        let explanation: String
    }

    let name: String
    /// One sentence.
    let summary: String
    /// Further sentences for the command's own help.
    var discussion = ""
    var positionals: [Positional] = []
    /// The command's own; those of all commands that read settings are added when `readsSettings`.
    var flags: [Flag] = []
    var readsSettings = true
    /// Settings without which the command cannot start.
    var required: [SettingDeclaration] = []
    var examples: [Example] = []
    /// Runs on the main thread until the command has done its work.
    let run: @Sendable (Invocation) throws -> Void

    /// All flags that the command takes, its own first.
    var allFlags: [Flag] { flags + (readsSettings ? CommonFlags.settings : []) + [CommonFlags.help] }
}
