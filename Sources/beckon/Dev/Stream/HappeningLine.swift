import BeckonModel

/// A happening as a line for people.
struct HappeningLine {
    let paint: Paint

    /// Longest text of data in a line.
    static let dataMax = 90

    /// nil for what is only counted.
    /// - Parameter nowMs: the virtual clock.
    func text(_ happening: Happening, nowMs: Milliseconds) -> String? {
        let time = paint(.dim, Self.time(nowMs))
        switch happening {
        case .decision(let decision):
            let data = decision.data == "{}" ? "" : "  " + paint(.dim, Self.cut(decision.data))
            return "\(time)  \(paint(.green, "decision ")) \(paint(.bold, decision.rule)) for "
                + "\(Self.clean(decision.person)) by \(decision.channel): \(decision.reason)\(data)"
        case .recall(let rule, let person):
            return "\(time)  \(paint(.yellow, "recall   ")) \(paint(.bold, rule)) for \(Self.clean(person))"
        case .suppression: return nil
        case .delivery(let rule, let person, let channel, let text):
            let said = text.isEmpty ? "" : ": " + Self.cut(text)
            return "\(time)  \(paint(.cyan, "delivered")) \(rule) to \(Self.clean(person)) by \(channel)\(said)"
        case .outcome(let type, let rule, let person, let channel, let detail):
            let tone: Paint.Tone = type == "converted" ? .green : .plain
            let by = channel.map { " by \($0)" } ?? ""
            let why = detail.map { ": " + Self.cut($0) } ?? ""
            return "\(time)  \(paint(tone, Self.padded(type))) \(rule) for \(Self.clean(person))\(by)\(why)"
        case .deadLetter(let reason, let explanation, let origin):
            return "\(time)  \(paint(.red, "dead     ")) \(origin): \(reason): \(explanation)"
        case .dropped(let topic, let count):
            return
                "\(time)  \(paint(.red, "dropped  ")) \(count) records of \(topic) by the embedded broker before they were shown"
        }
    }

    /// `2024-01-01 09:15:20`.
    static func time(_ instantMs: Milliseconds) -> String {
        let text = Timestamp.text(instantMs)
        return String(text.prefix(10)) + " " + String(text.dropFirst(11).prefix(8))
    }

    private static func padded(_ word: String) -> String {
        word + String(repeating: " ", count: max(0, 9 - word.count))
    }

    private static func cut(_ text: String) -> String {
        let text = clean(text)
        return text.count <= dataMax ? text : String(text.prefix(dataMax)) + "…"
    }

    /// Without what a terminal would act on: ids and data come from events.
    static func clean(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? "\u{FFFD}" : $0 }))
    }
}
