import Dispatch
import Testing

@testable import BeckonService

@Suite struct `Metrics exposition` {
    @Test func `the exposition has help, type and samples in the order of names`() {
        let metrics = Metrics()
        metrics.gauge("beckon_worker_lag_records", unit: .count("records"), "Unread\\ records.\nAll.").set(12)
        metrics.counter("beckon_worker_events_total", "Events applied.").add(3)
        #expect(
            metrics.exposition() == """
                # HELP beckon_worker_events_total Events applied.
                # TYPE beckon_worker_events_total counter
                beckon_worker_events_total 3
                # HELP beckon_worker_lag_records Unread\\\\ records.\\nAll.
                # TYPE beckon_worker_lag_records gauge
                beckon_worker_lag_records 12

                """)
    }

    @Test func `label values are escaped`() {
        let metrics = Metrics()
        metrics.counters("beckon_worker_decisions_total", labels: ["rule"], "Decisions.")["a\"b\\c\nd"].add()
        #expect(metrics.exposition().contains("beckon_worker_decisions_total{rule=\"a\\\"b\\\\c\\nd\"} 1\n"))
    }

    @Test func `label values past the bound are counted as other`() {
        let metrics = Metrics()
        let family = metrics.counters("beckon_worker_decisions_total", labels: ["rule"], countMax: 2, "Decisions.")
        for rule in ["a", "b", "c", "d", "a"] { family[rule].add() }
        let text = metrics.exposition()
        #expect(text.contains("{rule=\"a\"} 2\n") && text.contains("{rule=\"other\"} 2\n") && !text.contains("\"c\""))
    }

    @Test func `histogram buckets add up, bounds included`() {
        let metrics = Metrics()
        let histogram = metrics.histogram("beckon_worker_commit_seconds", bounds: [0.005, 0.1, 1], "Commit.")
        var tally = histogram.makeTally()
        for value in [0.005, 0.006, 0.1, 5, .nan] { tally.observe(value) }
        histogram.add(&tally)
        histogram.add(&tally)
        histogram.observe(0.5)
        #expect(
            metrics.exposition().hasSuffix(
                """
                beckon_worker_commit_seconds_bucket{le="0.005"} 1
                beckon_worker_commit_seconds_bucket{le="0.1"} 3
                beckon_worker_commit_seconds_bucket{le="1"} 4
                beckon_worker_commit_seconds_bucket{le="+Inf"} 5
                beckon_worker_commit_seconds_sum 5.611
                beckon_worker_commit_seconds_count 5

                """))
    }

    @Test func `a gauge that is read on demand may have no value`() {
        let metrics = Metrics()
        metrics.gauge("beckon_worker_checkpoint_age_seconds", unit: .seconds, "Age.") { nil }
        #expect(metrics.exposition().hasSuffix("gauge\n"))
    }

    @Test func `adding from many threads loses nothing`() {
        let metrics = Metrics()
        let counter = metrics.counter("beckon_test_events_total", "Events.")
        let family = metrics.counters("beckon_test_rules_total", labels: ["rule"], "Rules.")
        let histogram = metrics.histogram("beckon_test_seconds", bounds: [1], "Seconds.")
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for _ in 0..<1_000 {
                counter.add(2)
                family["\(thread % 2)"].add()
                histogram.observe(0.5)
            }
        }
        #expect(counter.value == 16_000)
        #expect(family["0"].value + family["1"].value == 8_000)
        #expect(histogram.value.count == 8_000)
    }

    @Test func `the process says what it uses`() {
        let metrics = Metrics()
        ProcessMetrics.add(to: metrics, version: "0.1.0")
        let text = metrics.exposition()
        #expect(text.contains("beckon_build_info{version=\"0.1.0\"} 1\n"))
        #expect(text.contains("\nprocess_resident_memory_bytes "))
        #expect(text.contains("\nprocess_cpu_seconds_total "))
    }
}
