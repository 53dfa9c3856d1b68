import Foundation

/// A shared secret of Standard Webhooks.
public struct WebhookSecret: Sendable {
    private let key: Secret

    static let prefix = "whsec_"
    static let bytesRange = 24...64

    /// - Parameter text: `whsec_` and 24 to 64 bytes in base64.
    /// - Returns: nil for anything else.
    public init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), let bytes = Data(base64Encoded: String(text.dropFirst(Self.prefix.count))),
            Self.bytesRange.contains(bytes.count)
        else { return nil }
        key = Secret(Array(bytes))
    }

    /// `v1,` and the HMAC-SHA256 of id, time and body, as Standard Webhooks has it.
    func signature(id: String, timestamp: Int64, body: [UInt8]) -> String {
        "v1," + Data(key.hmacSHA256(Array("\(id).\(timestamp).".utf8) + body)).base64EncodedString()
    }
}
