/// Metrics in Prometheus's text format, version 0.0.4.
struct MetricsText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""

    mutating func head(_ declaration: MetricDeclaration) {
        let help = declaration.help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        text += "# HELP \(declaration.name) \(help)\n# TYPE \(declaration.name) \(declaration.kind.rawValue)\n"
    }

    mutating func sample(_ name: String, _ labels: some Sequence<(String, String)>, _ value: String) {
        let pairs = labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
        text += pairs.isEmpty ? "\(name) \(value)\n" : "\(name){\(pairs)} \(value)\n"
    }

    mutating func histogram(_ name: String, _ tally: HistogramTally) {
        var below: UInt64 = 0
        for (place, count) in tally.counts.enumerated() {
            below += count
            let bound = place < tally.bounds.count ? Self.number(tally.bounds[place]) : "+Inf"
            sample("\(name)_bucket", [("le", bound)], String(below))
        }
        sample("\(name)_sum", [], Self.number(tally.sum))
        sample("\(name)_count", [], String(tally.count))
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return "\(value)"
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
