/// Which names an expression may use, and what they hold.
///
/// In the scope of a rule everything has a type, and what cannot work is refused when the rules are read. A free scope
/// is for trying expressions: its variables hold anything, and what cannot work fails when it is evaluated, as CEL has it
/// for expressions that are not type-checked.
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
    /// The variables of a free scope; nil in the scope of a rule.
    let freeVariables: Set<String>?
    /// The namespace in which names of a free scope are looked up first, such as `com.example`.
    let container: String

    public init(moment: Moment, folds: [String: FoldKind] = [:], collected: [String: FoldKind]? = nil) {
        self.moment = moment
        self.folds = folds
        self.collected = collected
        freeVariables = nil
        container = ""
    }

    /// A free scope.
    ///
    /// - Parameter variables: may have dots in their names.
    public init(variables: Set<String>, container: String = "") {
        moment = .event
        folds = [:]
        collected = nil
        freeVariables = variables
        self.container = container
    }

    var isFree: Bool { freeVariables != nil }

    /// Names that mean something by themselves, in this version or a later one; no fold may be called so.
    static let variables = ["event", "properties", "context", "person", "instance", "now", "user"]

    /// Functions and macros of this version, for the nearest word.
    static let functions =
        ["has", "idle"] + ExpressionTerm.Comprehension.Macro.allCases.map(\.rawValue)
        + ExpressionFunction.allCases.map(\.name)

    /// Functions of later versions.
    static let functionsToCome: Set<String> = ["segment", "score", "min", "max", "avg", "first", "distinct"]

    /// What may stand where a value is expected, for the nearest word.
    var names: [String] {
        folds.keys.sorted() + ["now", "person"] + (moment == .event ? ["event", "properties"] : [])
            + (collected == nil ? [] : ["instance"])
    }
}

extension FoldKind {
    /// What an expression sees of the fold.
    var expressionType: ExpressionType {
        switch self {
        case .count, .distinct: .int
        case .sum, .min, .max, .avg: .double
        case .last, .first, .items, .trait: .json
        }
    }
}
