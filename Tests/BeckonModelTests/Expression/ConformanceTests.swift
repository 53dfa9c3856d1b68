import BeckonModel
import Foundation
import Testing

@Suite struct `Conformance of expressions` {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Conformance")

    static let files: [String] = {
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (names ?? []).filter { $0.hasSuffix(".cases") }.sorted()
    }()

    @Test(arguments: files)
    func `follows the cases of`(file: String) throws {
        let text = try String(contentsOf: Self.folder.appendingPathComponent(file), encoding: .utf8)
        var trial = ExpressionTrial()
        for conformanceCase in try ConformanceCase.all(in: text) {
            let answer = conformanceCase.request.withUnsafeBytes { trial.answer($0) }
            let found = String(decoding: answer, as: UTF8.self)
            #expect(
                conformanceCase.accepts(found),
                "\(file):\(conformanceCase.line): \(conformanceCase.expression) => \(found)")
        }
    }

    @Test func `has several hundred cases`() throws {
        let counts = try Self.files.map { file in
            let text = try String(contentsOf: Self.folder.appendingPathComponent(file), encoding: .utf8)
            return try ConformanceCase.all(in: text).count
        }
        #expect(counts.reduce(0, +) > 900)
    }
}

/// A line of a file of cases; the form is in Conformance/README.md.
struct ConformanceCase {
    let line: Int
    let expression: String
    let result: String
    let request: [UInt8]

    static func all(in text: String) throws -> [ConformanceCase] {
        var cases: [ConformanceCase] = []
        var (bindings, container) = ("{}", "")
        for (index, line) in text.components(separatedBy: "\n").enumerated() {
            if line.isEmpty || line.hasPrefix("# ") && !line.contains(" => ") { continue }
            if line.hasPrefix("with ") {
                bindings = String(line.dropFirst(5))
            } else if line == "container" || line.hasPrefix("container ") && !line.contains(" => ") {
                container = String(line.dropFirst(10))
            } else {
                let parts = line.components(separatedBy: " => ")
                try #require(parts.count >= 2, "line \(index + 1): no result")
                let expression = parts.dropLast().joined(separator: " => ")
                let isJSON = expression.hasPrefix("json ")
                let quoted = isJSON ? String(expression.dropFirst(5)) : quoted(expression)
                let request = #"{"expression":\#(quoted),"bindings":\#(bindings),"container":"\#(container)"}"#
                cases.append(
                    ConformanceCase(
                        line: index + 1, expression: expression, result: parts[parts.count - 1],
                        request: Array(request.utf8)))
            }
        }
        return cases
    }

    private static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.append(string: text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func written(_ number: String) -> String {
        guard let value = Double(number), value != 0 else { return number }
        var writer = JSONWriter()
        writer.append(value)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    func accepts(_ answer: String) -> Bool {
        if result == "error" { return answer.hasPrefix("{\"error\":\"") }
        if result.hasPrefix("error ") {
            return answer.hasPrefix("{\"error\":\"") && answer.contains(result.dropFirst(6))
        }
        return answer == "{\"value\":\(value)}"
    }

    /// The result as it is written on the line.
    private var value: String {
        if result == "true" || result == "false" { return "{\"bool\":\(result)}" }
        if result == "null" { return "{\"null\":true}" }
        guard let space = result.firstIndex(of: " "), !result.hasPrefix("{") else { return result }
        let (kind, content) = (result[..<space], String(result[result.index(after: space)...]))
        switch kind {
        case "string", "bytes": return "{\"\(kind)\":\(content)}"
        case "double" where Double(content)?.isFinite == true: return "{\"double\":\(Self.written(content))}"
        default: return "{\"\(kind)\":\"\(content)\"}"
        }
    }
}
