/// The settings of a run: read, checked, complete.
public struct Settings: Sendable {
    /// From which of the four places a value came.
    public enum Source: Sendable, Hashable {
        case standard
        /// With the file's name, line and column.
        case file(String)
        case environment(String)
        case argument(String)
    }

    struct Entry: Sendable {
        let value: SettingValue
        let source: Source
    }

    struct Member: Sendable {
        let text: String
        let source: Source
    }

    let catalog: SettingsCatalog
    /// By key; only what was set.
    var entries: [String: Entry] = [:]
    /// By the family's key, then the member's name.
    var members: [String: [String: Member]] = [:]

    init(catalog: SettingsCatalog) {
        self.catalog = catalog
    }

    /// The value given, or else the default.
    /// - Precondition: the catalog lists the setting.
    public subscript<Value>(_ setting: Setting<Value>) -> Value {
        setting.extract(value(setting.declaration))
    }

    /// Names and values that pass through under the family's key.
    public subscript(_ family: SettingFamily) -> [String: String] {
        (members[family.key] ?? [:]).mapValues(\.text)
    }

    /// The same, with where each came from, in the order of the names.
    public func members(of family: SettingFamily) -> [(name: String, text: String, source: Source)] {
        (members[family.key] ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, $0.value.text, $0.value.source) }
    }

    /// - Precondition: the catalog lists the setting.
    public func value(_ declaration: SettingDeclaration) -> SettingValue {
        precondition(
            catalog.declaration(key: declaration.key) == declaration, "\(declaration.key) is not in the catalog")
        return entries[declaration.key]?.value ?? declaration.defaultValue
    }

    public func source(_ declaration: SettingDeclaration) -> Source {
        entries[declaration.key]?.source ?? .standard
    }

    /// Says which of these have no value, as problems that name every way to set them.
    public func missing(_ required: [SettingDeclaration], flags: [String: String] = [:]) -> [SettingsProblem] {
        required.filter { value($0) == .absent }.map { declaration in
            let flag = flags[declaration.key] ?? "--set \(declaration.key)=…"
            return SettingsProblem(
                origin: flag,
                message: "is needed. \(declaration.documentation) "
                    + "(Also `\(declaration.key)` in the settings file, or \(declaration.environmentName).)")
        }
    }
}

extension Settings.Source: CustomStringConvertible {
    public var description: String {
        switch self {
        case .standard: "default"
        case .file(let place): place
        case .environment(let variable): variable
        case .argument(let flag): flag
        }
    }
}
