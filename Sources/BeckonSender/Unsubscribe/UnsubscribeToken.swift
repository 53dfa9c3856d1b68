import BeckonModel
import Foundation

/// Who wants no more of what, as a link says it: sealed, so that it tells nobody who the person is, and nobody else can make one.
///
/// *Wire form*: base64 for URLs, unpadded, of the version (a byte), a nonce of 12 bytes, and a JSON object in AES-256-GCM with its tag. The version is
/// authenticated too.
public struct UnsubscribeToken: Sendable, Equatable {
    public let person: String
    public let channel: String
    /// Of the message that had the link.
    public let decision: String

    static let version: UInt8 = 1

    init(_ decision: Decision) {
        person = decision.person
        channel = decision.channel
        self.decision = decision.id
    }

    private init?(json: [UInt8]) {
        guard let content = JSONValue.read(json), let person = content["person"]?.string,
            let channel = content["channel"]?.string, let decision = content["decision"]?.string
        else { return nil }
        self.person = person
        self.channel = channel
        self.decision = decision
    }

    /// The same for the same content: a message's second attempt is the first one's, byte for byte. So the nonce is drawn from the content by a key of its own,
    /// and one that is there twice gives away no more than that two tokens say the same. Two that differ have the same one with a probability
    /// that stays below 2^-32 up to 2^32 of them.
    func sealed(with key: UnsubscribeKey) -> String {
        var object = JSONObject()
        object.add("person", person)
        object.add("channel", channel)
        object.add("decision", decision)
        let content = object.finish()
        let nonce = Array(key.nonce.hmacSHA256(content).prefix(Secret.nonceBytes))
        return Self.base64(
            [Self.version] + nonce + key.cipher.seal(content, nonce: nonce, authenticating: [Self.version]))
    }

    /// - Parameter keys: all that may have sealed it, the older ones among them.
    /// - Returns: nil for what none of them has sealed, whatever is wrong with it.
    public static func read(_ text: String, keys: [Secret]) -> UnsubscribeToken? {
        guard text.utf8.count <= UnsubscribeLink.bytesMax, let bytes = bytes(ofBase64: text), bytes.first == version,
            bytes.count > 1 + Secret.nonceBytes
        else { return nil }
        let nonce = Array(bytes[1..<1 + Secret.nonceBytes])
        let sealed = Array(bytes[(1 + Secret.nonceBytes)...])
        // All are tried: the time that it takes does not tell which one it was.
        let opened = keys.map { UnsubscribeKey($0).cipher.open(sealed, nonce: nonce, authenticating: [version]) }
        return opened.lazy.compactMap { $0 }.first.flatMap { UnsubscribeToken(json: $0) }
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

    /// nil also for what says the same in other letters: each token has one text.
    private static func bytes(ofBase64 text: String) -> [UInt8]? {
        var padded = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        padded += String(repeating: "=", count: (4 - padded.utf8.count % 4) % 4)
        guard let bytes = Data(base64Encoded: padded).map(Array.init), base64(bytes) == text else { return nil }
        return bytes
    }
}

/// What seals tokens, drawn from a configured key by HKDF, each for a purpose of its own.
struct UnsubscribeKey {
    let cipher: Secret
    let nonce: Secret

    init(_ key: Secret) {
        cipher = key.derived(for: "beckon unsubscribe 1")
        nonce = key.derived(for: "beckon unsubscribe 1 nonce")
    }
}
