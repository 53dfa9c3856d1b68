import Foundation

/// A mailbox: an address, and the name that is shown. The address is ASCII, and nothing that could end a line or a command is in it.
public struct MailAddress: Sendable, Equatable {
    /// `ann@shop.example`; the domain in the form that the network knows (`xn--…`).
    public let address: String
    let name: String
    let domain: String

    /// RFC 5321, section 4.5.3.1.
    static let localBytesMax = 64
    static let domainBytesMax = 255
    static let addressBytesMax = 254
    static let nameScalarsMax = 250

    /// - Parameter text: `ann@shop.example`, `Ann <ann@shop.example>` or `"Ann, of the shop" <ann@shop.example>`: one mailbox. A domain of other
    ///   letters than ASCII's is translated; control characters of a name become blanks.
    /// - Throws: what is wrong, as the end of a sentence, without the address.
    public init(_ text: String) throws(MailAddressProblem) {
        let text = HeaderText(text).trimmed.text
        guard text.hasSuffix(">"), let open = text.lastIndex(of: "<") else {
            try self.init(name: "", address: text)
            return
        }
        let address = text[text.index(after: open)...].dropLast()
        try self.init(name: try Self.meant(String(text[..<open]).trimmingBlanks), address: String(address))
    }

    private init(name: String, address: String) throws(MailAddressProblem) {
        guard let at = address.lastIndex(of: "@"), address.first != "@" else {
            throw MailAddressProblem("address", "is no address such as ann@shop.example")
        }
        let local = address[..<at]
        guard local.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw MailAddressProblem(
                "addressNotASCII",
                "has letters before the @ that only servers with SMTPUTF8 take; such addresses are not written to")
        }
        let atoms = local.split(separator: ".", omittingEmptySubsequences: false)
        guard local.utf8.count <= Self.localBytesMax,
            atoms.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isAtomText) })
        else { throw MailAddressProblem("address", "is not written as letters, digits and dots before the @") }
        domain = try Self.domain(String(address[address.index(after: at)...]))
        self.address = "\(local)@\(domain)"
        if self.address.utf8.count > Self.addressBytesMax {
            throw MailAddressProblem("address", "has more than \(Self.addressBytesMax) bytes")
        }
        // Of a name that is longer than anybody reads, the rest is left out.
        var kept = String.UnicodeScalarView()
        for scalar in name.unicodeScalars.prefix(Self.nameScalarsMax) { kept.append(scalar) }
        self.name = String(kept)
    }

    /// RFC 5322, section 3.2.3.
    private static func isAtomText(_ byte: UInt8) -> Bool {
        byte.isLetterOrDigit || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    /// - Returns: small letters, digits and hyphens, with dots in between.
    private static func domain(_ text: String) throws(MailAddressProblem) -> String {
        var domain = text
        if !text.utf8.allSatisfy({ $0 < 0x80 }) {
            var parts = URLComponents()
            parts.scheme = "https"
            parts.host = text
            domain = parts.encodedHost ?? ""
        }
        domain = domain.lowercased()
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        let isDomain =
            domain.utf8.count <= domainBytesMax
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") }
            }
        guard isDomain else { throw MailAddressProblem("address", "has no domain behind the @") }
        return domain
    }

    /// A name without its quotes and backslashes.
    private static func meant(_ name: String) throws(MailAddressProblem) -> String {
        guard name.hasPrefix("\""), name.hasSuffix("\""), name.count >= 2 else {
            // Two addresses, perhaps, and who is meant is anybody's guess.
            if name.contains(where: { "<>@".contains($0) }) {
                throw MailAddressProblem("address", "has a name with <, > or @ in it that is not in quotes")
            }
            return name
        }
        var text = ""
        var isEscaped = false
        for character in name.dropFirst().dropLast() {
            if character == "\\" && !isEscaped {
                isEscaped = true
            } else {
                text.append(character)
                isEscaped = false
            }
        }
        return text
    }

    // MARK: On the wire

    /// A mailbox as it stands in From, To and Reply-To (RFC 5322, section 3.4): its lines.
    ///
    /// - Parameter column: where the first one begins. The others begin behind a blank.
    func headerLines(column: Int) -> [String] {
        let shown = HeaderText(name).trimmed
        if shown.text.isEmpty { return [address] }
        var lines: [String]
        if let quoted = Self.quoted(shown.text), column + quoted.utf8.count <= HeaderText.lineBytesMax {
            lines = [quoted]
        } else {
            lines = shown.encodedWords(column: column)
        }
        let used = (lines.count == 1 ? column : 1) + lines[lines.count - 1].utf8.count
        if used + address.utf8.count + 3 <= HeaderText.encodedLineBytesMax {
            lines[lines.count - 1] += " <\(address)>"
        } else {
            lines.append("<\(address)>")
        }
        return lines
    }

    /// nil: it is not ASCII, or would be taken for encoded.
    private static func quoted(_ name: String) -> String? {
        guard name.utf8.allSatisfy({ (0x20...0x7E).contains($0) }), !name.contains("=?") else { return nil }
        return "\"" + name.flatMap { "\\\"".contains($0) ? ["\\", $0] : [$0] } + "\""
    }
}

/// The end of a sentence about an address, which is not in it.
public struct MailAddressProblem: Error, Sendable, CustomStringConvertible {
    /// A word for outcomes.
    let code: String
    public let description: String

    init(_ code: String, _ description: String) {
        self.code = code
        self.description = description
    }
}
