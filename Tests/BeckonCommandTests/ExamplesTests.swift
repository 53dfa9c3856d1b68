import BeckonModel
import BeckonRuleTest
import BeckonTemplate
import Foundation
import Testing

@testable import beckon

/// What people copy must be right.
@Suite struct `Examples` {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let folders: [String] = {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: root.path + "/deploy/examples")) ?? []
        return all.sorted()
    }()

    @Test func `all folders together are a rule set, the one that dev plays`() throws {
        let ruleSet = try RuleFolder.ruleSet(Self.root.path + "/deploy/examples")
        let apart = try Self.folders.map {
            try RuleFolder.ruleSet(Self.root.path + "/deploy/examples/" + $0).rules.count
        }
        #expect(ruleSet.rules.count == apart.reduce(0, +))
        #expect(try RuleCheck(paths: [Self.root.path + "/deploy/examples"]).warnings.map(\.description) == [])
    }

    @Test(arguments: folders) func `each folder is a rule set`(name: String) throws {
        let ruleSet = try RuleFolder.ruleSet(Self.root.path + "/deploy/examples/" + name)
        #expect(!ruleSet.rules.isEmpty)
        #expect(try RuleCheck(paths: [Self.root.path + "/deploy/examples/" + name]).warnings.map(\.description) == [])
    }

    @Test(arguments: folders) func `each rule has tests, and they pass`(name: String) throws {
        let check = try RuleCheck(paths: [Self.root.path + "/deploy/examples/" + name])
        let ruleSet = try #require(check.ruleSet)
        for rule in ruleSet.rules { #expect(check.tests.contains { $0.rule == rule.id }, "\(rule.id)") }
        for test in check.tests {
            let result = test.run(on: ruleSet)
            #expect(
                result.isPassed, "\(test.rule), \(test.name): \(TestText.details(of: result).joined(separator: "\n"))")
        }
    }

    /// Editors read the line for its own document alone (yaml-language-server, issue 946).
    @Test(arguments: folders) func `each document names the schema for editors`(name: String) throws {
        let folder = Self.root.path + "/deploy/examples/" + name
        for file in try FileManager.default.contentsOfDirectory(atPath: folder) {
            for document in try String(contentsOfFile: folder + "/" + file, encoding: .utf8).components(
                separatedBy: "\n---\n")
            {
                #expect(
                    document.hasPrefix("# yaml-language-server: $schema=../../rules.schema.json\n"), "\(name)/\(file)")
            }
        }
        #expect(FileManager.default.fileExists(atPath: folder + "/../../rules.schema.json"))
    }

    @Test func `there is a folder for each use case`() {
        for name in ["abandonment", "cdnow", "inactivity", "pricing", "spending", "survey", "trial", "tutorial"] {
            #expect(Self.folders.contains(name))
        }
    }

    @Test func `the messages of the reference are a whole file`() throws {
        let block = try #require(try Self.blocks("messages.md").first)
        let reading = RuleSet.read([RuleSource(file: "messages.md", text: Array(block.utf8))])
        let (messages, diagnostics) = MessageSet.read(reading)
        #expect((reading.diagnostics + diagnostics).map(\.description) == [])
        #expect(messages.channels(of: "cart-reminder") == ["push", "email"])
    }

    private static func blocks(_ document: String) throws -> [Substring] {
        let text = try String(contentsOf: root.appending(path: "Sources/Documentation/" + document), encoding: .utf8)
        return text.split(separator: "```yaml\n").dropFirst().map { $0.split(separator: "\n```")[0] }
    }

    @Test func `each example of the guide to rules is a whole file`() throws {
        let blocks = try Self.blocks("rules.md")
        #expect(blocks.count > 8)
        for block in blocks { try check(String(block)) }
    }

    @Test(arguments: RuleReference.examples.map(\.title))
    func `each example of the rule reference is right once it is whole`(title: String) throws {
        let example = try #require(RuleReference.examples.first { $0.title == title })
        try check(Self.completed(example.yaml))
    }

    /// The text is a rule set, and its tests pass.
    private func check(_ text: String) throws {
        let reading = RuleSet.read([RuleSource(file: "example.yaml", text: Array(text.utf8))])
        #expect(reading.diagnostics.map(\.description) == [], "\(text)")
        for test in reading.tests {
            let result = try test.run(on: #require(reading.ruleSet))
            #expect(result.isPassed, "\(test.name): \(TestText.details(of: result).joined(separator: "\n"))")
        }
    }

    /// With the `id`, `when` and `send` that a rule lacks.
    private static func completed(_ yaml: String) -> String {
        yaml.components(separatedBy: "\n---\n").enumerated().map { place, document in
            let keys = Set(document.split(separator: "\n").map { $0.prefix { $0 != ":" } })
            if !keys.isDisjoint(with: ["folds", "events", "messages", "policy"]) { return document }
            let lines = [
                ("id", "id: example-\(place)"), ("when", "when: { event: example }"),
                ("send", "send: { channels: [push] }"),
            ]
            return ([document] + lines.filter { !keys.contains($0.0[...]) }.map(\.1)).joined(separator: "\n")
        }.joined(separator: "\n---\n")
    }
}
