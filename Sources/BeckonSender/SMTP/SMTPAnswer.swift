/// What came of handing a message to a relay.
struct SMTPAnswer: Sendable, Equatable {
    /// What the last answer was to, or would have been.
    enum Phase: Int, Sendable, Comparable {
        /// Name, TCP, and TLS of `smtps`.
        case connect
        case greeting, hello, startTLS, login, sender, recipient
        /// DATA itself.
        case data
        /// The message: it has not gone out whole.
        case message
        /// All of it has: what is not answered from here on may have been taken.
        case end

        static func < (one: Phase, other: Phase) -> Bool { one.rawValue < other.rawValue }
    }

    enum Failure: String, Sendable {
        case timeout, connect, dns, certificate, tls, connection
        /// The server does not offer STARTTLS, or refuses it.
        case startTLS
        /// No way of logging in that both know.
        case login
        /// Not begun: too late, or the sender has stopped.
        case notStarted
    }

    var phase = Phase.connect
    /// Of the phase; nil: none came.
    var reply: SMTPReply?
    /// nil: the relay has taken the message over, or said in words why not.
    var failure: Failure?
    var isTaken = false
}

/// A server's answer: its numbers, for its words may hold addresses.
struct SMTPReply: Sendable, Equatable {
    /// 200 to 599.
    let code: Int
    /// `5.1.1` (RFC 3463); nil: it gave none, or one that says otherwise than the code.
    let enhanced: String?

    /// - Parameter line: the last one of the answer; of those before, `550-…`, comes nil.
    init?(line: [UInt8]) {
        guard line.count >= 3, let code = Int(String(decoding: line[..<3], as: UTF8.self)), (200...599).contains(code),
            line.count == 3 || line[3] != UInt8(ascii: "-")
        else { return nil }
        self.code = code
        enhanced = line.count > 4 ? Self.enhanced(line[4...], first: line[0]) : nil
    }

    private static func enhanced(_ text: ArraySlice<UInt8>, first: UInt8) -> String? {
        let word = text.prefix { $0 > 0x20 }
        let numbers = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard numbers.count == 3, numbers[0].elementsEqual([first]),
            numbers.allSatisfy({ (1...3).contains($0.count) && $0.allSatisfy { (0x30...0x39).contains($0) } })
        else { return nil }
        return String(decoding: word, as: UTF8.self)
    }

    /// Whether the enhanced status code says that it is about who sends, and so not about the address that was asked for.
    var isAboutSender: Bool {
        switch enhanced {
        // The sender's own address.
        case "5.1.7", "5.1.8": true
        // The mailbox or its domain has a new owner (RFC 7293): that is about the address.
        case "5.7.17", "5.7.18": false
        // Policy: a block list, no relaying, no authority to send for a domain.
        default: enhanced?.hasPrefix("5.7.") ?? false
        }
    }

    /// `550 5.1.1`.
    var text: String { enhanced.map { "\(code) \($0)" } ?? String(code) }
}

extension DeliveryResult {
    /// What an answer means.
    init(_ answer: SMTPAnswer) {
        if answer.isTaken {
            self = .delivered
        } else if let failure = answer.failure {
            switch failure {
            case .notStarted: self.init(.notStarted, code: failure.rawValue)
            default: self.init(answer.phase == .end ? .unknown : .unavailable, code: failure.rawValue)
            }
        } else if let reply = answer.reply {
            self.init(Self.kind(reply, answer.phase), code: reply.text)
        } else {
            self.init(answer.phase == .end ? .unknown : .unavailable, code: SMTPAnswer.Failure.connection.rawValue)
        }
    }

    private static func kind(_ reply: SMTPReply, _ phase: SMTPAnswer.Phase) -> Kind {
        switch reply.code {
        // It closes, or wants to know who calls: that is about the relay, whatever it was asked. It has not taken the message.
        case 421, 530, 534, 535, 538: .unavailable
        case 400...499: phase < .sender ? .unavailable : .throttled
        case 500...599 where phase < .sender: .unavailable
        // The sender is the same for all messages, but for their size.
        case 552 where phase == .sender: .refused
        case 500...599 where phase == .sender: reply.enhanced == "5.3.4" ? .refused : .unavailable
        // Another relay may be allowed what this one is not.
        case 500...599 where phase == .recipient && reply.isAboutSender: .unavailable
        case 500...599: .refused
        // Against the protocol.
        default: phase == .end ? .unknown : .unavailable
        }
    }
}
