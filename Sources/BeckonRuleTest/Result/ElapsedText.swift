import BeckonModel

/// Times of a test, as people write them: `0m`, `15m`, `1d 2h`, `14m 59.999s`.
public enum ElapsedText {
    public static func text(_ milliseconds: Milliseconds) -> String {
        if milliseconds == 0 { return "0m" }
        var rest = milliseconds.magnitude
        var parts: [String] = []
        for (unit, letter) in [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m")] as [(UInt64, String)] {
            if rest >= unit { parts.append("\(rest / unit)\(letter)") }
            rest %= unit
        }
        if rest > 0 { parts.append(seconds(rest)) }
        return (milliseconds < 0 ? "-" : "") + parts.joined(separator: " ")
    }

    private static func seconds(_ milliseconds: UInt64) -> String {
        let fraction = milliseconds % 1_000
        if fraction == 0 { return "\(milliseconds / 1_000)s" }
        var digits = String(String(1_000 + fraction).dropFirst())
        while digits.last == "0" { digits.removeLast() }
        return "\(milliseconds / 1_000).\(digits)s"
    }
}
