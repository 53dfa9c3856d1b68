/// A checked part of an expression: its names are resolved and its type is known.
struct ExpressionTerm: Sendable {
    indirect enum Kind: Sendable {
        case literal(ExpressionLiteral)
        case variable(Variable)
        /// The variable of a macro, by its number.
        case local(Int)
        case has(Variable)
        case hasMember(ExpressionTerm, String)
        case member(ExpressionTerm, String)
        case not(ExpressionTerm)
        case negate(ExpressionTerm)
        case binary(BinaryOperator, ExpressionTerm, ExpressionTerm)
        case conditional(ExpressionTerm, ExpressionTerm, ExpressionTerm)
        case list([ExpressionTerm])
        /// Keys and values in turn.
        case map([ExpressionTerm])
        case index(ExpressionTerm, ExpressionTerm)
        case call(ExpressionFunction, [ExpressionTerm])
        /// `matches` with a pattern that the text gives.
        case match(ExpressionTerm, Pattern)
        case comprehension(Comprehension)
        /// Fails when it is evaluated.
        case failure(EvaluationError.Reason)
    }

    let kind: Kind
    let type: ExpressionType
    /// Bytes from the beginning of the text.
    var offset = 0

    init(kind: Kind, type: ExpressionType) {
        (self.kind, self.type) = (kind, type)
    }

    /// What a macro does with each element of a list or each key of a map.
    struct Comprehension: Sendable {
        enum Macro: String, Sendable, CaseIterable {
            case all, exists
            case existsOne = "exists_one"
            case map, filter

            /// With how many arguments it is called.
            var argumentCounts: ClosedRange<Int> { self == .map ? 2...3 : 2...2 }
        }

        let macro: Macro
        let range: ExpressionTerm
        /// The number of its variable.
        let local: Int
        /// nil only for `map` without a condition.
        let predicate: ExpressionTerm?
        /// What `map` puts into its list.
        let transform: ExpressionTerm?
    }

    private var children: [ExpressionTerm] {
        switch kind {
        case .literal, .variable, .local, .has, .failure: []
        case .hasMember(let operand, _), .member(let operand, _), .not(let operand), .negate(let operand),
            .match(let operand, _):
            [operand]
        case .binary(_, let left, let right), .index(let left, let right): [left, right]
        case .conditional(let condition, let first, let second): [condition, first, second]
        case .list(let terms), .map(let terms), .call(_, let terms): terms
        case .comprehension(let comprehension):
            [comprehension.range, comprehension.predicate, comprehension.transform].compactMap { $0 }
        }
    }

    /// Calls `body` with it and all its parts, in the order of the text.
    func visit(_ body: (ExpressionTerm) -> Void) {
        body(self)
        for child in children { child.visit(body) }
    }

    /// Calls `body` with everything it reads, in the order of the text, repeatedly where it reads it repeatedly.
    func forEachVariable(_ body: (Variable) -> Void) {
        visit { term in
            switch term.kind {
            case .variable(let variable), .has(let variable): body(variable)
            default: break
            }
        }
    }
}
