import Foundation
import Testing

@testable import beckon

@Suite struct `beckon render` {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `prints the text`() throws {
        let template = try folder.write("t.liquid", "{% for p in h %}{{ p[0] }}={{ p[1] }};{% endfor %}<{{ a }}>\n")
        let data = try folder.write("d.json", #"{"h": {"z": 1, "a": 2.0}, "a": "&"}"#)
        #expect(try BeckonProcess.run("render", template, "--with", data).output == "z=1;a=2.0;<&>\n")
        #expect(try BeckonProcess.run("render", template, "--with", data, "--html").output == "z=1;a=2.0;<&amp;>\n")
        #expect(try BeckonProcess.run("render", template).output == "<>\n")
    }

    @Test func `says what is wrong and where, with status 2`() throws {
        let template = try folder.write("t.liquid", "\n{{ a | upcase }}{{ 1 | divided_by: 0 }}")
        let failing = try BeckonProcess.run("render", template)
        #expect(failing.status == 2)
        #expect(failing.errors == "beckon: \(template):2:24: divided by 0\n")
        #expect(
            try BeckonProcess.run("render", template, "--strict").errors
                == "beckon: \(template):2:4: there is no variable `a`\n")
        let broken = try folder.write("b.liquid", "{{ a | }}\n{% iff %}")
        #expect(
            try BeckonProcess.run("render", broken).errors == """
                beckon: \(broken):1:8: the name of a filter is expected here, not the end of the tag
                \(broken):2:4: there is no tag `iff`; did you mean `if`?

                """)
        #expect(try BeckonProcess.run("render").status == 2)
        #expect(try BeckonProcess.run("render", template, "--stdin").status == 2)
        #expect(try BeckonProcess.run("render", folder.path + "/none").status == 2)
        #expect(try BeckonProcess.run("render", template, "--with", template).status == 2)
        #expect(try BeckonProcess.run("render", template, "--zone", "Nowhere").status == 2)
    }

    @Test func `finds snippets in a folder, and dates in a zone`() throws {
        _ = try folder.write("foot.liquid", "[{{ x | date: '%H' }}]")
        let template = try folder.write("t.liquid", "{% render 'foot', x: 0 %}")
        let run = { (words: String...) in
            try BeckonProcess(["render", template, "--snippets", folder.path] + words).ending().output
        }
        #expect(try run() == "[00]")
        #expect(try run("--zone", "Asia/Tokyo") == "[09]")
    }

    @Test func `answers each line of standard input, whatever it is`() throws {
        let lines = [
            #"{"template":"{{ 5 | divided_by: 2 }}","data":{}}"#, "nonsense", "", #"{"template":"{{ 1"}"#,
            #"{"template":"a\nb"}"#,
        ]
        let ending = try BeckonProcess.run("render", "--stdin", input: lines.joined(separator: "\n"))
        #expect(ending.status == 0)
        let answers = ending.output.split(separator: "\n")
        #expect(answers.count == 5)
        #expect(answers.first == #"{"result":"2"}"#)
        #expect(answers.dropFirst().prefix(3).allSatisfy { $0.hasPrefix(#"{"error":""#) })
        #expect(answers.last == #"{"result":"a\nb"}"#)
    }

    @Test func `shows what a rule's test would send`() throws {
        let examples =
            URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path + "/deploy/examples/abandonment"
        let run = { (words: String...) in
            try BeckonProcess(["render", "cart-abandonment", "--rules", examples] + words).ending()
        }
        let push = try run("--test", "left for fifteen minutes")
        #expect(
            push.output.hasPrefix("cart-reminder by push for person\ntitle: Your cart is waiting\nbody: One thing is"))
        let email = try run("--test", "two carts are two reminders", "--channel", "email")
        #expect(email.output.components(separatedBy: "cart-reminder by email for person\nsubject: ").count == 3)
        #expect(email.output.contains("<b>€60.00</b>") && email.output.contains("<b>€70.00</b>"))
        let none = try run("--test", "bought in time")
        #expect(none.status == 2 && none.errors.contains("makes no decision"))
        let unknown = try run("--test", "left for fifteen minuts")
        #expect(unknown.errors.contains("Did you mean `left for fifteen minutes`?"))
    }
}
