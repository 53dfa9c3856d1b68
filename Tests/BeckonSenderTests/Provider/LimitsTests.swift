import Testing

@testable import BeckonSender

@Suite struct `Circuit breaker` {
    func broken(at nowMs: Int64 = 0) -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for _ in 0..<CircuitBreaker.failuresMax { breaker.failed(nowMs: nowMs) }
        return breaker
    }

    @Test func `opens after so many failures in a row, and not before`() {
        var breaker = CircuitBreaker()
        for _ in 1..<CircuitBreaker.failuresMax { breaker.failed(nowMs: 0) }
        #expect(breaker.allows(nowMs: 0))
        breaker.succeeded()
        for _ in 1..<CircuitBreaker.failuresMax { breaker.failed(nowMs: 0) }
        #expect(breaker.allows(nowMs: 0))
        breaker.failed(nowMs: 0)
        #expect(!breaker.allows(nowMs: 0) && breaker.isOpen)
    }

    @Test func `lets one call see after the pause, and closes with an answer`() {
        var breaker = broken()
        #expect(!breaker.allows(nowMs: CircuitBreaker.firstPauseMs - 1))
        #expect(breaker.allows(nowMs: CircuitBreaker.firstPauseMs))
        breaker.begin()
        #expect(!breaker.allows(nowMs: CircuitBreaker.firstPauseMs))
        breaker.succeeded()
        #expect(breaker.allows(nowMs: CircuitBreaker.firstPauseMs) && !breaker.isOpen)
    }

    @Test func `pauses for longer each time, up to a bound`() {
        var breaker = broken()
        var now: Int64 = CircuitBreaker.firstPauseMs
        var pauses: [Int64] = []
        for _ in 0..<6 {
            breaker.begin()
            breaker.failed(nowMs: now)
            let from = now
            while !breaker.allows(nowMs: now) { now += 1_000 }
            pauses.append(now - from)
        }
        #expect(pauses == [10_000, 20_000, 40_000, 60_000, 60_000, 60_000])
    }

    @Test func `calls that were under way when it opened do not prolong the pause`() {
        var breaker = broken()
        breaker.failed(nowMs: 4_000)
        #expect(breaker.allows(nowMs: CircuitBreaker.firstPauseMs))
    }

    @Test func `a try that was not made leaves the next one free`() {
        var breaker = broken()
        breaker.begin()
        breaker.abandoned()
        #expect(breaker.allows(nowMs: CircuitBreaker.firstPauseMs))
    }
}

@Suite struct `Token bucket` {
    @Test func `gives a burst, then the rate, and saves no more than the burst`() {
        var bucket = TokenBucket(ratePerSecond: 10, burst: 3, nowMs: 0)
        func takeAll(_ nowMs: Int64) -> Int {
            var count = 0
            while bucket.hasToken(nowMs: nowMs) {
                bucket.take()
                count += 1
            }
            return count
        }
        #expect(takeAll(0) == 3)
        #expect(takeAll(99) == 0)
        #expect(takeAll(100) == 1)
        #expect(takeAll(60_000) == 3)
        // A clock that stands still or went back gives nothing.
        #expect(takeAll(59_000) == 0)
    }
}

@Suite struct `Retry schedule` {
    @Test func `grows to a bound, and jitter takes away up to half`() {
        let whole = (1...10).map { RetrySchedule.delayMs(failures: $0, retryAfterMs: nil, spread: 0) }
        #expect(whole == RetrySchedule.delaysMs + [36_000_000, 36_000_000])
        let least = RetrySchedule.delayMs(failures: 3, retryAfterMs: nil, spread: 0.999_999)
        #expect((15_000...15_001).contains(least))
    }

    @Test func `what the provider asks for is not shortened, and has a bound`() {
        #expect(RetrySchedule.delayMs(failures: 1, retryAfterMs: 20_000, spread: 0.5) == 20_500)
        #expect(RetrySchedule.delayMs(failures: 3, retryAfterMs: 20_000, spread: 0) == 30_000)
        #expect(RetrySchedule.delayMs(failures: 1, retryAfterMs: .max, spread: 0) == 86_400_000)
    }
}
