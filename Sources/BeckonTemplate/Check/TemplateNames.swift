/// The variables that a template may read.
public struct TemplateNames: Sendable {
    enum Shape: Sendable {
        case anything
        case members([String])
    }

    private(set) var shapes: [String: Shape] = [:]

    /// Variables that may hold anything.
    public init(_ names: some Sequence<String> = [String]()) { add(names) }

    public mutating func add(_ names: some Sequence<String>) {
        for name in names { shapes[name] = .anything }
    }

    /// A variable that is an object with these members and no others.
    public mutating func add(_ name: String, members: [String]) { shapes[name] = .members(members) }

    /// In the order of their bytes.
    var names: [String] { shapes.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
}

extension Template {
    /// Everything that reads a variable, a filter or a snippet that nobody knows, and what else only a lenient render
    /// passes over, in the order of the text.
    ///
    /// A variable that is assigned anywhere counts as known everywhere in its template.
    public func check(_ names: TemplateNames, snippets: SnippetSet = SnippetSet()) -> [TemplateProblem] {
        (tolerated + unknownNames(names, snippets: snippets)).sorted { $0.offset < $1.offset }
    }

    /// Of variables and snippets.
    func unknownNames(_ names: TemplateNames, snippets: SnippetSet) -> [TemplateProblem] {
        var checker = TemplateChecker(snippets: snippets)
        return checker.problems(in: self, names)
    }
}
