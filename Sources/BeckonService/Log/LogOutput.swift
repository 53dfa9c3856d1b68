import Glibc

/// Where the lines of a process go.
///
/// Safe from any thread without a lock: a line is one write, and no longer than a pipe takes in one piece unless its
/// metadata is extraordinary.
public final class LogOutput: Sendable {
    public let level: LogLevel
    public let format: LogFormat
    private let clock: @Sendable () -> Int64
    private let sink: @Sendable ([UInt8]) -> Void

    /// To standard error, with the system's clock.
    public convenience init(level: LogLevel, format: LogFormat) {
        self.init(level: level, format: format, clock: LogTime.now) { LogOutput.writeToStandardError($0) }
    }

    /// - Parameters:
    ///   - clock: milliseconds since 1970.
    ///   - sink: takes a whole line with its end; called from any thread.
    public init(
        level: LogLevel, format: LogFormat, clock: @escaping @Sendable () -> Int64,
        sink: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.level = level
        self.format = format
        self.clock = clock
        self.sink = sink
    }

    /// To standard error, as the settings say.
    public convenience init(_ settings: Settings) {
        self.init(level: settings[LogSettings.level], format: settings[LogSettings.format])
    }

    @inlinable
    public func isOn(_ level: LogLevel) -> Bool { level >= self.level }

    /// Writes a line whatever its level.
    public func write(_ level: LogLevel, _ message: StaticString, _ metadata: [(key: String, value: LogScalar)]) {
        var line = LogLine(format)
        line.begin(time: LogTime.text(milliseconds: clock()), level: level, message: message.description)
        for (key, value) in metadata { line.add(key, value) }
        sink(line.finish())
    }

    /// Lines are lost when standard error is closed: there is nowhere left to say so.
    private static func writeToStandardError(_ line: [UInt8]) {
        line.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(STDERR_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return }
            }
        }
    }
}
