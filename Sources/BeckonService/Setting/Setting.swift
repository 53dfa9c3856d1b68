/// A setting with the type that the program sees.
///
/// Declared once, as a static member beside the code that uses it, and listed in the program's `SettingsCatalog`:
///
///     static let threads = Setting.integer("worker.threads", in: 1...64, default: 1, "Threads that run partitions.")
///     …
///     let threads = settings[WorkerSettings.threads]
public struct Setting<Value: Sendable>: Sendable {
    public let declaration: SettingDeclaration
    /// Traps on a value that the kind cannot have read.
    let extract: @Sendable (SettingValue) -> Value

    public var key: String { declaration.key }
}

extension Setting where Value == String {
    public static func text(
        _ key: String, default text: String, secret: Bool = false, _ documentation: String
    ) -> Self {
        Self(declaration: .init(key, .text, default: text, secret: secret, documentation)) { value in
            guard case .text(let text) = value else { preconditionFailure("\(key) is no text") }
            return text
        }
    }
}

extension Setting where Value == String? {
    public static func text(_ key: String, secret: Bool = false, _ documentation: String) -> Self {
        Self(declaration: .init(key, .text, default: nil, secret: secret, documentation)) { value in
            if case .text(let text) = value { text } else { nil }
        }
    }
}

extension Setting where Value == Int {
    public static func integer(
        _ key: String, in range: ClosedRange<Int>, default number: Int, _ documentation: String
    ) -> Self {
        Self(declaration: .init(key, .integer(range), default: String(number), secret: false, documentation)) { value in
            guard case .integer(let number) = value else { preconditionFailure("\(key) is no number") }
            return number
        }
    }
}

extension Setting where Value == Int? {
    public static func integer(_ key: String, in range: ClosedRange<Int>, _ documentation: String) -> Self {
        Self(declaration: .init(key, .integer(range), default: nil, secret: false, documentation)) { value in
            if case .integer(let number) = value { number } else { nil }
        }
    }
}

extension Setting where Value == Bool {
    public static func boolean(_ key: String, default flag: Bool, _ documentation: String) -> Self {
        Self(declaration: .init(key, .boolean, default: "\(flag)", secret: false, documentation)) { value in
            value == .boolean(true)
        }
    }
}

extension Setting where Value == Duration {
    public static func duration(
        _ key: String, in range: ClosedRange<Duration>, default duration: Duration, _ documentation: String
    ) -> Self {
        let text = DurationText.write(duration)
        return Self(declaration: .init(key, .duration(range), default: text, secret: false, documentation)) { value in
            guard case .duration(let duration) = value else { preconditionFailure("\(key) is no duration") }
            return duration
        }
    }
}

extension Setting where Value == [String] {
    /// Without a default the value is empty unless given; a given one never is.
    public static func list(
        _ key: String, countMax: Int = 64, default items: [String] = [], _ documentation: String
    ) -> Self {
        let text = items.isEmpty ? nil : items.joined(separator: ",")
        return Self(
            declaration: .init(key, .list(countMax: countMax), default: text, secret: false, documentation)
        ) { value in
            if case .list(let items) = value { items } else { [] }
        }
    }
}

extension Setting where Value == NetworkAddress? {
    public static func address(_ key: String, default text: String? = nil, _ documentation: String) -> Self {
        Self(declaration: .init(key, .address, default: text, secret: false, documentation)) { value in
            if case .address(let address) = value { address } else { nil }
        }
    }
}

extension Setting where Value: CaseIterable & RawRepresentable<String> {
    /// One of the cases, written as its raw value.
    public static func choice(_ key: String, default word: Value, _ documentation: String) -> Self {
        let kind = SettingKind.choice(Value.allCases.map(\.rawValue))
        return Self(declaration: .init(key, kind, default: word.rawValue, secret: false, documentation)) { value in
            guard case .text(let text) = value, let word = Value(rawValue: text) else {
                preconditionFailure("\(key) is not one of its words")
            }
            return word
        }
    }
}
