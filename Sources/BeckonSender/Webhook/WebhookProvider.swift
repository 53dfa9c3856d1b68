import BeckonModel
import Foundation

/// Where a webhook goes, and how it is signed.
public struct WebhookEndpoint: Sendable {
    /// Its path may hold a token: it is never logged.
    public let url: String
    /// The newest first: each signs, so that the receiver may change secrets without a gap. Empty: unsigned.
    public var secrets: [WebhookSecret] = []
    /// From the beginning of a call to its answer's end, milliseconds.
    public var timeoutMs: Int64 = 15_000
    public var connectTimeoutMs: Int64 = 5_000
    /// Whether addresses that are not public may be connected to.
    public let isPrivate: Bool

    /// - Parameters:
    ///   - url: with `https`; with `http` only to one of the private hosts.
    ///   - privateHosts: names or addresses, as they stand in URLs, behind which private addresses may be.
    /// - Throws: what is wrong, as the end of a sentence, without the URL.
    public init(url: String, privateHosts: [String] = []) throws(WebhookProblem) {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            let host = parts.host?.lowercased(), !host.isEmpty
        else { throw WebhookProblem("is not a URL such as https://example.com/hook") }
        if parts.user != nil || parts.password != nil {
            throw WebhookProblem(
                "has a name or password before its host; put a token into the path or sign with a secret")
        }
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        isPrivate = privateHosts.contains { $0.lowercased() == host || $0.lowercased() == bare }
        switch scheme {
        case "https": break
        case "http" where isPrivate: break
        case "http":
            throw WebhookProblem("is plain http, which is for hosts in sender.privateHosts only: use https")
        case "smtp", "smtps": throw WebhookProblem("is a mail server's: say `kind: smtp` beside it")
        default: throw WebhookProblem("begins with `\(scheme)`; it must be https")
        }
        self.url = url
    }
}

/// The end of a sentence about an endpoint.
public struct WebhookProblem: Error, Sendable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}

/// Posts each decision to one URL, signed as Standard Webhooks has it.
public final class WebhookProvider: DeliveryProvider {
    private let endpoint: WebhookEndpoint
    private let calls: CallThread

    /// Larger ones are refused before they are sent.
    public static let bodyBytesMax = 262_144

    /// - Parameter connectionsMax: kept open while idle.
    public init(_ endpoint: WebhookEndpoint, connectionsMax: Int = 200) {
        self.endpoint = endpoint
        calls = CallThread(connectionsMax: connectionsMax)
    }

    public func message(of content: DeliveryContent) -> Result<DeliveryMessage, MessageProblem> {
        let body: [UInt8]
        do throws(MessageProblem) { body = try WebhookBody.bytes(of: content) } catch { return .failure(error) }
        return body.count <= Self.bodyBytesMax
            ? .success(DeliveryMessage(contentType: "application/json", body: body))
            : .failure(
                MessageProblem(
                    code: "tooLarge", detail: "the body has \(body.count) bytes, at most \(Self.bodyBytesMax) are sent")
            )
    }

    public func start(_ attempt: DeliveryAttempt, _ done: @escaping @Sendable (DeliveryResult) -> Void) {
        // Seconds of the sender's clock: a receiver compares them with its own.
        let timestamp = attempt.attemptedAtMs / 1_000
        let id = Self.headerText(attempt.idempotencyKey)
        var headers = [
            "content-type: \(attempt.message.contentType)", "user-agent: beckon", "webhook-id: \(id)",
            "webhook-timestamp: \(timestamp)",
        ]
        if !endpoint.secrets.isEmpty {
            let signatures = endpoint.secrets.map {
                $0.signature(id: id, timestamp: timestamp, body: attempt.message.body)
            }
            headers.append("webhook-signature: " + signatures.joined(separator: " "))
        }
        let request = HTTPRequest(
            url: endpoint.url, headers: headers, body: attempt.message.body, timeoutMs: endpoint.timeoutMs,
            connectTimeoutMs: endpoint.connectTimeoutMs,
            needsFreshConnection: attempt.guarantee == .atMostOnce, allowsPrivateAddresses: endpoint.isPrivate,
            beginsBeforeMs: attempt.beginsBeforeMs)
        calls.start(request) { done(Self.result($0)) }
    }

    public func stop() { calls.stop() }

    /// An id is letters and digits; whatever else somebody has written to the topic ends no header.
    private static func headerText(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x21...0x7E).contains($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
    }

    /// What an answer means.
    static func result(_ answer: HTTPAnswer) -> DeliveryResult {
        if answer.status > 0 { return result(status: answer.status, retryAfterMs: answer.retryAfterMs) }
        let failure = answer.failure ?? .connection
        switch failure {
        case .notStarted where !answer.wasSent: return DeliveryResult(.notStarted, code: failure.rawValue)
        case .privateAddress, .url: return DeliveryResult(.refused, code: failure.rawValue)
        default: return DeliveryResult(answer.wasSent ? .unknown : .unavailable, code: failure.rawValue)
        }
    }

    private static func result(status: Int, retryAfterMs: Int64?) -> DeliveryResult {
        let code = String(status)
        switch status {
        case 200..<300: return .delivered
        case 410: return DeliveryResult(.disabled, code: code)
        // It says itself that it has not taken the message.
        case 408, 425, 429, 503: return DeliveryResult(.throttled, code: code, retryAfterMs: retryAfterMs)
        // It, or one behind it, failed in whatever it was doing.
        case 500...: return DeliveryResult(.unknown, code: code, retryAfterMs: retryAfterMs)
        // Redirects too: where they lead to was not agreed upon.
        default: return DeliveryResult(.refused, code: code)
        }
    }
}
