import BeckonKafka
import BeckonModel
import BeckonSender
import BeckonService
import BeckonWorker
import Glibc

/// One run of `beckon dev`: broker, worker and sender, what plays before them, and the end.
final class DevSession {
    private let options: DevOptions
    private let play: Play
    private let shutdown: Shutdown
    private let services: DevServices
    private let screen: DevScreen
    private var driver: ClockDriver<Play>
    private var reloader: RuleReloader
    private let started = ContinuousClock.now
    /// When everything was ready and the play began: `--for` and the summary count from here.
    private var playedSince = ContinuousClock.now
    /// From the shop's opening on.
    private var ceiling: ClockCeiling?
    private var watchdog: Watchdog

    /// Reads everything that the user gave, starts the services, plays, and ends.
    static func run(_ options: DevOptions, settings: Settings) throws {
        // Before any thread is there: threads inherit that the signals are blocked.
        let shutdown = Shutdown.onSignals()
        let folder = try options.rules ?? ExampleRules.find()
        let spoken = try RuleFolder.spokenRules(folder)
        let play = try Play(options)
        let session = try DevSession(options, settings, shutdown, folder: folder, spoken: spoken, play: play)
        defer { session.services.stop() }
        try session.run(folder)
    }

    private init(
        _ options: DevOptions, _ settings: Settings, _ shutdown: Shutdown, folder: String, spoken: SpokenRules,
        play: Play
    ) throws {
        self.options = options
        self.shutdown = shutdown
        self.play = play
        let clock = VirtualClock(startMs: play.startMs)
        screen = DevScreen(clock: clock)
        let decisionFile = try options.decisions.map { path throws(UserError) in try DecisionFile(path) }
        services = try DevServices(
            spoken, clock: clock, settings: settings, screen: screen, decisionFile: decisionFile)
        driver = ClockDriver(
            clock: clock, pipeline: services.pipeline, source: play,
            granularityMs: Granularity.milliseconds(for: spoken.rules))
        reloader = RuleReloader(
            current: spoken, signature: { FileSignature.all(below: folder) },
            load: { try RuleFolder.spokenRules(folder) })
        watchdog = Watchdog(shutdown: shutdown)
    }

    private func run(_ folder: String) throws {
        screen.say(DevBanner(session: options, play: play, services: services, folder: folder).text)
        try awaitReadiness()
        let runFile = DevRunFile(
            brokers: services.brokers, topic: DevTopics.events, pid: getpid(),
            recordTimestampMs: Self.timestampOfEmittedMs)
        defer { runFile.remove() }
        try runFile.write()
        defer { screen.finish() }
        try playOn()
        try settle()
        screen.finish()
        Terminal.show(summary)
    }

    /// Of what `beckon emit` sends: 2096, beyond any clock here, so that the worker takes it for its own present.
    private static let timestampOfEmittedMs: Milliseconds = 4_000_000_000_000

    private func awaitReadiness() throws {
        while services.notReadyReason != nil, !shutdown.isRequested {
            try services.checkRunning()
            try services.pipeline.poll(timeoutMs: 20)
        }
    }

    private func playOn() throws {
        playedSince = ContinuousClock.now
        var looks = EverySoOften(milliseconds: 250)
        while !shutdown.isRequested {
            let now = ContinuousClock.now
            if let duration = options.duration, now - playedSince >= duration { return }
            switch try driver.turn(limitMs: limitMs(now)) {
            case .draining: watchdog.drain(now, screen) { services.pipeline.waitsFor(nowMs: driver.clock.nowMs()) }
            case .moved: watchdog.hasMoved(now)
            case .idle:
                watchdog.hasMoved(now)
                if driver.clock.nowMs() >= play.endMs { return }
                try services.pipeline.poll(timeoutMs: 4)
            }
            screen.tickIfDue(now) { services.counts(nowMs: driver.clock.nowMs()) }
            guard looks.isDue(now) else { continue }
            try services.checkRunning()
            reload(now)
        }
    }

    private static let settlingMax = Duration.seconds(5)

    /// What was decided is delivered before the summary counts it; the clock stands meanwhile.
    private func settle() throws {
        let started = ContinuousClock.now
        while ContinuousClock.now - started < Self.settlingMax {
            if try services.pipeline.isDrained(nowMs: driver.clock.nowMs()) { return }
        }
    }

    /// Until the shop opens, and with files, only the work is the limit.
    private func limitMs(_ now: ContinuousClock.Instant) -> Milliseconds {
        let clockMs = driver.clock.nowMs()
        guard clockMs >= play.openMs else { return play.openMs }
        let elapsed = now - started
        // The way to the opening has no limit: what is told once a second counts from here.
        if self.ceiling == nil { screen.begin() }
        var ceiling =
            self.ceiling ?? ClockCeiling(speed: options.speed, endMs: play.endMs, clockMs: clockMs, elapsed: elapsed)
        defer { self.ceiling = ceiling }
        return ceiling.limitMs(
            clockMs: clockMs, elapsed: elapsed, realNowMs: play.mayPassRealTime ? nil : SystemClock().nowMs())
    }

    private func reload(_ now: ContinuousClock.Instant) {
        switch reloader.poll(monotonicMs: (now - started).wholeMilliseconds) {
        case nil: return
        case .refused(let reasons):
            screen.say(
                screen.paint(.red, "The saved rules have errors; those from before go on.") + "\n" + reasons)
        case .reloaded(let spoken):
            do {
                let isMessagesAlone = spoken.rules.hash == services.rules.hash
                try services.use(spoken)
                driver.granularityMs = Granularity.milliseconds(for: spoken.rules)
                screen.say(
                    isMessagesAlone
                        ? screen.paint(.bold, "Messages reloaded: ") + DevBanner.list(spoken.messages)
                        : screen.paint(.bold, "Rules reloaded: ") + DevBanner.list(spoken.rules))
            } catch {
                screen.say(screen.paint(.red, "The saved rules cannot be used: ") + "\(error)")
            }
        }
    }

    private var summary: String {
        DevSummary(
            tally: screen.tally, rules: services.rules.rules.map(\.id), events: services.pipeline.appliedCount,
            people: services.pipeline.peopleCount, virtualMs: driver.clock.nowMs() - play.startMs,
            realTime: ContinuousClock.now - playedSince, badLines: play.badLineCount
        ).text
    }
}

/// Says once in a while that it is time.
struct EverySoOften {
    let milliseconds: Int64
    private var last: ContinuousClock.Instant?

    init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    mutating func isDue(_ now: ContinuousClock.Instant) -> Bool {
        if let last, now - last < .milliseconds(milliseconds) { return false }
        last = now
        return true
    }
}
