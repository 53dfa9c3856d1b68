/// Which names an expression may use, and what they hold.
public struct ExpressionScope: Sendable {
    /// Where the expression stands, which decides whether there is an event.
    public enum Moment: Sendable {
        /// An event fires or is judged: `event` and `properties` are there.
        case event
        /// Time fires, and there is no event.
        case time
    }

    public let moment: Moment
    /// The folds of the rule set by name.
    public let folds: [String: FoldKind]
    /// The folds of the running instance by name; nil where there is no instance.
    public let collected: [String: FoldKind]?

    public init(moment: Moment, folds: [String: FoldKind] = [:], collected: [String: FoldKind]? = nil) {
        self.moment = moment
        self.folds = folds
        self.collected = collected
    }

    /// Names that mean something by themselves, in this version or a later one; no fold may be called so.
    static let variables = ["event", "properties", "context", "person", "instance", "now", "user"]

    /// Functions of this version.
    static let functions = [
        "has", "size", "startsWith", "endsWith", "contains", "int", "uint", "double", "string", "duration", "timestamp",
        "idle",
    ]

    /// Functions and macros of CEL and of later versions.
    static let functionsToCome: Set<String> = [
        "segment", "score", "all", "exists", "exists_one", "map", "filter", "matches", "bool", "bytes", "dyn", "type",
        "getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getHours",
        "getMinutes", "getSeconds", "getMilliseconds", "optional", "min", "max", "avg", "first", "distinct",
    ]

    /// What may stand where a value is expected, for the nearest word.
    var names: [String] {
        folds.keys.sorted() + ["now"] + (moment == .event ? ["event", "properties"] : [])
            + (collected == nil ? [] : ["instance"])
    }
}

extension FoldKind {
    /// What an expression sees of the fold.
    var expressionType: ExpressionType {
        switch self {
        case .count, .distinct: .int
        case .sum, .min, .max, .avg: .double
        case .last, .first, .items: .json
        }
    }
}
