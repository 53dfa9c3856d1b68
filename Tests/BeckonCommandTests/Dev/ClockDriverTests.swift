import BeckonModel
import Testing

@testable import beckon

/// A pipeline that works only when told to.
final class FakePipeline: Pipeline {
    var isIdle = true
    var earliestDueMs: Milliseconds?
    var batches: [[Milliseconds]] = []
    var partitionCount = 1
    /// What the clock said when events were written.
    var clock: VirtualClock?
    var clockAtBatch: [Milliseconds] = []

    func produce(_ events: [PlayedEvent]) {
        batches.append(events.map(\.timeMs))
        clockAtBatch.append(clock?.nowMs() ?? 0)
    }

    func isDrained(nowMs: Milliseconds) -> Bool { isIdle && earliestDueMs.map { $0 > nowMs } ?? true }
    func partition(of person: [UInt8]) -> Int { 0 }
}

struct ListSource: EventSource {
    var times: [Milliseconds]
    var size = 10

    var nextTimeMs: Milliseconds? { times.first }

    mutating func next() -> PlayedEvent? {
        times.isEmpty
            ? nil : PlayedEvent(timeMs: times.removeFirst(), person: [1], value: [UInt8](repeating: 32, count: size))
    }
}

@Suite struct `Clock driver` {
    let pipeline = FakePipeline()
    let clock = VirtualClock(startMs: 0)

    func driver(_ times: [Milliseconds], size: Int = 10, granularityMs: Milliseconds = 100) -> ClockDriver<ListSource> {
        pipeline.clock = clock
        return ClockDriver(
            clock: clock, pipeline: pipeline, source: ListSource(times: times, size: size), granularityMs: granularityMs
        )
    }

    @Test func `the clock stands still while anything is left to do`() throws {
        var driver = driver([1_000, 5_000])
        #expect(try driver.turn(limitMs: .max) == .moved)
        #expect(clock.nowMs() == 1_000)
        pipeline.isIdle = false
        for _ in 0..<5 { #expect(try driver.turn(limitMs: .max) == .draining) }
        #expect(clock.nowMs() == 1_000)
        #expect(pipeline.batches == [[1_000]])
        pipeline.isIdle = true
        #expect(try driver.turn(limitMs: .max) == .moved)
        #expect(clock.nowMs() == 5_000)
    }

    @Test func `it goes no further than its limit`() throws {
        var driver = driver([1_000])
        #expect(try driver.turn(limitMs: 400) == .idle)
        #expect(clock.nowMs() == 400)
        #expect(pipeline.batches.isEmpty)
        #expect(try driver.turn(limitMs: 300) == .idle)
        #expect(clock.nowMs() == 400, "and never back")
    }

    @Test func `events that lie close together are written in one go, when their time has come`() throws {
        var driver = driver([1_000, 1_050, 1_100, 1_101])
        _ = try driver.turn(limitMs: .max)
        #expect(pipeline.batches == [[1_000, 1_050, 1_100]])
        #expect(pipeline.clockAtBatch == [1_100])
    }

    @Test func `a timer fires before a later event is written`() throws {
        var driver = driver([1_000, 1_050])
        pipeline.earliestDueMs = 1_020
        _ = try driver.turn(limitMs: .max)
        #expect(pipeline.batches == [[1_000]], "the event behind the timer waits")
        #expect(try driver.turn(limitMs: .max) == .moved)
        #expect(clock.nowMs() == 1_050, "up to the next event, which may come along with its own instant")
        pipeline.earliestDueMs = nil
        #expect(pipeline.batches == [[1_000], [1_050]])
    }

    @Test func `a timer that is due long before the next event fires without it`() throws {
        var driver = driver([9_000])
        pipeline.earliestDueMs = 1_000
        _ = try driver.turn(limitMs: .max)
        #expect(clock.nowMs() == 1_100)
        #expect(pipeline.batches.isEmpty)
        #expect(try driver.turn(limitMs: .max) == .draining, "until it has fired")
    }

    @Test func `no more is written at once than the embedded broker can keep`() throws {
        var driver = driver([Milliseconds](repeating: 7, count: 30), size: 100_000)
        _ = try driver.turn(limitMs: .max)
        #expect(pipeline.batches[0].count == 11)
        _ = try driver.turn(limitMs: .max)
        _ = try driver.turn(limitMs: .max)
        #expect(pipeline.batches.map(\.count) == [11, 11, 8])
    }

    @Test func `without events the clock goes to its end`() throws {
        var driver = driver([])
        #expect(try driver.turn(limitMs: 86_400_000) == .idle)
        #expect(clock.nowMs() == 86_400_000)
    }
}

@Suite struct `Clock ceiling` {
    func ceiling(_ speed: Int?, endMs: Milliseconds = 500_000) -> ClockCeiling {
        ClockCeiling(speed: speed, endMs: endMs, clockMs: 1_000, elapsed: .zero)
    }

    @Test func `is speed times real time, at most the end and the real clock`() {
        var ceiling = ceiling(60)
        #expect(ceiling.limitMs(clockMs: 1_000, elapsed: .zero, realNowMs: nil) == 1_000)
        #expect(ceiling.limitMs(clockMs: 1_000, elapsed: .milliseconds(1_500), realNowMs: nil) == 91_000)
        #expect(ceiling.limitMs(clockMs: 1_000, elapsed: .seconds(100), realNowMs: nil) == 500_000)
        #expect(ceiling.limitMs(clockMs: 1_000, elapsed: .seconds(1), realNowMs: 30_000) == 30_000)
        #expect(ceiling.limitMs(clockMs: 1_000, elapsed: .seconds(1), realNowMs: 500) == 1_000, "never back")
    }

    @Test func `counts from the clock's last move`() {
        var ceiling = ceiling(60)
        _ = ceiling.limitMs(clockMs: 1_000, elapsed: .seconds(1), realNowMs: nil)
        #expect(ceiling.limitMs(clockMs: 2_000, elapsed: .seconds(3), realNowMs: nil) == 2_000)
        #expect(ceiling.limitMs(clockMs: 2_000, elapsed: .seconds(4), realNowMs: nil) == 62_000)
    }

    @Test func `without a speed is only the end`() {
        var ceiling = ceiling(nil)
        #expect(ceiling.limitMs(clockMs: 1_000, elapsed: .zero, realNowMs: nil) == 500_000)
    }

    @Test func `the granularity follows the rule that is stale first`() throws {
        func rules(_ text: String) throws -> RuleSet {
            try #require(RuleSet.read([RuleSource(file: "r.yaml", text: Array(text.utf8))]).ruleSet)
        }
        let rule = "id: a\nwhen: { event: e }\nsend: { channels: [x] }\n"
        #expect(Granularity.milliseconds(for: try rules(rule)) == 900_000)
        #expect(Granularity.milliseconds(for: try rules(rule + "expires: 2m\n")) == 30_000)
        #expect(Granularity.milliseconds(for: try rules(rule + "maxLateness: 10s\n")) == 2_500)
    }
}
