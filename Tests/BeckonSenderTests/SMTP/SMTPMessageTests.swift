import Foundation
import MailServer
import Testing

@testable import BeckonSender

/// What a decision said is what Python's email package reads.
@Suite(.enabled(if: MailServer.isAvailable)) struct `Emails read back from a real mail server` {
    static let nasty: [String] = [
        "Hello", "", "👨‍👩‍👧‍👦 🇩🇪 emoji", String(repeating: "long line ", count: 500), String(repeating: "w", count: 5_000),
        "שלום עולם, مرحبا \u{202E}right to left", ".\n..\n.dot\n. \n\n.", "ends with blanks   \nand tabs\t\t\n ",
        "NUL\u{0}in it",
        "=?UTF-8?B?eA==?= =3D = ==\n=", "From here\nFrom there", "\n\nbegins with ends", "ends with an end\n",
        String(repeating: "ü", count: 3_000), "--=_d1\n--=_d1--\n", "a\r\nb\rc\nd",
        "\u{FEFF}\u{85}\u{2028}x\u{1}\u{7F}",
        String(repeating: "語\n", count: 300), "tab\tin it", "QUIT\nDATA\n.\nMAIL FROM:<x>",
    ]

    /// Compared byte by byte: Swift's own comparison takes many different texts for the same.
    func isSame(_ one: String?, _ other: String) -> Bool { one.map { Array($0.utf8) } == Array(other.utf8) }

    /// As mail has it: line ends are CR LF, and Python makes them LF.
    func canonical(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        var last: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            if scalar == "\n" && last == "\r" { scalars.removeLast() }
            scalars.append(scalar == "\r" ? "\n" : scalar)
            last = scalar
        }
        return String(scalars)
    }

    @Test func `texts are what was rendered, however nasty`() throws {
        let server = try MailServer()
        let provider = SMTPProvider(try SMTPStage.relay("smtp://127.0.0.1:\(server.port)"), connectionsMax: 1)
        defer { provider.stop() }
        // Of an empty one the other part is sent alone.
        let texts = Self.nasty.filter { !$0.isEmpty }
        for (number, text) in texts.enumerated() {
            let html = "<p>\(text)</p>"
            #expect(try SMTPStage.send(provider, ["text": text, "html": html], id: "d\(number)") == .delivered)
            #expect(try SMTPStage.send(provider, ["text": text], id: "t\(number)") == .delivered)
            #expect(try SMTPStage.send(provider, ["text": "", "html": html], id: "h\(number)") == .delivered)
        }
        let messages = server.awaitMessages(texts.count * 3)
        try #require(messages.count == texts.count * 3)
        for (number, text) in texts.enumerated() {
            let (both, plain, html) = (messages[3 * number], messages[3 * number + 1], messages[3 * number + 2])
            for message in [both, plain, html] {
                #expect(
                    message.isASCII && !message.hasBareEnds && message.lineBytesMax <= 78, "\(text.debugDescription)")
                #expect(message.defects.isEmpty, "\(text.debugDescription): \(message.defects)")
            }
            #expect(both.types == ["multipart/alternative", "text/plain", "text/html"])
            #expect(plain.types == ["text/plain"] && html.types == ["text/html"])
            #expect(isSame(both.plain.map(canonical), canonical(text)), "\(text.debugDescription)")
            #expect(isSame(both.html.map(canonical), canonical("<p>\(text)</p>")), "\(text.debugDescription)")
            // Alone it ends with the end of a line, which in base64 is none of the text's.
            let end = plain.encodings == ["base64"] ? "" : "\n"
            #expect(isSame(plain.plain.map(canonical), canonical(text) + end), "\(text.debugDescription)")
            let htmlEnd = html.encodings == ["base64"] ? "" : "\n"
            #expect(isSame(html.html.map(canonical), canonical("<p>\(text)</p>") + htmlEnd), "\(text.debugDescription)")
        }
    }

    @Test func `subjects and names are what was rendered, with blanks for what would end a header`() throws {
        let server = try MailServer()
        let provider = SMTPProvider(try SMTPStage.relay("smtp://127.0.0.1:\(server.port)"), connectionsMax: 1)
        defer { provider.stop() }
        let subjects =
            Self.nasty + [
                String(repeating: "語", count: 3_400), String(repeating: "a word ", count: 1_500),
                "x\r\nBcc: eve@x.example\r\n\r\nbody",
                "  two  blanks  ", "comma, \"quote\" (paren) <angle>", "\\",
            ]
        for (number, subject) in subjects.enumerated() {
            let name =
                "\"" + subject.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
                + "\""
            let fields = [
                "subject": subject, "from": "\(name) <a@shop.example>", "replyTo": "\(name) <b@shop.example>",
            ]
            #expect(try SMTPStage.send(provider, fields, id: "d\(number)") == .delivered)
        }
        let messages = server.awaitMessages(subjects.count)
        try #require(messages.count == subjects.count)
        for (subject, message) in zip(subjects, messages) {
            let expected = HeaderText(subject).trimmed.text
            #expect(isSame(message.subject, expected), "\(subject.debugDescription)")
            #expect(message.from.count == 1 && message.from[0][1] == "a@shop.example", "\(message.from)")
            #expect(message.replyTo.count == 1 && message.replyTo[0][1] == "b@shop.example", "\(message.replyTo)")
            let shown = String(String.UnicodeScalarView(HeaderText(subject).trimmed.text.unicodeScalars.prefix(250)))
            #expect(
                isSame(message.from[0][0], HeaderText(shown).trimmed.text),
                "\(subject.debugDescription)")
            #expect(
                message.names == [
                    "Date", "From", "Reply-To", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type",
                    "Content-Transfer-Encoding",
                ], "\(message.names)")
            #expect(message.isASCII && !message.hasBareEnds && message.lineBytesMax <= 78)
            #expect(message.defects.isEmpty, "\(subject.debugDescription): \(message.defects)")
            #expect(message.recipients == ["ann@x.example"])
        }
    }

    @Test func `a message has its headers, the same at each attempt`() throws {
        let server = try MailServer()
        let relay = try SMTPStage.relay("smtp://127.0.0.1:\(server.port)") { relay in
            relay.replyTo = try? MailAddress("help@shop.example")
            relay.returnPath = try? MailAddress("bounces@shop.example")
            relay.feedbackId = "shop1"
        }
        let provider = SMTPProvider(relay, connectionsMax: 1)
        defer { provider.stop() }
        let content = try SMTPStage.content(
            ["to": "Ann <ann@bücher.example>", "html": "<p>x", "preheader": "look <here>"],
            unsubscribeURL: "https://shop.example/u/token")
        for _ in 0..<2 { #expect(try SMTPStage.send(provider, content) == .delivered) }
        let messages = server.awaitMessages(2)
        try #require(messages.count == 2)
        #expect(messages[0].raw == messages[1].raw)
        let message = messages[0]
        #expect(message.headers["Message-ID"] == "<d1@shop.example>")
        #expect(message.headers["Date"] == "Tue, 24 Nov 2026 16:15:00 +0000")
        #expect(message.headers["List-Unsubscribe"] == "<https://shop.example/u/token>")
        #expect(message.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click")
        #expect(message.headers["Feedback-ID"] == "cart:cart-reminder:marketing:shop1")
        #expect(message.from == [["Shop", "news@shop.example"]] && message.replyTo == [["", "help@shop.example"]])
        #expect(message.to == [["Ann", "ann@xn--bcher-kva.example"]])
        #expect(message.sender == "bounces@shop.example" && message.recipients == ["ann@xn--bcher-kva.example"])
        #expect(message.html?.contains("look &lt;here&gt;</div><p>x") == true)
        #expect(message.plain == "Hello")
    }

    @Test func `a server's own bound on sizes refuses the message`() throws {
        let server = try MailServer(sizeMax: 5_000)
        let provider = SMTPProvider(try SMTPStage.relay("smtp://127.0.0.1:\(server.port)"), connectionsMax: 1)
        defer { provider.stop() }
        let result = try SMTPStage.send(provider, ["text": String(repeating: "x", count: 10_000)])
        #expect(result.kind == .refused && result.code.hasPrefix("552"))
        #expect(try SMTPStage.send(provider) == .delivered)
    }
}

