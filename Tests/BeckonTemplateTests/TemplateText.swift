import BeckonModel
import Testing

@testable import BeckonTemplate

/// A render as tests write it.
func rendered(
    _ template: String, _ data: String = "{}", snippets: [(String, String)] = [], isStrict: Bool = false,
    escapesHTML: Bool = false, limits: RenderLimits = RenderLimits()
) throws -> String {
    var settings = RenderSettings(moment: .test)
    settings.isStrict = isStrict
    settings.escapesHTML = escapesHTML
    settings.limits = limits
    let data = try #require(JSONValue.read(data.utf8).flatMap { TemplateHash($0) })
    return try Template.read(template).render(
        data, snippets: SnippetSet(snippets.map { (name: $0.0, text: $0.1) }), settings: settings)
}

/// The words of its one problem; nil where it has none.
func problem(
    _ template: String, _ data: String = "{}", snippets: [(String, String)] = [], isStrict: Bool = false,
    limits: RenderLimits = RenderLimits()
) throws -> TemplateProblem? {
    do {
        _ = try rendered(template, data, snippets: snippets, isStrict: isStrict, limits: limits)
        return nil
    } catch let problem as TemplateProblem {
        return problem
    } catch let problems as TemplateProblems {
        return problems.problems[0]
    }
}
