import CCrypto
import Foundation

/// Bytes that nobody is to read: they have no description, so that no log can tell them.
public struct Secret: Sendable {
    let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// - Returns: 32 bytes.
    func hmacSHA256(_ content: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        let made = HMAC(EVP_sha256(), bytes, Int32(bytes.count), content, content.count, &digest, &count)
        precondition(made != nil && count == 32, "libcrypto has no HMAC-SHA256")
        return Array(digest.prefix(Int(count)))
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "(a secret)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
