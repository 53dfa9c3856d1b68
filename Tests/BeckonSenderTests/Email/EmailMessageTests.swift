import Foundation
import Testing

@testable import BeckonSender

@Suite struct `Email message` {
    func message(_ text: String?, _ html: String?, id: String = "d1") throws -> EmailMessage {
        EmailMessage(
            from: try MailAddress("Shop <news@shop.example>"), to: try MailAddress("ann@x.example"), subject: "Hello",
            text: text, html: html, dateMs: DecisionTexts.dueAtMs, id: id)
    }

    @Test func `has both parts, the better one last`() throws {
        var message = try message("Hello\nthere", "<p>Grüße</p>")
        message.unsubscribeURL = "https://shop.example/u/token"
        message.feedback = ["cart", "cart-reminder", "marketing", "shop1"]
        #expect(
            String(decoding: message.bytes(), as: UTF8.self)
                == """
                Date: Tue, 24 Nov 2026 16:15:00 +0000
                From: "Shop" <news@shop.example>
                To: ann@x.example
                Subject: Hello
                Message-ID: <d1@shop.example>
                List-Unsubscribe: <https://shop.example/u/token>
                List-Unsubscribe-Post: List-Unsubscribe=One-Click
                Feedback-ID: cart:cart-reminder:marketing:shop1
                MIME-Version: 1.0
                Content-Type: multipart/alternative;
                 boundary="=_d1"

                --=_d1
                Content-Type: text/plain; charset=utf-8
                Content-Transfer-Encoding: quoted-printable

                Hello
                there
                --=_d1
                Content-Type: text/html; charset=utf-8
                Content-Transfer-Encoding: base64

                PHA+R3LDvMOfZTwvcD4=
                --=_d1--

                """.replacingOccurrences(of: "\n", with: "\r\n"))
    }

    @Test func `with one part is not made of parts`() throws {
        for (text, html, type) in [("a", nil, "text/plain"), (nil, "<p>", "text/html")] as [(String?, String?, String)]
        {
            let bytes = String(decoding: try message(text, html).bytes(), as: UTF8.self)
            #expect(bytes.contains("Content-Type: \(type); charset=utf-8\r\n") && !bytes.contains("multipart"))
            #expect(!bytes.contains("List-Unsubscribe") && !bytes.contains("Feedback-ID"))
        }
    }

    /// Whatever somebody has written to the topic as an id, a rule's name or a link.
    @Test func `no value ends a header`() throws {
        var message = try message("a", nil, id: "d1>\r\nBcc: eve@x.example\r\n\r\n<p>")
        message.unsubscribeURL = "https://x/\r\nBcc: eve@x.example"
        message.feedback = ["a\r\nBcc: eve", "b:c"]
        let lines = String(decoding: message.bytes(), as: UTF8.self).components(separatedBy: "\r\n")
        #expect(!lines.contains { $0.hasPrefix("Bcc") })
        #expect(lines.contains("Message-ID: <d1___Bcc__eve_x_example_____p_@shop.example>"))
        #expect(lines.contains("Feedback-ID: a__Bcc__eve:b_c"))
        #expect(lines.firstIndex(of: "") == lines.firstIndex { $0.hasPrefix("Content-Transfer") }! + 1)
    }

    @Test(
        arguments: [
            (0, "Thu, 1 Jan 1970 00:00:00 +0000"), (-5, "Thu, 1 Jan 1970 00:00:00 +0000"),
            (951_782_399_999, "Mon, 28 Feb 2000 23:59:59 +0000"), (951_782_400_000, "Tue, 29 Feb 2000 00:00:00 +0000"),
            (4_102_444_799_000, "Thu, 31 Dec 2099 23:59:59 +0000"),
        ] as [(Int64, String)])
    func `dates are as mail has them`(_ instantMs: Int64, _ text: String) {
        #expect(MailDate.text(instantMs) == text)
    }

    @Test func `texts are encoded into short lines, the shorter way`() {
        #expect(TransferEncoding.encode("a=b \r\nc\t\nd\re").0 == .quotedPrintable)
        #expect(TransferEncoding.encode("one = one, as ever").1 == Array("one =3D one, as ever".utf8))
        let blanks = TransferEncoding.encode("Only plain words stand here \r\nand a tab\t\nthen\rthe end ").1
        #expect(
            String(decoding: blanks, as: UTF8.self)
                == "Only plain words stand here=20\r\nand a tab=09\r\nthen\r\nthe end=20")
        #expect(TransferEncoding.encode("語語語").0 == .base64)
        #expect(TransferEncoding.encode("").1.isEmpty)
        for count in 70...160 {
            let (encoding, bytes) = TransferEncoding.encode(String(repeating: "x", count: count))
            let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
            #expect(encoding == .quotedPrintable && lines.allSatisfy { $0.count <= 76 })
            #expect(lines.joined(separator: "|").replacingOccurrences(of: "=|", with: "").count == count)
            #expect((lines.count == 1) == (count <= 76))
        }
    }

    @Test(arguments: [
        ("<p>x</p>", "PRE<p>x</p>"), ("<html><BODY class=\"a\">x", "<html><BODY class=\"a\">PREx"),
        ("<body>x", "<body>PREx"),
        ("<bodyguard>x", "PRE<bodyguard>x"), ("<body", "PRE<body"), ("<body ", "PRE<body "), ("", "PRE"),
        ("ü<body>x", "ü<body>PREx"),
    ])
    func `a preheader stands where the body begins`(_ html: String, _ expected: String) {
        let hidden = #"<div style="display:none;max-height:0;overflow:hidden">a &lt;b&gt; &amp;</div>"#
        #expect(Preheader.insert("a <b> &", into: html) == expected.replacingOccurrences(of: "PRE", with: hidden))
    }
}
