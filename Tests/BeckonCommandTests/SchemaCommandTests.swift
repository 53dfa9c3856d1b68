import BeckonModel
import Foundation
import Testing

@testable import beckon

@Suite struct `beckon schema` {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test func `prints what lies in deploy`() throws {
        let committed = try String(contentsOf: Self.root.appending(path: "deploy/rules.schema.json"), encoding: .utf8)
        #expect(committed == RuleSchema.text, "scripts/check --write writes it anew")
        #expect(try BeckonProcess.run("schema").output == committed)
    }

    @Test func `is JSON that names every field`() throws {
        let schema = try #require(JSONValue.read(RuleSchema.text.utf8))
        #expect(schema["$schema"]?.string == "http://json-schema.org/draft-07/schema#")
        let rule = schema["definitions"]?["rule"]
        #expect(rule?["properties"]?.members?.map(\.name).contains("maxLateness") == true)
        #expect(rule?["additionalProperties"]?.text == "false")
        #expect(
            schema["definitions"]?["test"]?["properties"]?["start"]?["default"]?.string == "2026-01-05T09:00:00.000Z")
    }

    /// The same documents are refused by the schema: scripts/schema asks a validator.
    @Test func `what it refuses, check refuses`() throws {
        let text = try String(contentsOf: Self.root.appending(path: "Tests/Schema/broken.yaml"), encoding: .utf8)
        let documents = text.components(separatedBy: "\n---\n")
        #expect(documents.count == 40)
        for document in documents {
            let reading = RuleSet.read([RuleSource(file: "broken.yaml", text: Array(document.utf8))])
            #expect(reading.diagnostics.count == 1, "\(document): \(reading.diagnostics)")
        }
    }
}
