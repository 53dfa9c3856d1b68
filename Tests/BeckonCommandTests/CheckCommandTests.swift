import Foundation
import Testing

@testable import beckon

@Suite struct `beckon check` {
    static let good = """
        id: cart-reminder
        when:
          event: add_to_cart
          absent: { event: order_completed, within: 15m }
        send: { channels: [push], template: cart }
        """

    @Test func `good rules are one line and status 0`() throws {
        let folder = try TemporaryFolder()
        try folder.write("cart.yaml", Self.good)
        let ending = try BeckonProcess.run("check", folder.path)
        #expect(ending.status == 0)
        #expect(ending.errors == "")
        let hash = try RuleFolder.ruleSet(folder.path).hash.text
        #expect(ending.output == "1 rule, 0 folds, hash \(hash): nothing is wrong.\n")
    }

    @Test func `every diagnostic has file, line and column, and the status is 2`() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.yaml", Self.good.replacing("within: 15m", with: "within: 0s"))
        try folder.write("b/b.yaml", Self.good.replacing("channels", with: "chanels"))
        let ending = try BeckonProcess.run("check", folder.path)
        #expect(ending.status == 2)
        let lines = ending.output.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("\(folder.path)/a.yaml:4:") })
        #expect(
            lines.contains { $0.hasPrefix("\(folder.path)/b/b.yaml:5:") && $0.contains("did you mean `channels`?") })
        #expect(ending.errors == "beckon: \(lines.count) problems in 2 files.\n")
    }

    @Test func `as JSON, for editors`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("a.yaml", Self.good.replacing("channels", with: "chanels"))
        let ending = try BeckonProcess.run("check", "--json", path)
        #expect(ending.status == 2)
        let parsed = try JSONSerialization.jsonObject(with: Data(ending.output.utf8))
        let entries = try #require(parsed as? [[String: Any]])
        #expect(entries.first?["file"] as? String == path)
        #expect(entries.first?["line"] as? Int == 5)
        #expect(entries.allSatisfy { $0["severity"] as? String == "error" && $0["column"] is Int })
        let unknown = entries.first { $0["nearest"] as? String == "channels" }
        #expect(unknown?["hint"] as? String == "did you mean `channels`?")
        #expect(unknown?["message"] as? String == "`send` has no field `chanels`")
        try folder.write("a.yaml", Self.good)
        #expect(try BeckonProcess.run("check", "--json", path).output == "[]\n")
    }

    @Test func `a warning is shown, and the rules are taken`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "a.yaml", Self.good.replacing("order_completed", with: "order_complete") + "\n---\nevents: { login: {} }\n")
        let ending = try BeckonProcess.run("check", path)
        #expect(ending.status == 0)
        let lines = ending.output.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(
            lines[0] == "\(path):4:20: warning: `events` declares no `order_complete`; did you mean `order_completed`?")
        #expect(lines[1].hasPrefix("1 rule, 0 folds, hash ") && lines[1].hasSuffix(": 1 warning."))
        let json = try BeckonProcess.run("check", "--json", path)
        #expect(json.status == 0)
        let entries = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
        #expect(entries.count == 1 && entries[0]["severity"] as? String == "warning")
        #expect(entries[0]["line"] as? Int == 4 && entries[0]["column"] as? Int == 20)
        #expect(entries[0]["nearest"] as? String == "order_completed")
    }

    @Test func `emails without an address are a warning, in the rule's file`() throws {
        let folder = try TemporaryFolder()
        let rule = Self.good.replacing("[push]", with: "[push, email]")
        let path = try folder.write("a.yaml", rule)
        try folder.write(
            "m/messages.yaml", "messages: { cart: { push: { title: x, body: y }, email: { subject: x, text: y } } }")
        let ending = try BeckonProcess.run("check", folder.path)
        #expect(ending.status == 0)
        let lines = ending.output.split(separator: "\n")
        #expect(lines.count == 2 && lines[1].hasSuffix(": 1 warning."))
        #expect(lines[0].hasPrefix("\(path):5:44: warning: the emails of the rule `cart-reminder` have no address: "))
        try folder.write("a.yaml", rule + "\ndata: { email: person.email }")
        #expect(try BeckonProcess.run("check", folder.path).output.hasSuffix(": nothing is wrong.\n"))
    }

    @Test func `several paths are one rule set`() throws {
        let folder = try TemporaryFolder()
        let first = try folder.write("a.yaml", Self.good)
        let second = try folder.write("b.yaml", Self.good.replacing("cart-reminder", with: "other"))
        #expect(try BeckonProcess.run("check", first, second).output.hasPrefix("2 rules, 0 folds, hash "))
        let twice = try BeckonProcess.run("check", first, folder.path)
        #expect(twice.status == 2)
    }

    @Test func `a missing path is the user's mistake`() throws {
        let ending = try BeckonProcess.run("check", "/nowhere/rules")
        #expect(ending.status == 2)
        #expect(ending.errors.hasPrefix("beckon: There is no file or folder /nowhere/rules: "))
    }
}
