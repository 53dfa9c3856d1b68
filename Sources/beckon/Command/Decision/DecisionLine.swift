import BeckonModel
import BeckonSender

/// A record of the decisions topic as one line for people.
enum DecisionLine {
    static func text(_ value: UnsafeRawBufferPointer?) -> String {
        do throws(DecisionRecordError) {
            switch try DecisionRecord.read(value) {
            case .decision(let decision): return text(decision)
            case .cancel(let cancel): return text(cancel)
            case .other(let type): return "a record of type \(printable(type)), which this version does not know"
            }
        } catch {
            return "a record that cannot be read: \(printable(error.description))"
        }
    }

    /// `2026-11-24T16:15:00.000Z  decision  cart-reminder  ann  push  Left a cart  {"value":60}`
    static func text(_ decision: Decision) -> String {
        let mode = decision.mode == .live ? [] : ["(not to be delivered)"]
        let key = decision.key.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let data = decision.data == "{}" ? [] : [decision.data]
        let parts =
            [Timestamp.text(decision.dueAtMs), "decision", decision.rule, decision.person] + key + [decision.channel]
            + mode + [decision.reason] + data
        return line(parts)
    }

    /// `2026-11-24T16:16:00.000Z  cancel    cart-reminder  ann  recalls 0a1b…`
    static func text(_ cancel: Cancel) -> String {
        line([Timestamp.text(cancel.decidedAtMs), "cancel  ", cancel.rule, cancel.person, "recalls \(cancel.id)"])
    }

    private static func line(_ parts: [String]) -> String {
        parts.filter { !$0.isEmpty }.map(printable).joined(separator: "  ")
    }

    /// People's ids come from outside: nothing in them may steer the terminal.
    private static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(isControl(scalar) ? "\u{FFFD}" : scalar) }
        return String(result)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        [.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
    }
}
