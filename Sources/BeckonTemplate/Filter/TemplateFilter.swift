/// A filter: what it takes, and what it does.
struct TemplateFilter: Sendable {
    typealias Body = @Sendable (inout FilterCall) throws(RenderFailure) -> TemplateValue

    let name: String
    /// How many arguments behind the colon.
    let arguments: ClosedRange<Int>
    /// Arguments by name, all optional.
    let keywords: [String]
    /// Whether it minds that a text is markup already; all others are given plain texts.
    let readsMarkup: Bool
    private let body: Body

    init(
        _ name: String, _ arguments: ClosedRange<Int> = 0...0, keywords: [String] = [], readsMarkup: Bool = false,
        _ body: @escaping Body
    ) {
        self.name = name
        self.arguments = arguments
        self.keywords = keywords
        self.readsMarkup = readsMarkup
        self.body = body
    }

    static let all = textFilters + markupFilters + numberFilters + listFilters + selectionFilters + otherFilters
    static let named = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
    static let names = all.map(\.name)

    func apply(_ call: inout FilterCall) throws(RenderFailure) -> TemplateValue {
        if !readsMarkup { call.removeMarkup() }
        return try body(&call)
    }

    /// What is wrong with such a use of it; nil: nothing.
    func refusal(of count: Int, keywords used: [String]) -> (message: String, nearest: String?)? {
        if !arguments.contains(count) {
            let range =
                arguments.lowerBound == arguments.upperBound
                ? "\(arguments.lowerBound)" : "\(arguments.lowerBound) to \(arguments.upperBound)"
            let noun = arguments.upperBound == 1 ? "argument" : "arguments"
            return ("`\(name)` takes \(range == "0" ? "no" : range) \(noun), not \(count)", nil)
        }
        guard let unknown = used.first(where: { !keywords.contains($0) }) else { return nil }
        return ("`\(name)` has no argument `\(unknown):`", unknown.nearestWord(among: keywords))
    }
}

/// One use of a filter.
struct FilterCall {
    private(set) var input: TemplateValue
    private(set) var arguments: [TemplateValue]
    let keywords: [(name: String, value: TemplateValue)]
    let moment: RenderMoment
    let escapesHTML: Bool
    var budget: RenderBudget

    mutating func replaceInput(_ value: TemplateValue) { input = value }

    mutating func removeMarkup() {
        input = input.withoutMarkup
        for place in arguments.indices { arguments[place] = arguments[place].withoutMarkup }
    }

    /// nil where it is not given.
    func argument(_ place: Int) -> TemplateValue? { place < arguments.count ? arguments[place] : nil }

    func keyword(_ name: String) -> TemplateValue? { keywords.last { $0.name == name }?.value }

    /// As filters take it for a text.
    func text(_ value: TemplateValue) throws(RenderFailure) -> String {
        if let text = value.text { return text }
        var sink = sink
        try sink.append(value)
        return sink.text
    }

    /// For a text that is made.
    var sink: TextSink { TextSink(bytesMax: budget.limits.bytesMax) }

    func wholeNumber(_ value: TemplateValue) throws(RenderFailure) -> Int {
        guard let number = value.wholeNumber else { throw .value("a whole number is expected, not \(value.described)") }
        return number
    }
}
