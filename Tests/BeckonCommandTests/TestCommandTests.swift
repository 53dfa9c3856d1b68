import Foundation
import Testing

@testable import beckon

@Suite struct `beckon test` {
    static let rule = """
        id: cart
        when: { event: add_to_cart, absent: { event: order_completed, within: 15m } }
        send: { channels: [push] }
        tests:
          - { name: left, given: [{ at: 0m, event: add_to_cart }], expect: [{ at: 15m }] }
          - { name: bought <in> time, given: [{ at: 0m, event: add_to_cart }, { at: 14m, event: order_completed }], expect: none }

        """
    static let untested = "---\nid: other\nwhen: { event: x }\nsend: { channels: [push] }\n"

    @Test func `a line a test and a summary, status 0`() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.yaml", Self.rule + Self.untested)
        let ending = try BeckonProcess.run("test", folder.path)
        #expect(ending.status == 0)
        #expect(ending.errors == "")
        #expect(
            ending.output == """
                ok      cart: left
                ok      cart: bought <in> time
                2 tests passed, 0 failed, of 1 rule.
                1 rule without tests: other.

                """)
    }

    @Test func `a failure shows both sides and what happened, status 1`() throws {
        let folder = try TemporaryFolder()
        try folder.write("b/a.yaml", Self.rule.replacing("at: 14m", with: "at: 16m"))
        let ending = try BeckonProcess.run("test", folder.path)
        #expect(ending.status == 1)
        #expect(ending.errors == "beckon: 1 of 2 tests failed.\n")
        #expect(
            ending.output == """
                ok      cart: left
                FAILED  cart: bought <in> time  (\(folder.path)/b/a.yaml:6:5)
                    expected  no other decision or suppression
                    came      a decision at 15m, recalled at 16m
                    
                    What happened:
                         0m  add_to_cart
                        15m  decision by push
                        16m  order_completed
                        16m  recalls the decision of 15m

                1 test passed, 1 failed, of 1 rule.

                """)
    }

    @Test func `a report for pipelines`() throws {
        let folder = try TemporaryFolder()
        let rules = try folder.write("a.yaml", Self.rule.replacing("at: 14m", with: "at: 16m"))
        let report = folder.path + "/report.xml"
        #expect(try BeckonProcess.run("test", "--junit", report, rules).status == 1)
        let document = try ReportDocument.read(report)
        #expect(document.names == ["testsuites", "testsuite", "testcase", "testcase", "failure"])
        #expect(document.attributes["testcase"]?["name"] == "bought <in> time")
        #expect(document.attributes["testcase"]?["file"] == rules)
        #expect(document.attributes["testcase"]?["line"] == "6")
        #expect(document.attributes["testsuite"]?["failures"] == "1")
        #expect(document.text.contains("a decision at 15m, recalled at 16m"))
        let nowhere = try BeckonProcess.run("test", "--junit", folder.path + "/no/report.xml", rules)
        #expect(nowhere.status == 2)
        #expect(nowhere.errors.contains("The report cannot be written to "))
    }

    @Test func `one rule's tests alone`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("a.yaml", Self.rule + Self.untested)
        #expect(try BeckonProcess.run("test", "--rule", "cart", path).output.contains("2 tests passed"))
        let wrong = try BeckonProcess.run("test", "--rule", "carts", path)
        #expect(wrong.status == 2)
        #expect(wrong.errors == "beckon: There is no rule `carts` in \(path). Did you mean `cart`?\n")
        let none = try BeckonProcess.run("test", "--rule", "other", path)
        #expect(none.status == 2)
        #expect(
            none.errors.hasPrefix("beckon: What --rule names has no tests. They stand in the rule itself:\n  tests:\n"))
    }

    @Test func `rules that are wrong are told as by check`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("a.yaml", Self.rule.replacing("expect: none", with: "expect: nome"))
        let ending = try BeckonProcess.run("test", path)
        #expect(ending.status == 2)
        #expect(ending.output.hasPrefix("\(path):6:"))
        #expect(ending.errors == "beckon: 1 problem in 1 file. Nothing was tested.\n")
    }

    @Test func `watching, it runs again when a file is saved`() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.yaml", Self.rule)
        let process = try BeckonProcess(["test", "--watch", folder.path])
        #expect(process.reached { process.written.output.contains("2 tests passed, 0 failed") })
        try folder.write("a.yaml", Self.rule.replacing("at: 14m", with: "at: 16m"))
        #expect(process.reached { process.written.output.contains("1 test passed, 1 failed") })
        #expect(process.reached { process.written.errors.contains("1 of 2 tests failed.") })
        try folder.write("a.yaml", "id: [")
        #expect(process.reached { process.written.errors.contains("Nothing was tested.") })
        process.terminate()
        #expect(process.ending().status == 0)
    }
}

/// Enough of XML for a report: no comments, no sections.
private struct ReportDocument {
    private(set) var names: [String] = []
    /// Of the last element of each name.
    private(set) var attributes: [String: [String: String]] = [:]
    private(set) var text = ""

    static func read(_ path: String) throws -> ReportDocument {
        let xml = try String(contentsOfFile: path, encoding: .utf8)
        #expect(xml.hasPrefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"))
        var document = ReportDocument()
        for piece in xml.split(separator: "<").dropFirst() {
            let parts = piece.split(separator: ">", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count > 1 { document.text += unescaped(parts[1]) }
            let words = parts[0].split(separator: " ", maxSplits: 1)
            if piece.hasPrefix("/") || words.isEmpty { continue }
            document.names.append(String(words[0]))
            var attributes: [String: String] = [:]
            for pair in (words.count > 1 ? words[1] : "").matches(of: /([a-z]+)="([^"]*)"/) {
                attributes[String(pair.1)] = unescaped(pair.2)
            }
            document.attributes[String(words[0])] = attributes
        }
        return document
    }

    private static func unescaped(_ text: Substring) -> String {
        String(text).replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
            .replacing("&amp;", with: "&")
    }
}
