import Glibc

/// Instants as a line shows them.
enum LogTime {
    /// Milliseconds since 1970 by the system's clock.
    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// `2026-11-24T16:33:12.345Z`.
    static func text(milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1_000)
        var date = tm()
        gmtime_r(&seconds, &date)
        let day = "\(padded(date.tm_year + 1_900, 4))-\(padded(date.tm_mon + 1, 2))-\(padded(date.tm_mday, 2))"
        let time = "\(padded(date.tm_hour, 2)):\(padded(date.tm_min, 2)):\(padded(date.tm_sec, 2))"
        return "\(day)T\(time).\(padded(Int32(milliseconds % 1_000), 3))Z"
    }

    private static func padded(_ number: Int32, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
