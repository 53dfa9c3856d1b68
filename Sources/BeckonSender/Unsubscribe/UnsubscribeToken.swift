import CCrypto
import Foundation

/// Who wants no more of what, as a link says it: base64 (for URLs, unpadded) of a JSON object, a dot, and base64 of the HMAC-SHA256 of what
/// stands before the dot.
public struct UnsubscribeToken: Sendable, Equatable, Codable {
    public let person: String
    public let channel: String
    /// Of the message that had the link.
    public let decision: String

    init(_ decision: Decision) {
        person = decision.person
        channel = decision.channel
        self.decision = decision.id
    }

    func signed(with key: Secret) -> String {
        var object = JSONObject()
        object.add("person", person)
        object.add("channel", channel)
        object.add("decision", decision)
        let content = Self.base64(object.finish())
        return "\(content).\(Self.base64(key.hmacSHA256(Array(content.utf8))))"
    }

    /// - Parameter keys: all that may have signed it, the older ones among them.
    /// - Returns: nil for what none of them has signed.
    public static func read(_ text: String, keys: [Secret]) -> UnsubscribeToken? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let given = Array(parts[1].utf8)
        let isSigned = keys.contains { key in
            let right = Array(base64(key.hmacSHA256(Array(parts[0].utf8))).utf8)
            return right.count == given.count && CRYPTO_memcmp(right, given, right.count) == 0
        }
        guard isSigned, let content = bytes(ofBase64: parts[0]) else { return nil }
        return try? JSONDecoder().decode(UnsubscribeToken.self, from: content)
    }

    /// The alphabet for URLs, unpadded (RFC 4648, section 5).
    private static func base64(_ bytes: [UInt8]) -> String {
        var text = ""
        for character in Data(bytes).base64EncodedString() {
            switch character {
            case "+": text.append("-")
            case "/": text.append("_")
            case "=": break
            default: text.append(character)
            }
        }
        return text
    }

    private static func bytes(ofBase64 text: Substring) -> Data? {
        var padded = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        padded += String(repeating: "=", count: (4 - padded.count % 4) % 4)
        return Data(base64Encoded: padded)
    }
}
