import Testing

@testable import BeckonSender

@Suite struct `Mail address` {
    @Test(arguments: [
        ("ann@shop.example", "", "ann@shop.example"), ("  ann@shop.example\n", "", "ann@shop.example"),
        ("Ann <ann@shop.example>", "Ann", "ann@shop.example"), ("<ann@shop.example>", "", "ann@shop.example"),
        (#""Ann, of \"the\" shop" <a.n-n+x@Shop.Example>"#, #"Ann, of "the" shop"#, "a.n-n+x@shop.example"),
        ("Ann\r\nBcc: eve <ann@shop.example>", "Ann  Bcc: eve", "ann@shop.example"),
        ("\"Ann\r\nBcc: eve@x.example\" <ann@shop.example>", "Ann  Bcc: eve@x.example", "ann@shop.example"),
        ("ann@bücher.example", "", "ann@xn--bcher-kva.example"), ("ann@localhost", "", "ann@localhost"),
    ])
    func `is read with its name`(_ text: String, _ name: String, _ address: String) throws {
        let read = try MailAddress(text)
        #expect(read.name == name && read.address == address)
    }

    @Test(arguments: [
        "", "ann", "@shop.example", "ann@", "ann@@shop.example", "ann bob@shop.example", "a@b.example, c@d.example",
        "ann@shop.example>", "<ann@shop.example", "ann@shop..example", "ann@-shop.example", "ann@shop.example.",
        ".ann@shop.example", "ann.@shop.example", "a..n@shop.example", "ann@[127.0.0.1]", "ann@shop_example",
        "ann@shop.example\r\nRCPT TO:<eve@x.example>", "ann@shop.exam\r\nple", "an\u{0}n@shop.example",
        "Ann <ann@shop.example> <eve@x.example", #""ann bob"@shop.example"#, "ann@shop.example SIZE=1",
        "ann@ü\r\n.example", "eve@x.example <ann@shop.example>", "<eve> <ann@shop.example>",
    ])
    func `that is none is refused`(_ text: String) {
        let problem = #expect(throws: MailAddressProblem.self) { try MailAddress(text) }
        #expect(problem?.code == "address")
        #expect(problem?.description.contains("shop.exam\r") == false)
    }

    @Test func `that needs SMTPUTF8 is refused in words`() {
        let problem = #expect(throws: MailAddressProblem.self) { try MailAddress("jürgen@shop.example") }
        #expect(problem?.code == "addressNotASCII" && problem?.description.contains("SMTPUTF8") == true)
    }

    @Test func `has bounds`() throws {
        func address(_ local: Int, _ labels: Int) -> String {
            String(repeating: "a", count: local) + "@"
                + Array(repeating: String(repeating: "b", count: 46), count: labels)
                .joined(separator: ".")
        }
        #expect(throws: Never.self) { try MailAddress(address(64, 4)) }
        #expect(throws: MailAddressProblem.self) { try MailAddress(address(65, 4)) }
        // 66 + 5 × 47 − 1.
        #expect(throws: MailAddressProblem.self) { try MailAddress(address(64, 5)) }
        #expect(throws: MailAddressProblem.self) { try MailAddress("a@" + String(repeating: "b", count: 64)) }
        #expect(try MailAddress(String(repeating: "n", count: 300) + " <a@b.example>").name.count == 250)
    }

    @Test func `stands in a header with its name quoted or encoded`() throws {
        func lines(_ text: String) throws -> [String] { try MailAddress(text).headerLines(column: 6) }
        #expect(try lines("ann@shop.example") == ["ann@shop.example"])
        #expect(try lines("Ann \\ \"B\" <ann@shop.example>") == [#""Ann \\ \"B\"" <ann@shop.example>"#])
        #expect(try lines("Jürgen <ann@shop.example>") == ["=?UTF-8?B?SsO8cmdlbg==?= <ann@shop.example>"])
        #expect(try lines("=?UTF-8?B?eA==?= <ann@shop.example>")[0].hasPrefix("=?UTF-8?B?PT9VVEY"))
        let long = try lines(String(repeating: "Ann ", count: 40) + "<ann@shop.example>")
        #expect(long.count > 2 && long.allSatisfy { $0.utf8.count <= 75 })
    }
}
