import BeckonModel

/// A template to try, with its data: a line of `beckon render --stdin`.
public struct RenderRequest: Sendable {
    private let template: String
    private let data: TemplateHash
    private let snippets: [(name: String, text: String)]
    private let isStrict: Bool

    private struct Refusal: Error {
        let message: String
    }

    /// Answers one request.
    ///
    /// - Parameter line: a JSON object `{"template", "data"?, "templates"?: {name: text}, "strict"?}`.
    /// - Returns: `{"result": "…"}` or `{"error": "…"}`, without a newline. Nothing is escaped for HTML.
    public static func answer(_ line: [UInt8], moment: RenderMoment) -> [UInt8] {
        var writer = JSONWriter()
        do throws(Refusal) {
            let text = try RenderRequest(line).rendered(moment)
            writer.append(raw: "{\"result\":")
            writer.append(string: text)
        } catch {
            writer = refusal(error.message)
        }
        writer.append(raw: "}")
        return writer.bytes
    }

    /// `{"error": "…"}`, without a newline.
    public static func answer(refusing message: String) -> [UInt8] {
        var writer = refusal(message)
        writer.append(raw: "}")
        return writer.bytes
    }

    private static func refusal(_ message: String) -> JSONWriter {
        var writer = JSONWriter()
        writer.append(raw: "{\"error\":")
        writer.append(string: message)
        return writer
    }

    private func rendered(_ moment: RenderMoment) throws(Refusal) -> String {
        var settings = RenderSettings(moment: moment)
        settings.isStrict = isStrict
        do {
            return try Template.read(template).render(data, snippets: SnippetSet(snippets), settings: settings)
        } catch let problems as TemplateProblems {
            throw Refusal(message: problems.problems.map(\.description).joined(separator: "; "))
        } catch {
            throw Refusal(message: "\(error)")
        }
    }

    private init(_ line: [UInt8]) throws(Refusal) {
        guard let members = JSONValue.read(line)?.members else {
            throw Refusal(message: "not a JSON object, or one nested deeper than \(JSONValue.depthMax) levels")
        }
        var template: String?
        var data = TemplateHash()
        var snippets: [(name: String, text: String)] = []
        var isStrict = false
        for member in members {
            switch (member.name, member.value) {
            case ("template", .string(let text)): template = text
            case ("data", .object): data = TemplateHash(member.value) ?? data
            case ("templates", .object(let texts)):
                for text in texts {
                    guard let string = text.value.string else {
                        throw Refusal(message: "`templates.\(text.name)` is a text")
                    }
                    snippets.append((text.name, string))
                }
            case ("strict", .bool(let isTrue)): isStrict = isTrue
            case ("data", .null), ("templates", .null), ("strict", .null): break
            case ("template", _): throw Refusal(message: "`template` is a text")
            case ("data", _), ("templates", _): throw Refusal(message: "`\(member.name)` is an object")
            case ("strict", _): throw Refusal(message: "`strict` is true or false")
            default:
                throw Refusal(
                    message: "a request has template, data, templates and strict, and no `\(member.name)`")
            }
        }
        guard let template else { throw Refusal(message: "a request needs its `template`") }
        self.template = template
        self.data = data
        self.snippets = snippets
        self.isStrict = isStrict
    }
}
