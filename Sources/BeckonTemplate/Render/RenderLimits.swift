/// The bounds of one render. What goes beyond one ends it with a problem of the kind `limit`.
public struct RenderLimits: Sendable {
    /// Of all: a node, a filter, an element or 64 bytes that a filter looks at are each one. Some ten million are a second.
    public var stepsMax = 1_000_000
    /// Of the text, and of every text that is made on the way to it.
    public var bytesMax = 1 << 20
    /// Of all loops together, and of every list that is made.
    public var turnsMax = 100_000
    /// Of blocks and snippets inside one another.
    public var depthMax = 100

    public init() {}
}

/// What is left of them.
struct RenderBudget {
    let limits: RenderLimits
    private var steps: Int
    private var turns: Int

    init(_ limits: RenderLimits) {
        self.limits = limits
        (steps, turns) = (limits.stepsMax, limits.turnsMax)
    }

    mutating func spend(_ count: Int = 1) throws(RenderFailure) {
        guard count <= steps else { throw .limit("the template takes more than \(limits.stepsMax) steps") }
        steps -= count
    }

    /// What it costs to look at a value once.
    mutating func spend(on value: TemplateValue) throws(RenderFailure) {
        switch value {
        case .string(let text), .markup(let text): try spend(text.utf8.count / 64)
        case .list(let elements): try spend(elements.count)
        case .hash(let hash): try spend(hash.count)
        default: break
        }
    }

    mutating func turn() throws(RenderFailure) {
        guard turns > 0 else { throw .limit("loops take more than \(limits.turnsMax) turns in all") }
        turns -= 1
    }

    func check(listOf count: Int) throws(RenderFailure) {
        guard count <= limits.turnsMax else { throw .limit("a list has more than \(limits.turnsMax) elements") }
    }
}
