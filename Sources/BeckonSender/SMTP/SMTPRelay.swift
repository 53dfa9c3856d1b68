import Foundation

/// A mail server that takes messages over, and who they come from.
public struct SMTPRelay: Sendable {
    public enum Security: Sendable, Equatable {
        /// TLS from the first byte (`smtps://`).
        case tls
        /// Plain at first; nothing but the greeting goes on before STARTTLS has worked.
        case startTLS
        /// Never, for a relay on the same machine or in the same network.
        case none
    }

    public let host: String
    public let port: Int
    public let security: Security
    public let from: MailAddress
    public var replyTo: MailAddress?
    /// Where failures come back to, the envelope's sender; nil: the address of From.
    public var returnPath: MailAddress?
    /// nil: it asks for no name.
    public var login: (user: String, password: Secret)?
    /// Certificates, PEM, one of which the server's must come from; nil: the system's.
    public var certificatesFile: String?
    /// What the sender calls itself in EHLO; nil: the host's name.
    public var helloName: String?
    /// The sender's word in Feedback-ID; nil: there is no such header.
    public var feedbackId: String?
    public var timeouts = SMTPTimeouts()

    /// - Parameters:
    ///   - url: `smtp://HOST:PORT` or `smtps://HOST:PORT`; 587 and 465 where no port is given.
    ///   - isPlain: nothing is encrypted. Only with `smtp`.
    /// - Throws: what is wrong, as the end of a sentence, without the URL.
    public init(url: String, isPlain: Bool = false, from: MailAddress) throws(SMTPRelayProblem) {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            let host = parts.encodedHost, !host.isEmpty
        else { throw SMTPRelayProblem("is not a URL such as smtp://mail.example.com:587") }
        if parts.user != nil || parts.password != nil {
            throw SMTPRelayProblem("has a name or password in it; use user and passwordFile")
        }
        guard ["", "/"].contains(parts.path), parts.query == nil, parts.fragment == nil else {
            throw SMTPRelayProblem("must end with its host or port")
        }
        switch scheme {
        case "smtp": security = isPlain ? .none : .startTLS
        case "smtps" where isPlain: throw SMTPRelayProblem("is smtps, which is TLS, and tls says `none`")
        case "smtps": security = .tls
        default: throw SMTPRelayProblem("begins with `\(scheme)`; it must be smtp or smtps")
        }
        self.host = host
        port = parts.port ?? (security == .tls ? 465 : 587)
        guard (1...65_535).contains(port) else { throw SMTPRelayProblem("has the port \(port); it must be 1 to 65535") }
        self.from = from
    }
}

/// How long a relay may take, milliseconds.
public struct SMTPTimeouts: Sendable, Equatable {
    /// To a connection that can be used: name, TCP, TLS, greeting, login.
    public var connectMs: Int64 = 10_000
    /// For the answer to each of the commands up to DATA.
    public var replyMs: Int64 = 10_000
    /// For the whole call. What is left of it is for the answer to the message, behind which it is not known whether it was taken.
    public var callMs: Int64 = 30_000

    public init() {}
}

/// The end of a sentence about a relay.
public struct SMTPRelayProblem: Error, Sendable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}
