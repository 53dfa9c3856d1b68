import CCrypto
import Foundation

/// A shared secret of Standard Webhooks. It has no description, so that no log can tell it.
public struct WebhookSecret: Sendable {
    private let key: [UInt8]

    static let prefix = "whsec_"
    static let bytesRange = 24...64

    /// - Parameter text: `whsec_` and 24 to 64 bytes in base64.
    /// - Returns: nil for anything else.
    public init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), let bytes = Data(base64Encoded: String(text.dropFirst(Self.prefix.count))),
            Self.bytesRange.contains(bytes.count)
        else { return nil }
        key = Array(bytes)
    }

    /// `v1,` and the HMAC-SHA256 of id, time and body, as Standard Webhooks has it.
    func signature(id: String, timestamp: Int64, body: [UInt8]) -> String {
        let content = Array("\(id).\(timestamp).".utf8) + body
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        let made = HMAC(EVP_sha256(), key, Int32(key.count), content, content.count, &digest, &count)
        precondition(made != nil && count == 32, "libcrypto has no HMAC-SHA256")
        return "v1," + Data(digest.prefix(Int(count))).base64EncodedString()
    }
}

extension WebhookSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "(a secret)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
