import BeckonEngine
import BeckonModel
import BeckonService
import Synchronization

/// The worker's metrics, each declared once.
final class WorkerMetrics: Sendable {
    let events: Counter
    let unnamedEvents: Counter
    let lateEvents: Counter
    let clampedEvents: Counter
    let futureRecords: Counter
    let foldSkips: Counter
    let bounds: MetricFamily<Counter>
    let conditionsWithoutValue: Counter
    let decisions: MetricFamily<Counter>
    let suppressions: MetricFamily<Counter>
    let deadLetters: MetricFamily<Counter>
    let recalls: Counter
    let conversions: Counter
    let timers: Counter
    let commits: Counter
    let commitRetries: Counter
    let checkpoints: Counter
    let checkpointFailures: Counter
    let images: Counter
    let imageBytes: Counter
    let eventToDecision: Histogram
    let timerLateness: Histogram
    let commitDuration: Histogram
    let lag: Gauge
    let people: Gauge
    let stateBytes: Gauge
    let checkpointAge: Gauge
    let imageAge: Gauge
    let partitions: Gauge
    let unprovedClock: Gauge

    /// Sums over threads of what each last said.
    private let byThread = Mutex<[Int: ThreadState]>([:])

    struct ThreadState: Sendable {
        var lag = 0
        var people = 0
        var stateBytes = 0
        var partitions = 0
        var unproved = 0
        var oldestCheckpointMs: Milliseconds?
        /// The age of the oldest change without an image.
        var oldestChangeMs: Int64 = 0
    }

    init(_ metrics: Metrics) {
        events = metrics.counter("beckon_worker_events_total", "Records of event topics that were applied.")
        unnamedEvents = metrics.counter("beckon_worker_unnamed_events_total", "Events of names that no rule knows.")
        lateEvents = metrics.counter(
            "beckon_worker_late_events_total", "Events too late for some rule: they changed folds only.")
        clampedEvents = metrics.counter(
            "beckon_worker_clamped_events_total",
            "Events whose own timestamp lay more than five minutes after their record's.")
        futureRecords = metrics.counter(
            "beckon_worker_future_records_total", "Records with a timestamp beyond the wall clock.")
        foldSkips = metrics.counter("beckon_worker_fold_skips_total", "Values that a fold could not keep.")
        bounds = metrics.counters(
            "beckon_worker_state_bounds_total", labels: ["bound"],
            "What was forgotten or merged at a bound of a person's record.")
        conditionsWithoutValue = metrics.counter(
            "beckon_worker_conditions_without_value_total",
            "Conditions that were false because something was missing or failed.")
        decisions = metrics.counters(
            "beckon_worker_decisions_total", labels: ["rule"], countMax: 1_000, "Decisions taken.")
        suppressions = metrics.counters(
            "beckon_worker_suppressions_total", labels: ["reason"], "Rules that fired without a message.")
        deadLetters = metrics.counters(
            "beckon_worker_dead_letters_total", labels: ["reason"], "Records that could not be applied.")
        recalls = metrics.counter("beckon_worker_recalls_total", "Cancel records written.")
        conversions = metrics.counter("beckon_worker_conversions_total", "Goals reached after a decision.")
        timers = metrics.counter("beckon_worker_timers_total", "Timers that fired.")
        commits = metrics.counter("beckon_worker_commits_total", "Transactions committed.")
        commitRetries = metrics.counter(
            "beckon_worker_commit_retries_total", "Transactions sent again with the same bytes.")
        checkpoints = metrics.counter("beckon_worker_checkpoints_total", "Checkpoints written.")
        checkpointFailures = metrics.counter(
            "beckon_worker_checkpoint_failures_total", "Checkpoints that could not be written.")
        images = metrics.counter("beckon_worker_images_total", "Images of people written.")
        imageBytes = metrics.counter("beckon_worker_image_bytes_total", "Bytes of images written, uncompressed.")
        eventToDecision = metrics.histogram(
            "beckon_worker_event_to_decision_seconds", unit: .seconds, bounds: Histogram.latencySeconds,
            "From an event's record timestamp to the commit of the decision it caused.")
        timerLateness = metrics.histogram(
            "beckon_worker_timer_lateness_seconds", unit: .seconds, bounds: Histogram.latenessSeconds,
            "From a timer's due time to the commit of its decision.")
        commitDuration = metrics.histogram(
            "beckon_worker_commit_seconds", unit: .seconds, bounds: Histogram.latencySeconds, "Duration of a commit.")
        lag = metrics.gauge(
            "beckon_worker_lag_records", unit: .count("records"),
            "Records of the inputs that are not yet applied, up to the ends that brokers last told.")
        people = metrics.gauge("beckon_worker_state_people", unit: .count("people"), "People known.")
        stateBytes = metrics.gauge("beckon_worker_state_bytes", unit: .bytes, "Memory of people and timers.")
        checkpointAge = metrics.gauge(
            "beckon_worker_checkpoint_age_seconds", unit: .seconds, "Age of the oldest newest checkpoint.")
        imageAge = metrics.gauge(
            "beckon_worker_image_age_seconds", unit: .seconds, "Age of the oldest change that is in no image yet.")
        partitions = metrics.gauge("beckon_worker_partitions", unit: .one, "Partitions restored and running.")
        unprovedClock = metrics.gauge(
            "beckon_worker_clock_unproved_partitions", unit: .count("partitions"),
            "Partitions whose clock stands still because the end of an input could not be proved.")
    }

    func add(_ counts: StepCounts, rules: [String]) {
        events.add(counts.events)
        unnamedEvents.add(counts.unnamedEvents)
        lateEvents.add(counts.lateEvents)
        clampedEvents.add(counts.clampedEvents)
        futureRecords.add(counts.futureRecords)
        foldSkips.add(counts.foldSkips)
        conditionsWithoutValue.add(counts.conditionsWithoutValue)
        recalls.add(counts.recalls)
        conversions.add(counts.conversions)
        timers.add(counts.timersFired)
        for (rule, count) in counts.decisions.enumerated() where count > 0 && rule < rules.count {
            decisions[rules[rule]].add(count)
        }
        for reason in SuppressionReason.allCases where counts.suppressions[Int(reason.rawValue)] > 0 {
            suppressions[reason.label].add(counts.suppressions[Int(reason.rawValue)])
        }
        for bound in StateBound.allCases where counts.forgotten(at: bound) > 0 {
            bounds[bound.label].add(counts.forgotten(at: bound))
        }
        for reason in DeadLetterReason.allCases where counts.deadLetters[Int(reason.rawValue)] > 0 {
            deadLetters[reason.label].add(counts.deadLetters[Int(reason.rawValue)])
        }
    }

    func set(thread: Int, _ state: ThreadState, wallMs: Milliseconds) {
        let all = byThread.withLock {
            $0[thread] = state
            return Array($0.values)
        }
        lag.set(all.map(\.lag).reduce(0, +))
        people.set(all.map(\.people).reduce(0, +))
        stateBytes.set(all.map(\.stateBytes).reduce(0, +))
        partitions.set(all.map(\.partitions).reduce(0, +))
        unprovedClock.set(all.map(\.unproved).reduce(0, +))
        imageAge.set(Double(all.map(\.oldestChangeMs).max() ?? 0) / 1000)
        if let oldest = all.compactMap(\.oldestCheckpointMs).min() { checkpointAge.set(Double(wallMs - oldest) / 1000) }
    }
}
