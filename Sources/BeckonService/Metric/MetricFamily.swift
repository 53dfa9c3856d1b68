import Synchronization

/// The metrics of one name, one for each combination of label values.
///
/// The combinations are bounded: past `countMax`, new ones share the one whose values are all `other`. A hot thread
/// asks once for its metric and keeps it.
public final class MetricFamily<Metric: AnyObject & Sendable>: Sendable {
    public let declaration: MetricDeclaration
    public let countMax: Int
    private let make: @Sendable () -> Metric
    private let metrics = Mutex<[[String]: Metric]>([:])

    init(_ declaration: MetricDeclaration, countMax: Int, make: @escaping @Sendable () -> Metric) {
        precondition(countMax > 0, "a bound below one")
        self.declaration = declaration
        self.countMax = countMax
        self.make = make
    }

    /// The metric of these label values, made when first asked for.
    /// - Precondition: as many values as the declaration has labels.
    public subscript(_ values: String...) -> Metric {
        precondition(values.count == declaration.labels.count, "label values of \(declaration.name)")
        return metrics.withLock { metrics in
            if let metric = metrics[values] { return metric }
            let other = values.map { _ in "other" }
            let key = metrics.count < countMax ? values : other
            if let metric = metrics[key] { return metric }
            let metric = make()
            metrics[key] = metric
            return metric
        }
    }

    /// Forgets a metric, such as that of a partition that has moved away.
    public func remove(_ values: String...) {
        _ = metrics.withLock { $0.removeValue(forKey: values) }
    }

    /// In the order of the label values.
    var all: [(values: [String], metric: Metric)] {
        metrics.withLock { $0.map { ($0.key, $0.value) } }.sorted { $0.0.lexicographicallyPrecedes($1.0) }
    }
}
