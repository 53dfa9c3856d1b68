import BeckonModel
import BeckonTemplate

/// Liquid: a text within its bounds, or words with a place; twice the same.
struct TemplateFuzz {
    static let shared = TemplateFuzz()

    private static let data = Array(
        (#"{"name":"Ann","n":2.5,"i":-3,"big":12345678901234567890,"when":"2024-02-29T12:00:00Z","html":"<b>&\"é</b>","#
            + #""items":[{"title":"a","price":9.99},{"title":"b","price":null}],"list":[3,1,2,"x",null],"h":{"k":{"d":1}}}"#)
            .utf8)
    private static let snippets = SnippetSet([
        ("line", "{{ item.title }}: {{ item.price | money: \"EUR\" }}\n"), ("again", "{% render 'again' %}"),
        ("broken", "{% if %}"), ("counts", "{% increment c %}{% cycle 'a', 'b' %}{{ forloop.index }}"),
    ])

    private let variables: TemplateHash
    private let settings: RenderSettings

    private init() {
        guard let variables = JSONValue.read(Self.data).flatMap(TemplateHash.init) else { fatalError("no data") }
        self.variables = variables
        var settings = RenderSettings(moment: RenderMoment(nowMs: 1_709_208_000_123))
        settings.limits.stepsMax = 20_000
        settings.limits.bytesMax = 1 << 16
        settings.limits.turnsMax = 2_000
        self.settings = settings
    }

    func run(_ input: UnsafeRawBufferPointer) {
        var text = input
        var data = variables
        if let parts = twoParts(input), let own = JSONValue.read(parts.line).flatMap(TemplateHash.init) {
            (text, data) = (parts.rest, own)
        }
        let template: Template
        let count = String(decoding: text, as: UTF8.self).utf8.count
        do {
            template = try Template.read(String(decoding: text, as: UTF8.self))
        } catch {
            expect(!error.problems.isEmpty, "refused without a problem")
            for problem in error.problems { placed(problem, count) }
            return
        }
        let checked = template.check(TemplateNames(data.members.map(\.name)), snippets: Self.snippets)
        for problem in checked { placed(problem, count) }
        for (isStrict, escapesHTML) in [(false, false), (true, true)] {
            var settings = settings
            settings.isStrict = isStrict
            settings.escapesHTML = escapesHTML
            let first = render(template, data, settings)
            expect(first == render(template, data, settings), "twice, and not the same")
            switch first {
            case .success(let result):
                expect(result.utf8.count <= settings.limits.bytesMax, "\(result.utf8.count) bytes")
            case .failure(let problem):
                placed(problem, count)
                let isKnown = !checked.contains { $0.kind == .unknownFilter }
                expect(!(isKnown && problem.kind == .unknownFilter), "the check knows a filter that is not there")
            }
        }
    }

    private func render(_ template: Template, _ data: TemplateHash, _ settings: RenderSettings)
        -> Result<String, TemplateProblem>
    {
        do {
            return .success(try template.render(data, snippets: Self.snippets, settings: settings))
        } catch {
            return .failure(error)
        }
    }

    private func placed(_ problem: TemplateProblem, _ count: Int) {
        expect(problem.kind == .aborted || !problem.message.isEmpty, "no words")
        expect(problem.line >= 1 && problem.column >= 1 && problem.offset >= 0, "no place: \(problem)")
        if problem.snippet.isEmpty { expect(problem.offset <= count, "no such place: \(problem)") }
    }
}
