import BeckonModel

/// Instants as emails have them (RFC 5322, section 3.3).
enum MailDate {
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `Tue, 24 Nov 2026 16:15:00 +0000`.
    ///
    /// - Parameter instantMs: not before 1970; earlier ones are taken for its beginning.
    static func text(_ instantMs: Milliseconds) -> String {
        let seconds = max(0, instantMs) / 1_000
        let days = seconds / 86_400
        let date = CalendarDate(daysSince1970: days)
        let rest = seconds % 86_400
        let clock = [rest / 3_600, rest / 60 % 60, rest % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        // The first of January 1970 was a Thursday.
        return
            "\(weekdays[Int(days % 7)]), \(date.day) \(months[date.month - 1]) \(date.year) \(clock.joined(separator: ":")) +0000"
    }
}
