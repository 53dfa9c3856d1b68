/// Amounts of money for people to read: `€1,234.50`, `1.234,50 €`, `JPY 1,235`.
enum MoneyText {
    private static let signs = [
        "EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "BRL": "R$", "PLN": "zł", "CZK": "Kč",
        "UAH": "₴", "ILS": "₪", "VND": "₫", "PHP": "₱", "TRY": "₺",
    ]

    /// Currencies whose smallest unit is not a hundredth (ISO 4217).
    private static let places = [
        "JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "HUF": 2, "BHD": 3, "KWD": 3, "JOD": 3, "OMR": 3, "TND": 3,
    ]

    /// How a language writes amounts.
    private struct Style {
        let group: String
        let point: String
        let isSignBehind: Bool

        static let english = Style(group: ",", point: ".", isSignBehind: false)
        static let comma = Style(group: ".", point: ",", isSignBehind: true)
        static let spaced = Style(group: "\u{202F}", point: ",", isSignBehind: true)
    }

    /// By language, where it is not as in English.
    private static let styles: [String: Style] = [
        "de": .comma, "es": .comma, "it": .comma, "pt": .comma, "nl": .comma, "da": .comma, "el": .comma, "tr": .comma,
        "id": .comma, "ro": .comma, "sl": .comma, "hr": .comma, "fr": .spaced, "pl": .spaced, "cs": .spaced,
        "sk": .spaced, "sv": .spaced, "nb": .spaced, "no": .spaced, "fi": .spaced, "uk": .spaced, "ru": .spaced,
        "bg": .spaced, "hu": .spaced,
    ]

    /// - Parameters:
    ///   - currency: a code of ISO 4217; empty for the amount alone. One without a sign stands as it is.
    ///   - locale: such as `de` or `de-DE`; only its language counts.
    static func text(_ amount: ExactDecimal, currency: String, locale: String) -> String {
        let style = styles[String(locale.prefix { $0.isLetter }).lowercased()] ?? .english
        let places = places[currency] ?? 2
        let number = amount.rounded(.half, places: places)
        var digits = Array(String(number.digits.magnitude).utf8)
        if number.exponent > -places { digits += zeros(number.exponent + places) }
        if digits.count <= places { digits = zeros(places + 1 - digits.count) + digits }
        let whole = digits.dropLast(places)
        var text = ""
        for (place, digit) in whole.enumerated() {
            if place > 0, (whole.count - place) % 3 == 0 { text += style.group }
            text += String(UnicodeScalar(digit))
        }
        if places > 0 { text += style.point + String(decoding: digits.suffix(places), as: UTF8.self) }
        let minus = number.digits < 0 ? "-" : ""
        guard !currency.isEmpty else { return minus + text }
        let sign = signs[currency] ?? currency
        if style.isSignBehind { return "\(minus)\(text)\u{A0}\(sign)" }
        return sign.utf8.count == 3 && sign == currency ? "\(minus)\(sign)\u{A0}\(text)" : minus + sign + text
    }

    private static func zeros(_ count: Int) -> [UInt8] { Array(repeating: UInt8(ascii: "0"), count: count) }
}
