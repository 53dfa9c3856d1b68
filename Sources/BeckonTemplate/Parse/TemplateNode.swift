/// A piece of a template with its place in the source, in bytes.
struct TemplateNode: Sendable {
    let content: Content
    let offset: Int

    indirect enum Content: Sendable {
        case text([UInt8])
        /// `{{ }}` and `echo`.
        case output(Pipeline)
        case assign(name: String, Pipeline)
        case capture(name: String, [TemplateNode])
        /// `if` and `unless`: the first branch that holds.
        case branches([Branch])
        case choice(Choice)
        case loop(Loop)
        case tableRow(TableRow)
        case cycle(Cycle)
        case breakLoop
        case continueLoop
        /// `increment` prints before it counts, `decrement` after.
        case count(name: String, by: Int)
        case partial(Partial)
        case ifChanged([TemplateNode])
        case abort(TemplateExpression?)
    }

    struct Branch: Sendable {
        /// nil: always.
        let condition: TemplateCondition?
        /// `unless`.
        var isNegated = false
        var body: [TemplateNode]
    }

    /// `case`.
    struct Choice: Sendable {
        let subject: TemplateOperand
        var branches: [ChoiceBranch] = []
    }

    struct ChoiceBranch: Sendable {
        /// nil: `else`.
        let values: [TemplateOperand]?
        var body: [TemplateNode]
    }

    struct Loop: Sendable {
        let variable: String
        let collection: TemplateExpression
        /// `item-collection`: what `offset: continue` and `forloop.name` go by.
        let name: String
        var isReversed = false
        var limit: TemplateExpression?
        var offset: LoopOffset?
        var body: [TemplateNode] = []
        var otherwise: [TemplateNode] = []
    }

    enum LoopOffset: Sendable {
        case expression(TemplateExpression)
        /// Where the last loop of the same name ended.
        case goesOn
    }

    struct TableRow: Sendable {
        let variable: String
        let collection: TemplateExpression
        var columns: TemplateExpression?
        var limit: TemplateExpression?
        var offset: TemplateExpression?
        var body: [TemplateNode] = []
    }

    struct Cycle: Sendable {
        enum Group: Sendable {
            case named(TemplateExpression)
            /// Cycles of the same literals go on with one another, all others are on their own.
            case key(String)
        }

        let group: Group
        let values: [TemplateExpression]
    }

    /// `render` and `include`.
    struct Partial: Sendable {
        enum Binding: Sendable {
            case with(TemplateExpression)
            case each(TemplateExpression)
        }

        let name: TemplateExpression
        /// `render`: the snippet sees only what is passed.
        let isIsolated: Bool
        var binding: Binding?
        var alias: String?
        var arguments: [(name: String, value: TemplateExpression)] = []
    }
}

/// A value and the filters it goes through.
struct Pipeline: Sendable {
    /// nil: an empty tag, which is nil.
    let value: TemplateExpression?
    let filters: [FilterUse]
}

struct FilterUse: Sendable {
    let name: String
    /// nil for one that is not known: without strictness the value goes through unchanged.
    let filter: TemplateFilter?
    let arguments: [TemplateExpression]
    let keywords: [(name: String, value: TemplateExpression)]
    let offset: Int
}

indirect enum TemplateExpression: Sendable {
    case literal(TemplateValue)
    case variable(TemplatePath)
    case range(TemplateExpression, TemplateExpression)
}

/// `product.images[0].url`.
struct TemplatePath: Sendable {
    enum Root: Sendable {
        case name(String)
        /// `['a name']`
        case computed(TemplateExpression)
    }

    enum Step: Sendable {
        case member(String)
        case element(TemplateExpression)
    }

    let root: Root
    let steps: [Step]
    let offset: Int
}

/// One side of a comparison.
enum TemplateOperand: Sendable {
    case expression(TemplateExpression)
    case empty, blank
}

enum TemplateOperator: Sendable {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, contains
}

struct TemplateComparison: Sendable {
    let left: TemplateOperand
    /// nil: whether the left side is anything but nil and false.
    let right: (operator: TemplateOperator, operand: TemplateOperand)?
    let offset: Int
}

/// Comparisons joined by `and` and `or`, which bind alike and from the right: `a and b or c` is `a and (b or c)`.
struct TemplateCondition: Sendable {
    let first: TemplateComparison
    let rest: [(isAnd: Bool, comparison: TemplateComparison)]
}
