import Glibc

/// The metrics that say what the process itself uses, under the names that every Prometheus client has.
public enum ProcessMetrics {
    /// Declares them; they are read when the metrics are.
    public static func add(to metrics: Metrics, version: String) {
        metrics.gauge(
            "process_resident_memory_bytes", unit: .bytes, "Resident memory of this process.", read: residentBytes)
        metrics.add(
            .init("process_cpu_seconds_total", .counter, .seconds, labels: [], "CPU time, user and system.")
        ) { $0.sample("process_cpu_seconds_total", [], MetricsText.number(cpuSeconds())) }
        metrics.gauge("process_start_time_seconds", unit: .seconds, "When this process started, since 1970.") {
            [started = Double(LogTime.now()) / 1_000] in started
        }
        metrics.gauges("beckon_build_info", unit: .one, labels: ["version"], "1, with the version as a label.")[version]
            .set(1)
    }

    private static func cpuSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        return Double(seconds) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1_000_000
    }

    /// The second number of `/proc/self/statm`, in pages.
    @Sendable private static func residentBytes() -> Double? {
        let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(file, &bytes, bytes.count)
        guard count > 0 else { return nil }
        let words = String(decoding: bytes[..<count], as: UTF8.self).split(separator: " ")
        guard words.count > 1, let pages = Double(words[1]) else { return nil }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }
}
