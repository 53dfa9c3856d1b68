/// A checked expression of the Common Expression Language: parsed and typed once, when the rules are read.
///
/// The core language without messages. Deterministic: the same slots give the same value on every machine.
///
/// Source: cel-spec, langdef.md.
public struct Expression: Sendable {
    /// As written.
    public let text: String
    /// Everything it reads, each once, in the order of first use. Compiled code loads them by this order.
    public let variables: [Variable]
    /// What it computes.
    let root: ExpressionTerm

    /// By their places: what is said about names that a free scope does not have.
    private let failures: [Int: String]
    /// Whether what it gives depends on the zone table.
    let readsZones: Bool

    private init(text: String, root: ExpressionTerm, checker: ExpressionChecker) {
        self.text = text
        self.root = root
        failures = checker.failures
        readsZones = checker.readsZones
        var seen: Set<Variable> = []
        var variables: [Variable] = []
        root.forEachVariable { variable in
            if seen.insert(variable).inserted { variables.append(variable) }
        }
        self.variables = variables
    }

    /// Bytes of one expression of a free scope.
    private static let freeBytesMax = 4 << 20

    /// What the result of an expression is used for.
    public enum Purpose: Sendable {
        /// `if`, `where`: it must be able to give a boolean.
        case condition
        /// `data`: any value.
        case value
    }

    /// Reads and checks a text. All problems of a text that parses are found at once.
    public static func read(_ text: String, in scope: ExpressionScope, as purpose: Purpose) -> ExpressionReading {
        let node: ExpressionNode
        do {
            node = try ExpressionParser.parse(text, bytesMax: scope.isFree ? freeBytesMax : ExpressionParser.bytesMax)
        } catch {
            return ExpressionReading(expression: nil, problems: [error])
        }
        var checker = ExpressionChecker(scope: scope)
        guard let root = checker.term(node), checker.problems.isEmpty else {
            return ExpressionReading(expression: nil, problems: checker.problems)
        }
        guard purpose == .value || root.type.mayBe(.bool) else {
            let problem = ExpressionProblem(
                offset: 0, message: "a condition is true or false, and this is \(root.type.described)")
            return ExpressionReading(expression: nil, problems: [problem])
        }
        return ExpressionReading(
            expression: Expression(text: text, root: root, checker: checker), problems: [])
    }
}

extension Expression {
    /// What a failure says to people: the place and the reason.
    public func described(_ error: EvaluationError) -> String {
        let words = failures[Int(error.offset)] ?? error.reason.described
        return error.offset < 0 ? words : "at \(error.offset): \(words)"
    }
}

/// An expression, or why there is none.
public struct ExpressionReading: Sendable {
    /// nil when there are problems.
    public let expression: Expression?
    /// In the order in which they were found.
    public let problems: [ExpressionProblem]
}

/// What an expression reads from outside.
public enum Variable: Sendable, Hashable {
    /// `properties.price`, `event.context.channel`: the static part of a path below an event.
    case property(PropertyPath)
    case eventName
    /// The event's own time.
    case eventTime
    /// `now`: the event's time or the due time.
    case now
    /// By its name; of a collection of items a member, as in `cart.items`.
    case fold(String)
    /// `instance.NAME`: a fold of `collect`.
    case instance(String)
    /// `idle("event")`: the duration since the person's last event of that canonical name.
    case idle(String)
    /// A variable of a free scope.
    case binding(String)
    /// `person.plan`: what the person has told of herself; without names `person`, all of it.
    case trait(PropertyPath)
}

/// Names are the same when their bytes are: Swift's `String` takes canonical equivalents for equal.
extension Variable {
    public static func == (left: Variable, right: Variable) -> Bool {
        switch (left, right) {
        case (.property(let first), .property(let second)), (.trait(let first), .trait(let second)): first == second
        case (.eventName, .eventName), (.eventTime, .eventTime), (.now, .now): true
        case (.fold(let first), .fold(let second)), (.instance(let first), .instance(let second)),
            (.idle(let first), .idle(let second)), (.binding(let first), .binding(let second)):
            first.utf8.elementsEqual(second.utf8)
        default: false
        }
    }
}
