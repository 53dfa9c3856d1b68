import Testing

@testable import BeckonKafka

@Suite struct `The gauge of what is prefetched` {
    @Test func `wakes the fetcher once when a full queue has run half empty`() {
        var gauge = PrefetchGauge()
        var wakes = 0
        for queued in stride(from: 40_000, through: 0, by: -1_000) where gauge.isDry(queued, batch: 1_000) {
            wakes += 1
        }
        #expect(wakes == 1)
    }

    @Test func `lets a fetcher be that never had reason to sleep`() {
        var gauge = PrefetchGauge()
        for queued in [0, 900, 20_000, 100, 29_000, 0] {
            let isDry = gauge.isDry(queued, batch: 1_000)
            #expect(!isDry, "at \(queued)")
        }
    }

    @Test func `notices a queue that was full between two looks`() {
        var gauge = PrefetchGauge()
        // At most a batch was taken since it was full, and another one may have been.
        let whenFull = gauge.isDry(PrefetchGauge.messagesMax - 2_000, batch: 1_000)
        let whenLow = gauge.isDry(10_000, batch: 1_000)
        #expect(!whenFull && whenLow)
    }
}
