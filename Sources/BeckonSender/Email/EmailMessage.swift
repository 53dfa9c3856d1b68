import BeckonModel

/// An email before it is written: RFC 5322, with parts as MIME has them.
struct EmailMessage {
    let from: MailAddress
    var replyTo: MailAddress?
    let to: MailAddress
    let subject: String
    /// At least one of them.
    let text: String?
    let html: String?
    /// When the decision was made: the same at each attempt.
    let dateMs: Milliseconds
    /// The decision's id: of it come the message's own id and the boundary, the same at each attempt.
    let id: String
    /// Where one click ends such messages (RFC 8058).
    var unsubscribeURL: String?
    /// Of what the message is one, for Gmail's statistics: at most four words.
    var feedback: [String] = []

    /// Larger ones are not sent.
    static let bytesMax = 1_048_576

    /// The message with CR LF at each line's end, as it goes behind DATA. Dots at lines' begins are doubled by who sends it.
    func bytes() -> [UInt8] {
        var headers = HeaderLines()
        headers.add("Date", lines: [MailDate.text(dateMs)])
        headers.add("From", from)
        if let replyTo { headers.add("Reply-To", replyTo) }
        headers.add("To", to)
        headers.add("Subject", HeaderText(subject).trimmed)
        headers.add("Message-ID", lines: ["<\(Self.atom(id))@\(from.domain)>"])
        if let unsubscribeURL {
            headers.add("List-Unsubscribe", lines: ["<\(unsubscribeURL)>"])
            headers.add("List-Unsubscribe-Post", lines: ["List-Unsubscribe=One-Click"])
        }
        if !feedback.isEmpty { headers.add("Feedback-ID", lines: [feedback.map(Self.atom).joined(separator: ":")]) }
        headers.add("MIME-Version", lines: ["1.0"])
        switch (text, html) {
        case (let text?, let html?):
            // No text in either encoding has `=_` in it.
            let boundary = "=_\(Self.atom(id).prefix(40))"
            headers.add("Content-Type", lines: ["multipart/alternative;", "boundary=\"\(boundary)\""])
            var body = headers.bytes
            // What a reader can show and stands last is what it shows.
            for (type, content) in [("plain", text), ("html", html)] {
                body += Array("\r\n--\(boundary)\r\n".utf8) + Self.part(type, content)
            }
            return body + Array("\r\n--\(boundary)--\r\n".utf8)
        case (let text?, nil): return headers.bytes + Self.part("plain", text) + [0x0D, 0x0A]
        case (nil, let html?): return headers.bytes + Self.part("html", html) + [0x0D, 0x0A]
        case (nil, nil): preconditionFailure("an email without text")
        }
    }

    /// Its headers, an empty line, and its text.
    private static func part(_ type: String, _ content: String) -> [UInt8] {
        let (encoding, bytes) = TransferEncoding.encode(content)
        var headers = HeaderLines()
        headers.add("Content-Type", lines: ["text/\(type); charset=utf-8"])
        headers.add("Content-Transfer-Encoding", lines: [encoding.rawValue])
        return headers.bytes + [0x0D, 0x0A] + bytes
    }

    /// What stands in a Message-ID and the like: at most 100 letters, digits, hyphens and underscores. A decision's id is nothing else already.
    private static func atom(_ text: String) -> String {
        String(
            decoding: text.utf8.prefix(100).map { byte in
                let isKept = byte.isLetterOrDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                return isKept ? byte : UInt8(ascii: "_")
            }, as: UTF8.self)
    }
}

/// The header of a message or part. Whatever is added cannot end a line: each one is made a ``HeaderText`` here, where it is written.
private struct HeaderLines {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ name: StaticString, _ address: MailAddress) {
        add(name, lines: address.headerLines(column: name.utf8CodeUnitCount + 2))
    }

    mutating func add(_ name: StaticString, _ text: HeaderText) {
        add(name, lines: text.unstructured(column: name.utf8CodeUnitCount + 2))
    }

    /// Folded between the lines, and nowhere else.
    mutating func add(_ name: StaticString, lines: [String]) {
        let value = lines.map { HeaderText($0).text }.joined(separator: "\r\n ")
        bytes += Array("\(name): \(value)\r\n".utf8)
    }
}
