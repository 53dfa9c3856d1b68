import BeckonService

/// The sender's metrics, each declared once.
final class SenderMetrics: Sendable {
    let attempts: MetricFamily<Counter>
    let skipped: MetricFamily<Counter>
    let cancels: Counter
    let unreadable: Counter
    let gaps: Counter
    let commits: Counter
    let commitFailures: Counter
    let decisionToAttempt: Histogram

    init(_ metrics: Metrics) {
        attempts = metrics.counters(
            "beckon_sender_attempts_total", labels: ["channel", "provider", "result"],
            "Deliveries attempted, by the decision's channel and what the provider said.")
        skipped = metrics.counters(
            "beckon_sender_skipped_total", labels: ["reason"],
            "Decisions that were not attempted: recalled in time, expired, or never meant to be delivered.")
        cancels = metrics.counter("beckon_sender_cancels_total", "Cancel records read.")
        unreadable = metrics.counter(
            "beckon_sender_unreadable_total", "Records of the decisions topic that could not be read.")
        gaps = metrics.counter(
            "beckon_sender_gaps_total", "Times that decisions were deleted from the topic before they were read.")
        commits = metrics.counter("beckon_sender_commits_total", "Commits of offsets.")
        commitFailures = metrics.counter("beckon_sender_commit_failures_total", "Commits of offsets that failed.")
        decisionToAttempt = metrics.histogram(
            "beckon_sender_decision_to_attempt_seconds", bounds: Histogram.latenessSeconds,
            "From a decision to the attempt to deliver it, by the sender's clock.")
    }
}
