import BeckonModel
import BeckonService
import BeckonTemplate
import Foundation

extension Command {
    static let render: Command = {
        let with = Flag.value("--with", "FILE", "A JSON object whose members are the variables.")
        let snippets = Flag.value(
            "--snippets", "DIR", "Snippets for render and include: each file NAME.liquid is the snippet NAME.")
        let html = Flag.toggle("--html", "Escapes what is printed for HTML, as the HTML part of an email does.")
        let strict = Flag.toggle("--strict", "Refuses variables and filters that nobody knows.")
        let zone = Flag.value("--zone", "ZONE", "The time zone of dates, such as Europe/Berlin; UTC otherwise.")
        let test = Flag.value(
            "--test", "NAME", "RULE's message, with the data of the decisions that this test of the rule makes.")
        let rules = Flag.value("--rules", "PATH", "With --test: the rules and messages; this folder otherwise.")
        let channel = Flag.value("--channel", "NAME", "With --test: this channel's part, whatever the test decides.")
        let stdin = Flag.toggle(
            "--stdin",
            "Reads a JSON object a line, {\"template\", \"data\", \"templates\", \"strict\"}, and answers each.")
        return Command(
            name: "render",
            summary: "Renders a template (Liquid) and prints the text.",
            discussion: """
                An error names its line and column, and ends the command with status 2. With --stdin a line is answered \
                with {"result": "…"} or {"error": "…"}, in order, and the status is 0. With --test the word is a rule's \
                id, and what its message says is shown part by part.
                """,
            positionals: [.init("TEMPLATE", required: false, "A file in Liquid; with --test, a rule's id.")],
            flags: [with, snippets, html, strict, zone, test, rules, channel, stdin],
            readsSettings: false,
            examples: [
                .init(line: "beckon render cart.liquid --with cart.json", explanation: "With the data of a file"),
                .init(
                    line: #"beckon render cart-abandonment --test "left for fifteen minutes" --rules rules/"#,
                    explanation: "What a rule would send"),
                .init(
                    line: #"echo '{"template":"{{ 5 | times: 2 }}","data":{}}' | beckon render --stdin"#,
                    explanation: "From another program"),
            ]
        ) { invocation in
            if invocation.has(stdin) {
                guard invocation.positionals.isEmpty, !invocation.has(with), !invocation.has(snippets) else {
                    throw UsageProblem(
                        command: "render", messages: ["With --stdin the template and its data come from there."])
                }
                return try RenderLines.answer()
            }
            guard let path = invocation.positionals.first else {
                throw UsageProblem(command: "render", messages: ["Which template? Or --stdin."])
            }
            if let name = invocation.text(test) {
                let preview = MessagePreview(
                    rule: path, test: name, rulesPath: invocation.text(rules) ?? ".",
                    channel: invocation.text(channel))
                return Terminal.show(try preview.text())
            }
            let rendering = TemplateRendering(
                dataPath: invocation.text(with), snippetsPath: invocation.text(snippets), zone: invocation.text(zone),
                isStrict: invocation.has(strict), escapesHTML: invocation.has(html))
            Terminal.show(try rendering.text(of: path))
        }
    }()
}

/// The input and output of `beckon render --stdin`.
enum RenderLines {
    /// Of a line.
    static let bytesMax = 64 << 20

    /// Answers each line of standard input with a line, in order, until its end.
    static func answer() throws(UserError) {
        var lines = ByteLines(.standardInput, lineBytesMax: bytesMax)
        while true {
            let answer: [UInt8]
            do throws(UserError) {
                guard let line = try lines.next() else { return }
                answer = RenderRequest.answer(line, moment: RenderMoment(nowMs: SystemClock().nowMs()))
            } catch {
                // Too long, or the pipe is broken, which the next line shows.
                try lines.skipLine()
                answer = RenderRequest.answer(refusing: "the line is longer than \(bytesMax >> 20) MiB")
            }
            Terminal.show(String(decoding: answer, as: UTF8.self) + "\n")
        }
    }
}

/// What `beckon render TEMPLATE` does.
struct TemplateRendering {
    let dataPath: String?
    let snippetsPath: String?
    let zone: String?
    let isStrict: Bool
    let escapesHTML: Bool

    func text(of path: String) throws(UserError) -> String {
        var settings = RenderSettings(moment: RenderMoment(nowMs: SystemClock().nowMs(), zone: try namedZone()))
        settings.isStrict = isStrict
        settings.escapesHTML = escapesHTML
        let (data, snippets) = (try data(), try snippets())
        let template = try read(path)
        do {
            return try template.render(data, snippets: snippets, settings: settings)
        } catch {
            throw UserError(place(error, in: path))
        }
    }

    private func read(_ path: String) throws(UserError) -> Template {
        let text = try Self.text(path)
        do {
            return try Template.read(text)
        } catch {
            throw UserError(error.problems.map { place($0, in: path) }.joined(separator: "\n"))
        }
    }

    private func place(_ problem: TemplateProblem, in path: String) -> String {
        let file = problem.snippet.isEmpty ? path : "\(snippetsPath ?? "")/\(problem.snippet).liquid"
        let words = problem.kind == .aborted ? "the template ends itself: \(problem.message)" : problem.message
        return "\(file):\(problem.line):\(problem.column): \(words)"
            + (problem.nearest.map { "; did you mean `\($0)`?" } ?? "")
    }

    private func namedZone() throws(UserError) -> Zone? {
        guard let zone else { return nil }
        guard let found = ZoneTable.standard.zone(named: zone) else {
            throw UserError("There is no time zone \(zone): zones are named as in Europe/Berlin.")
        }
        return found
    }

    private func data() throws(UserError) -> TemplateHash {
        guard let dataPath else { return TemplateHash() }
        guard let json = JSONValue.read(try EventFileBytes.read(dataPath)), let data = TemplateHash(json) else {
            throw UserError("\(dataPath) is not a JSON object.")
        }
        return data
    }

    private func snippets() throws(UserError) -> SnippetSet {
        guard let snippetsPath else { return SnippetSet() }
        var texts: [(name: String, text: String)] = []
        do {
            for file in try FileManager.default.contentsOfDirectory(atPath: snippetsPath).sorted()
            where file.hasSuffix(".liquid") {
                texts.append((String(file.dropLast(7)), try Self.text("\(snippetsPath)/\(file)")))
            }
        } catch let error as UserError {
            throw error
        } catch {
            throw UserError("The folder \(snippetsPath) cannot be read: \(error.localizedDescription)")
        }
        return SnippetSet(texts)
    }

    private static func text(_ path: String) throws(UserError) -> String {
        guard let text = String(validating: try EventFileBytes.read(path), as: UTF8.self) else {
            throw UserError("\(path) is not UTF-8: save the file in that encoding.")
        }
        return text
    }
}
