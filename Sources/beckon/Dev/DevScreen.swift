import BeckonModel
import BeckonService
import Glibc
import Synchronization

/// The terminal of `beckon dev`: the banner, the stream, and the log of the services, which must not tear it.
final class DevScreen {
    let paint: Paint
    private let isTerminal: Bool
    private let clock: VirtualClock
    private var stream: DevStream
    private var ticks = EverySoOften(milliseconds: 1_000)
    private var last: (at: ContinuousClock.Instant, nowMs: Milliseconds)?

    init(clock: VirtualClock) {
        self.clock = clock
        isTerminal = isatty(STDOUT_FILENO) == 1
        paint = Paint(isTerminal: isTerminal, environment: EnvironmentVariable.all())
        stream = DevStream(paint: paint, isTerminal: isTerminal) { Terminal.show($0) }
    }

    var tally: Tally { stream.tally }

    func say(_ text: String) { stream.say(text) }

    func show(_ happening: Happening) { stream.show(happening, nowMs: clock.nowMs()) }

    /// From now on the counts are told once a second.
    func begin() {
        let now = ContinuousClock.now
        _ = ticks.isDue(now)
        last = (now, clock.nowMs())
    }

    /// - Parameter counts: events and people so far.
    func tickIfDue(_ now: ContinuousClock.Instant, counts: () -> (events: Int64, people: Int)) {
        guard let last, ticks.isDue(now) else { return }
        let (events, people) = counts()
        let nowMs = clock.nowMs()
        let speed = (nowMs - last.nowMs) / max(1, (now - last.at).wholeMilliseconds)
        self.last = (now, nowMs)
        stream.tick(DevStream.Counts(events: events, people: people, nowMs: nowMs, speed: speed))
    }

    func finish() { stream.finish() }

    /// Where the services' log goes: to standard error, over the line of counts where both are one terminal.
    func logOutput(_ settings: Settings) -> LogOutput {
        let level = settings.source(LogSettings.level.declaration) == .standard ? .warning : settings[LogSettings.level]
        let clears = isTerminal && isatty(STDERR_FILENO) == 1
        let sink: @Sendable ([UInt8]) -> Void = { line in
            let bytes = (clears ? Array("\r\u{1B}[K".utf8) : []) + line
            _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
        }
        return LogOutput(level: level, format: settings[LogSettings.format], clock: SystemClock().nowMs, sink: sink)
    }
}
