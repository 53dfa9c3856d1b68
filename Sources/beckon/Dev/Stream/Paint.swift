import Glibc

/// Colour where the terminal has any and nobody minds (`NO_COLOR`), else nothing.
struct Paint: Sendable {
    enum Tone: String, Sendable {
        case plain = "0"
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
    }

    let isOn: Bool

    /// - Parameters:
    ///   - isTerminal: whether people read it as it comes.
    ///   - environment: `NO_COLOR` (anything that is not empty) and `TERM=dumb` turn colour off.
    init(isTerminal: Bool, environment: [String: String]) {
        let isUnwanted = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        isOn = isTerminal && !isUnwanted && environment["TERM"] != "dumb"
    }

    func callAsFunction(_ tone: Tone, _ text: String) -> String {
        isOn && tone != .plain ? "\u{1B}[\(tone.rawValue)m\(text)\u{1B}[0m" : text
    }
}
