import BeckonService

/// The sender's metrics, each declared once.
final class SenderMetrics: Sendable {
    let attempts: MetricFamily<Counter>
    let outcomes: MetricFamily<Counter>
    let deadLetters: MetricFamily<Counter>
    let withoutMessage: MetricFamily<Counter>
    let retries: Counter
    let moves: Counter
    let interrupted: Counter
    let duplicates: Counter
    let cancels: Counter
    let unreadable: Counter
    let gaps: Counter
    let commits: Counter
    let commitRetries: Counter
    let commitDuration: Histogram
    let decisionToAttempt: Histogram
    let calls: Gauge
    let waiting: Gauge
    let sleeping: Gauge
    let partitions: Gauge
    let heldBack: MetricFamily<Gauge>

    init(_ metrics: Metrics) {
        attempts = metrics.counters(
            "beckon_sender_attempts_total", labels: ["channel", "provider", "result"],
            "Calls that have ended, by the decision's channel, the provider, and what it said.")
        outcomes = metrics.counters(
            "beckon_sender_outcomes_total", labels: ["outcome"], "Decisions that are settled, by what became of them.")
        deadLetters = metrics.counters(
            "beckon_sender_dead_letters_total", labels: ["reason"], "Decisions given up.")
        withoutMessage = metrics.counters(
            "beckon_sender_without_message_total", labels: ["channel", "reason"],
            "Decisions of which no message could be made, or whose message ended itself (aborted).")
        retries = metrics.counter("beckon_sender_retries_total", "Failed attempts that are followed by another.")
        moves = metrics.counter("beckon_sender_moves_total", "Decisions written to the retries topic.")
        interrupted = metrics.counter(
            "beckon_sender_interrupted_total", "Attempts without a result, found when a partition was taken over.")
        duplicates = metrics.counter(
            "beckon_sender_duplicates_total", "Decisions read while the same one was in hand: passed over.")
        cancels = metrics.counter("beckon_sender_cancels_total", "Cancel records read.")
        unreadable = metrics.counter(
            "beckon_sender_unreadable_total", "Records of decisions or retries that could not be read.")
        gaps = metrics.counter(
            "beckon_sender_gaps_total", "Times that records were deleted from a topic before they were read.")
        commits = metrics.counter("beckon_sender_commits_total", "Transactions committed.")
        commitRetries = metrics.counter(
            "beckon_sender_commit_retries_total", "Transactions that were aborted and sent again with the same bytes.")
        commitDuration = metrics.histogram("beckon_sender_commit_seconds", "A commit, with its repetitions.")
        decisionToAttempt = metrics.histogram(
            "beckon_sender_decision_to_attempt_seconds", bounds: Histogram.latenessSeconds,
            "From a decision to its first attempt, by the sender's clock.")
        calls = metrics.gauge("beckon_sender_calls", unit: .one, "Calls under way.")
        waiting = metrics.gauge(
            "beckon_sender_waiting", unit: .one, "Decisions in hand that are not settled, without retries that sleep.")
        sleeping = metrics.gauge("beckon_sender_sleeping", unit: .one, "Retries in hand that are not due yet.")
        partitions = metrics.gauge("beckon_sender_partitions", unit: .one, "Partitions that this sender serves.")
        heldBack = metrics.gauges(
            "beckon_sender_provider_held_back", unit: .one, labels: ["provider"],
            "1 while the provider's circuit breaker is open, or it has said that it is gone for good.")
    }
}