@Suite struct `Email of a decision` {
    func problem(_ fields: [String: String]) throws -> String? {
        let provider = SMTPProvider(try SMTPStage.relay("smtp://127.0.0.1:1"), connectionsMax: 1)
        switch provider.message(of: try SMTPStage.content(fields)) {
        case .success: return nil
        case .failure(let problem):
            #expect(!problem.detail.contains("x.example") && !problem.detail.isEmpty)
            return problem.code
        }
    }

    @Test func `that cannot be written is given up without an attempt`() throws {
        #expect(try problem([:]) == nil)
        #expect(try problem(["text": ""]) == "empty")
        #expect(try problem(["to": ""]) == "noAddress")
        #expect(try problem(["to": "ann x.example"]) == "address")
        #expect(try problem(["to": "ünn@x.example"]) == "addressNotASCII")
        #expect(try problem(["from": "ann x.example"]) == "address")
        #expect(try problem(["replyTo": "ann x.example"]) == "address")
        let provider = SMTPProvider(try SMTPStage.relay("smtp://127.0.0.1:1"), connectionsMax: 1)
        let bare = DeliveryContent(decision: try SMTPStage.content([:]).decision, record: [])
        #expect(throws: MessageProblem.self) { try provider.message(of: bare).get() }
    }

    @Test func `has a bound`() throws {
        // In base64, with its lines' ends.
        let most = EmailMessage.bytesMax / 78 * 57 - 1_000
        #expect(try problem(["text": String(repeating: "\u{1}", count: most)]) == nil)
        #expect(try problem(["text": String(repeating: "\u{1}", count: most + 2_000)]) == "tooLarge")
    }
}

@Suite struct `SMTP relay` {
    func relay(_ url: String, isPlain: Bool = false) throws -> SMTPRelay {
        try SMTPRelay(url: url, isPlain: isPlain, from: MailAddress("a@b.example"))
    }

    @Test func `is a host, a port and what encrypts`() throws {
        let relay = try relay("smtp://mail.example.com")
        #expect(relay.host == "mail.example.com" && relay.port == 587 && relay.security == .startTLS)
        #expect(try self.relay("smtps://mail.example.com/").port == 465)
        #expect(try self.relay("smtps://mail.example.com:25").security == .tls)
        #expect(try self.relay("SMTP://[::1]:25", isPlain: true).security == .none)
    }

    @Test(arguments: [
        ("mail.example.com", "is not a URL"), ("smtp://", "is not a URL"),
        ("https://mail.example.com", "begins with `https`"),
        ("smtp://a:b@mail.example.com", "use user and passwordFile"),
        ("smtp://mail.example.com/x", "must end with its host"),
        ("smtp://mail.example.com?x", "must end with its host"), ("smtp://mail.example.com:70000", "the port 70000"),
    ])
    func `that will not do is refused in words`(_ url: String, _ words: String) {
        let problem = #expect(throws: SMTPRelayProblem.self) { try relay(url) }
        #expect(problem?.description.contains(words) == true, "\(String(describing: problem))")
    }

    @Test func `cannot be plain and encrypted`() {
        #expect(throws: SMTPRelayProblem.self) { try relay("smtps://mail.example.com", isPlain: true) }
    }
}
