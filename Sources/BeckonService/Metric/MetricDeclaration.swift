/// Everything there is to say about one metric.
public struct MetricDeclaration: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        case counter, gauge, histogram
    }

    /// What a number of it counts. The metric's name ends in it, counters in `total`.
    public struct Unit: Sendable, Hashable {
        /// As in the name: `seconds`.
        public let name: String

        public static let seconds = Unit(name: "seconds")
        public static let bytes = Unit(name: "bytes")
        /// A ratio, a state, a number of things that the name already says.
        public static let one = Unit(name: "")
        /// Things: `.count("records")`.
        public static func count(_ things: String) -> Unit { Unit(name: things) }
    }

    /// `beckon_<service>_<noun>_<unit or total>`.
    public let name: String
    public let kind: Kind
    public let unit: Unit
    /// Names of the labels, in the order in which values are given.
    public let labels: [String]
    /// One sentence.
    public let help: String

    /// - Precondition: the name fits the kind and the unit, and names have Prometheus's characters.
    init(_ name: String, _ kind: Kind, _ unit: Unit, labels: [String], _ help: String) {
        precondition(([name] + labels).allSatisfy(Self.isName), "metric name \(name)")
        precondition((kind == .counter) == name.hasSuffix("_total"), "counters, and only they, end in _total: \(name)")
        precondition(kind == .counter || name.hasSuffix(unit.name), "the name ends in the unit: \(name)")
        precondition(!labels.contains("le"), "the label le is the histogram's own: \(name)")
        self.name = name
        self.kind = kind
        self.unit = unit
        self.labels = labels
        self.help = help
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, first < 0x30 || first > 0x39 else { return false }
        return text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
    }
}
