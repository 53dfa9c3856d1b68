import Synchronization

/// All metrics of a process. Each is declared once, where it is made:
///
///     let events = metrics.counter("beckon_worker_events_total", "Events applied.")
///     let decisions = metrics.counters("beckon_worker_decisions_total", labels: ["rule"], "Decisions taken.")
///     …
///     events.add(batch.count)
///     decisions["cart-reminder"].add()
public final class Metrics: Sendable {
    private struct Entry: Sendable {
        let declaration: MetricDeclaration
        let write: @Sendable (inout MetricsText) -> Void
    }

    private let entries = Mutex<[String: Entry]>([:])

    public init() {}

    public func counter(_ name: String, _ help: String) -> Counter {
        let counter = Counter()
        add(.init(name, .counter, .one, labels: [], help)) { $0.sample(name, [], String(counter.value)) }
        return counter
    }

    /// - Parameter countMax: past so many combinations of label values the rest are counted as `other`.
    public func counters(
        _ name: String, labels: [String], countMax: Int = 200, _ help: String
    ) -> MetricFamily<Counter> {
        let declaration = MetricDeclaration(name, .counter, .one, labels: labels, help)
        let family = MetricFamily(declaration, countMax: countMax) { Counter() }
        add(declaration) { text in
            for (values, counter) in family.all { text.sample(name, zip(labels, values), String(counter.value)) }
        }
        return family
    }

    public func gauge(_ name: String, unit: MetricDeclaration.Unit, _ help: String) -> Gauge {
        let gauge = Gauge()
        add(.init(name, .gauge, unit, labels: [], help)) { $0.sample(name, [], MetricsText.number(gauge.value)) }
        return gauge
    }

    /// A gauge that is read when the metrics are: `read` is called from the server's thread. nil leaves it out.
    public func gauge(
        _ name: String, unit: MetricDeclaration.Unit, _ help: String, read: @escaping @Sendable () -> Double?
    ) {
        add(.init(name, .gauge, unit, labels: [], help)) { text in
            if let value = read() { text.sample(name, [], MetricsText.number(value)) }
        }
    }

    public func gauges(
        _ name: String, unit: MetricDeclaration.Unit, labels: [String], countMax: Int = 200, _ help: String
    ) -> MetricFamily<Gauge> {
        let declaration = MetricDeclaration(name, .gauge, unit, labels: labels, help)
        let family = MetricFamily(declaration, countMax: countMax) { Gauge() }
        add(declaration) { text in
            for (values, gauge) in family.all {
                text.sample(name, zip(labels, values), MetricsText.number(gauge.value))
            }
        }
        return family
    }

    /// A histogram without labels; of seconds unless told otherwise.
    public func histogram(
        _ name: String, unit: MetricDeclaration.Unit = .seconds, bounds: [Double] = Histogram.latencySeconds,
        _ help: String
    ) -> Histogram {
        let histogram = Histogram(bounds: bounds)
        add(.init(name, .histogram, unit, labels: [], help)) { $0.histogram(name, histogram.value) }
        return histogram
    }

    /// In the order of their names.
    public var declarations: [MetricDeclaration] {
        entries.withLock { $0.values.map(\.declaration) }.sorted { $0.name < $1.name }
    }

    /// Prometheus's text format, version 0.0.4, in the order of the names.
    public func exposition() -> String {
        let sorted = entries.withLock { Array($0.values) }.sorted { $0.declaration.name < $1.declaration.name }
        var text = MetricsText()
        for entry in sorted {
            text.head(entry.declaration)
            entry.write(&text)
        }
        return text.text
    }

    /// - Precondition: no metric has this name yet.
    func add(_ declaration: MetricDeclaration, write: @escaping @Sendable (inout MetricsText) -> Void) {
        entries.withLock { entries in
            let entry = Entry(declaration: declaration, write: write)
            precondition(entries.updateValue(entry, forKey: declaration.name) == nil, "two metrics \(declaration.name)")
        }
    }
}
