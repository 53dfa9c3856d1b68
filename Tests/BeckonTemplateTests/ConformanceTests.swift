import BeckonModel
import BeckonTemplate
import Foundation
import Testing

@Suite struct `Conformance of templates` {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Conformance")

    static let files: [String] = {
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (names ?? []).filter { $0.hasSuffix(".cases") }.sorted()
    }()

    static func cases(_ file: String) throws -> [TemplateCase] {
        try TemplateCase.all(in: String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8))
    }

    @Test(arguments: files)
    func `follows the cases of`(file: String) throws {
        for templateCase in try Self.cases(file) {
            let answer = RenderRequest.answer(templateCase.request, moment: .test)
            #expect(
                templateCase.accepts(JSONValue.read(answer)),
                "\(file):\(templateCase.line): \(templateCase.template) gives \(String(decoding: answer, as: UTF8.self))"
            )
        }
    }

    @Test func `has several hundred cases`() throws {
        #expect(try Self.files.map { try Self.cases($0).count }.reduce(0, +) > 380)
    }
}

extension RenderMoment {
    /// A Monday morning.
    static let test = RenderMoment(nowMs: 1_767_603_600_000)
}

/// A line of a file of cases; the form is in Conformance/README.md.
struct TemplateCase {
    let line: Int
    let template: String
    let result: String
    let request: [UInt8]

    static func all(in text: String) throws -> [TemplateCase] {
        var cases: [TemplateCase] = []
        var (data, isStrict) = ("{}", false)
        var snippets: [JSONMember] = []
        for (index, line) in text.components(separatedBy: "\n").enumerated() where !line.isEmpty {
            if line.hasPrefix("# ") { continue }
            if line.hasPrefix("with ") {
                data = String(line.dropFirst(5))
            } else if line == "strict" || line == "lenient" {
                isStrict = line == "strict"
            } else if line == "snippets" {
                snippets = []
            } else if line.hasPrefix("snippet ") {
                let words = line.split(separator: " ", maxSplits: 2)
                snippets.append(JSONMember(name: String(words[1]), value: .string(String(words[2]))))
            } else {
                let parts = line.components(separatedBy: " => ")
                try #require(parts.count >= 2, "line \(index + 1): no result")
                let template = parts.dropLast().joined(separator: " => ")
                let quoted =
                    template.hasPrefix("json ") ? String(template.dropFirst(5)) : JSONValue.string(template).text
                let texts = JSONValue.object(snippets).text
                let request = #"{"template":\#(quoted),"data":\#(data),"templates":\#(texts),"strict":\#(isStrict)}"#
                cases.append(
                    TemplateCase(
                        line: index + 1, template: template, result: parts[parts.count - 1],
                        request: Array(request.utf8)))
            }
        }
        return cases
    }

    func accepts(_ answer: JSONValue?) -> Bool {
        if result == "error" { return answer?["error"] != nil }
        if result.hasPrefix("error ") {
            return answer?["error"]?.string?.contains(result.dropFirst(6)) ?? false
        }
        guard let text = answer?["result"]?.string else { return false }
        if result == "nothing" { return text.isEmpty }
        let wanted = result.hasPrefix("\"") ? JSONValue.read(result.utf8)?.string ?? result : result
        return text.utf8.elementsEqual(wanted.utf8)
    }
}
