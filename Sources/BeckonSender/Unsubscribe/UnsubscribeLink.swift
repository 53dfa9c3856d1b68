import BeckonModel
import Foundation

/// Where a click ends a person's marketing messages on a channel, as RFC 8058 has it: an address that nobody can guess.
public struct UnsubscribeLink: Sendable {
    private let endpoint: String
    private let key: UnsubscribeKey

    static let endpointBytesMax = 200
    static let keyBytesRange = 24...64
    /// A header's line holds 998 bytes, and an address cannot be folded.
    static let bytesMax = 960
    /// Messages of other classes cannot be unsubscribed from.
    static let messageClass = "marketing"

    /// - Parameters:
    ///   - endpoint: with `https`; the token becomes the last part of its path.
    ///   - key: the newest. The endpoint must know those before it for as long as somebody may click on what they have sealed.
    /// - Throws: what is wrong, as the end of a sentence.
    public init(endpoint: String, key: Secret) throws(UnsubscribeProblem) {
        guard let parts = URLComponents(string: endpoint), let host = parts.host, !host.isEmpty,
            endpoint.utf8.allSatisfy({
                (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ">") && $0 != UInt8(ascii: "<")
            })
        else { throw UnsubscribeProblem("is not a URL such as https://shop.example/unsubscribe") }
        guard parts.scheme?.lowercased() == "https" else {
            throw UnsubscribeProblem("must be https: mail programs follow nothing else")
        }
        if parts.user != nil || parts.password != nil || parts.query != nil || parts.fragment != nil {
            throw UnsubscribeProblem("must end with its path, for the token goes behind it")
        }
        if endpoint.utf8.count > Self.endpointBytesMax {
            throw UnsubscribeProblem("has \(endpoint.utf8.count) bytes; at most \(Self.endpointBytesMax)")
        }
        self.endpoint = endpoint.hasSuffix("/") ? endpoint : endpoint + "/"
        self.key = UnsubscribeKey(key)
    }

    /// - Parameter text: 24 to 64 bytes in base64.
    /// - Returns: nil for anything else.
    public static func key(_ text: String) -> Secret? {
        guard let bytes = Data(base64Encoded: text), keyBytesRange.contains(bytes.count) else { return nil }
        return Secret(Array(bytes))
    }

    /// The same for each attempt.
    ///
    /// - Returns: nil: the decision is not of the class `marketing`, or its person's id is too long for a header's line.
    public func url(for decision: Decision) -> String? {
        guard decision.messageClass == Self.messageClass else { return nil }
        let url = endpoint + UnsubscribeToken(decision).sealed(with: key)
        return url.utf8.count <= Self.bytesMax ? url : nil
    }
}

/// The end of a sentence about an endpoint.
public struct UnsubscribeProblem: Error, Sendable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}
