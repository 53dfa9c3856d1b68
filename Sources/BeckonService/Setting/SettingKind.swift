/// What texts a setting takes, and what they mean.
public enum SettingKind: Sendable, Hashable {
    case text
    /// One of these words.
    case choice([String])
    case integer(ClosedRange<Int>)
    /// `true` or `false`.
    case boolean
    /// A whole number and a unit: ms, s, m, h or d.
    case duration(ClosedRange<Duration>)
    /// Words separated by commas, at most `countMax`.
    case list(countMax: Int)
    /// `HOST:PORT`.
    case address

    /// Reads `text`.
    /// - Throws: what the text should have been, as the end of a sentence.
    public func read(_ text: String) throws(SettingTextError) -> SettingValue {
        let value: SettingValue? =
            switch self {
            case .text: text.isEmpty ? nil : .text(text)
            case .choice(let words): words.contains(text) ? .text(text) : nil
            case .integer(let range): Int(text).flatMap { range.contains($0) ? .integer($0) : nil }
            case .boolean: ["true": true, "false": false][text].map { .boolean($0) }
            case .duration(let range):
                DurationText.read(text).flatMap { range.contains($0) ? .duration($0) : nil }
            case .list(let countMax): Self.list(text, countMax: countMax)
            case .address: NetworkAddress(text).map { .address($0) }
            }
        guard let value else { throw SettingTextError(expected: expectation + suggestion(for: text)) }
        return value
    }

    /// The kind in a word or two, for tables and help.
    public var name: String {
        switch self {
        case .text: "text"
        case .choice(let words): words.joined(separator: " or ")
        case .integer(let range):
            range.upperBound == .max ? "number from \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
        case .boolean: "true or false"
        case .duration(let range):
            "duration, \(DurationText.write(range.lowerBound)) to \(DurationText.write(range.upperBound))"
        case .list: "list"
        case .address: "HOST:PORT"
        }
    }

    private var expectation: String {
        switch self {
        case .text: "a text that is not empty"
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        case .integer(let range):
            range.upperBound == .max
                ? "a whole number, \(range.lowerBound) or more"
                : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .boolean: "true or false"
        case .duration(let range):
            "a duration such as 250ms, 10s, 15m, 24h or 90d, from \(DurationText.write(range.lowerBound)) to "
                + DurationText.write(range.upperBound)
        case .list(let countMax): "1 to \(countMax) words separated by commas, none of them empty"
        case .address: "HOST:PORT, such as 127.0.0.1:9464 (an IPv6 address in brackets)"
        }
    }

    private func suggestion(for text: String) -> String {
        guard case .choice(let words) = self else { return "" }
        return NearestWord.to(text, among: words).map { " (did you mean `\($0)`?)" } ?? ""
    }

    private static func list(_ text: String, countMax: Int) -> SettingValue? {
        let items = text.split(separator: ",", omittingEmptySubsequences: false).map { trimmed($0) }
        guard items.count <= countMax, items.allSatisfy({ !$0.isEmpty }) else { return nil }
        return .list(items)
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}

/// Says what a setting's text should have been.
public struct SettingTextError: Error, Sendable {
    /// The end of a sentence: "a whole number from 1 to 64".
    public let expected: String
}
