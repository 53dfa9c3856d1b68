/// All settings of the program: what a file may contain, and what the reference lists.
public struct SettingsCatalog: Sendable {
    /// In the order of their keys.
    public let declarations: [SettingDeclaration]
    public let families: [SettingFamily]
    private let byKey: [String: SettingDeclaration]
    private let byVariable: [String: SettingDeclaration]

    /// - Precondition: no two settings share a key or an environment variable.
    public init(_ declarations: [SettingDeclaration], families: [SettingFamily] = []) {
        self.declarations = declarations.sorted { $0.key < $1.key }
        self.families = families
        byKey = Dictionary(declarations.map { ($0.key, $0) }) { first, _ in
            preconditionFailure("two settings have the key \(first.key)")
        }
        byVariable = Dictionary(declarations.map { ($0.environmentName, $0) }) { first, second in
            preconditionFailure("\(first.key) and \(second.key) share an environment variable")
        }
    }

    public func declaration(key: String) -> SettingDeclaration? { byKey[key] }

    func declaration(variable: String) -> SettingDeclaration? { byVariable[variable] }

    /// The family and the member's name that `key` means.
    func member(key: String) -> (family: SettingFamily, name: String)? {
        for family in families {
            if let name = family.memberName(ofKey: key) { return (family, name) }
        }
        return nil
    }

    func member(variable: String) -> (family: SettingFamily, name: String)? {
        for family in families {
            if let name = family.memberName(ofVariable: variable) { return (family, name) }
        }
        return nil
    }

    var variables: some Sequence<String> { byVariable.keys.sorted() }
}
