import BeckonModel

/// A text in Liquid, read once and rendered as often as needed.
public struct Template: Sendable {
    let source: TemplateSource
    let nodes: [TemplateNode]
    /// What a check and a strict render refuse, and any other render passes over: filters that nobody knows, and words
    /// behind the values of a `when`.
    public let tolerated: [TemplateProblem]

    /// Of a template's text.
    public static let bytesMax = 1 << 20

    /// Reads a template to its end.
    ///
    /// - Parameter snippet: the name it goes by in problems; empty for a template that is no snippet.
    /// - Throws: everything that is wrong with it, at least one problem.
    public static func read(_ text: String, snippet: String = "") throws(TemplateProblems) -> Template {
        let source = TemplateSource(name: snippet, bytes: Array(text.utf8))
        guard source.bytes.count <= bytesMax else {
            throw TemplateProblems([source.problem(.limit, "the template is longer than \(bytesMax) bytes", at: 0)])
        }
        var parser = TemplateParser(source)
        let nodes = parser.parse()
        if !parser.problems.isEmpty { throw TemplateProblems(parser.problems) }
        return Template(source: source, nodes: nodes, tolerated: parser.tolerated)
    }

    /// The text with the data in it.
    ///
    /// The same template, data, snippets and settings give the same text everywhere.
    /// - Throws: why there is no text; of the kind `aborted` where the template ended itself.
    public func render(
        _ data: TemplateHash, snippets: SnippetSet = SnippetSet(), settings: RenderSettings
    ) throws(TemplateProblem) -> String {
        if settings.isStrict, let problem = tolerated.first(where: { $0.kind == .syntax }) { throw problem }
        var renderer = Renderer(source, snippets: snippets, settings: settings, data: data)
        var sink = TextSink(bytesMax: settings.limits.bytesMax)
        do {
            _ = try renderer.render(nodes, into: &sink)
        } catch {
            guard case .placed(let problem) = error.placed(at: 0, in: source) else {
                preconditionFailure("a failure without a place")
            }
            throw problem
        }
        return sink.text
    }
}

/// Everything that is wrong with a template, in the order of its text.
public struct TemplateProblems: Error, Sendable, CustomStringConvertible {
    /// At least one.
    public let problems: [TemplateProblem]

    init(_ problems: [TemplateProblem]) { self.problems = problems.sorted { $0.offset < $1.offset } }

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// How a template is rendered.
public struct RenderSettings: Sendable {
    public var moment: RenderMoment
    /// Whether variables and filters that nobody knows end it. Otherwise they are nil, and do nothing.
    public var isStrict = false
    /// Whether what `{{ }}` prints is escaped for HTML, unless it is markup (`raw`).
    public var escapesHTML = false
    public var limits = RenderLimits()

    public init(moment: RenderMoment) { self.moment = moment }
}

/// The snippets that `render` and `include` find, by name.
public struct SnippetSet: Sendable {
    private var snippets: [String: Result<Template, TemplateProblem>] = [:]

    public init() {}

    /// A snippet that cannot be read is refused where it is used.
    ///
    /// - Parameter texts: of a name that stands twice the last counts.
    public init(_ texts: [(name: String, text: String)]) {
        for (name, text) in texts {
            do {
                snippets[name] = .success(try Template.read(text, snippet: name))
            } catch {
                snippets[name] = .failure(error.problems[0])
            }
        }
    }

    subscript(name: String) -> Result<Template, TemplateProblem>? { snippets[name] }

    /// In the order of their bytes.
    public var names: [String] { snippets.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
}
