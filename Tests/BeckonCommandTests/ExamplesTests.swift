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

    @Test(arguments: folders) func `each folder is a rule set`(name: String) throws {
        let ruleSet = try RuleFolder.ruleSet(Self.root.path + "/deploy/examples/" + name)
        #expect(!ruleSet.rules.isEmpty)
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

    @Test func `there is a folder for each use case`() {
        for name in ["abandonment", "cdnow", "inactivity", "pricing", "shop", "survey", "trial", "tutorial"] {
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

    @Test func `each example of the rule reference is a whole file`() throws {
        let blocks = try Self.blocks("rules.md")
        #expect(blocks.count > 8)
        for block in blocks {
            let reading = RuleSet.read([RuleSource(file: "rules.md", text: Array(block.utf8))])
            for test in reading.tests { #expect(try test.run(on: #require(reading.ruleSet)).isPassed, "\(test.name)") }
            #expect(reading.diagnostics.map(\.description) == [], "\(block)")
        }
    }
}
