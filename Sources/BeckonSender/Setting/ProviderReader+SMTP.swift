import Foundation

/// What is said of a relay.
extension ProviderReader {
    /// Each is a connection with a thread of its own; servers take only so many of one client.
    private static let callsMax = 200
    private static let callsDefault = 20
    private static let helloBytesMax = 255

    /// - Returns: nil: something is wrong with it, and reported.
    mutating func relay(
        _ name: String, _ fields: Fields, _ limits: inout ProviderLimits, _ readFile: (String) throws -> String
    ) -> SMTPRelay? {
        let origin = fields.values.map(\.origin).min() ?? ""
        let problemCount = problems.count
        if fields[.calls] == nil { limits.callsMax = Self.callsDefault }
        if limits.callsMax > Self.callsMax {
            report(
                fields[.calls]?.origin ?? origin,
                "sender.providers.\(name).calls is \(limits.callsMax); a relay gets at most \(Self.callsMax) connections."
            )
        }
        // All of it is read before anything is missed, so that all problems are told.
        let url = url(name, fields, readFile)
        let from = address(name, .from, fields)
        if fields[.from] == nil {
            report(
                origin,
                "sender.providers.\(name) has no from, such as `Shop <news@shop.example>`: who its emails come from.")
        }
        let replyTo = address(name, .replyTo, fields)
        let returnPath = address(name, .returnPath, fields)
        let login = login(name, fields, readFile)
        let helloName = word(
            name, .helloName, fields, 1...Self.helloBytesMax, "a host's name such as sender.shop.example"
        ) { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
        let feedbackId = word(name, .feedbackId, fields, 5...15, "5 to 15 letters, digits and hyphens") {
            $0.isLetterOrDigit || $0 == UInt8(ascii: "-")
        }
        if let file = fields[.caFile], !FileManager.default.isReadableFile(atPath: file.text) {
            report(file.origin, "\(file.text), the caFile of sender.providers.\(name), cannot be read.")
        }
        guard let url, let from else { return nil }
        var relay: SMTPRelay
        do throws(SMTPRelayProblem) {
            relay = try SMTPRelay(url: url, isPlain: fields[.tls]?.text == "none", from: from)
        } catch {
            report((fields[.url] ?? fields[.urlFile])?.origin ?? "", "The URL of sender.providers.\(name) \(error).")
            return nil
        }
        if relay.security == .none, !privateHosts.contains(where: { $0.lowercased() == relay.host.lowercased() }) {
            report(
                fields[.tls]?.origin ?? origin,
                "sender.providers.\(name).tls is `none`, and its host is not in sender.privateHosts: everybody on the way could read "
                    + "the emails. Leave tls out, or name the host there.")
        }
        relay.replyTo = replyTo
        relay.returnPath = returnPath
        relay.login = login
        relay.helloName = helloName
        relay.feedbackId = feedbackId
        relay.certificatesFile = fields[.caFile]?.text
        if case .duration(let timeout)? = fields[.timeout]?.value {
            relay.timeouts.callMs = timeout.wholeMilliseconds
        }
        return problems.count == problemCount ? relay : nil
    }

    private mutating func address(_ name: String, _ field: ProviderField, _ fields: Fields) -> MailAddress? {
        guard let given = fields[field] else { return nil }
        do throws(MailAddressProblem) { return try MailAddress(given.text) } catch {
            report(given.origin, "sender.providers.\(name).\(field) \(error).")
            return nil
        }
    }

    private mutating func login(_ name: String, _ fields: Fields, _ readFile: (String) throws -> String)
        -> (user: String, password: Secret)?
    {
        var password = fields[.password].map { ($0.text, $0.origin) }
        if password == nil, let file = fields[.passwordFile] {
            guard let text = content(file.text, file.origin, readFile) else { return nil }
            password = (text, file.text)
        }
        switch (fields[.user], password) {
        case (nil, nil): return nil
        case (let user?, let (text, origin)?):
            if text.isEmpty || (text + user.text).utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
                report(origin, "The login of sender.providers.\(name) is empty, or has a character that no login has.")
                return nil
            }
            return (user.text, Secret(Array(text.utf8)))
        case (let user?, nil):
            report(
                user.origin,
                "sender.providers.\(name) has a user and no password: name the file that holds it in passwordFile, or set "
                    + "the variable of password.")
            return nil
        case (nil, let (_, origin)?):
            report(origin, "sender.providers.\(name) has a password and no user.")
            return nil
        }
    }

    private mutating func word(
        _ name: String, _ field: ProviderField, _ fields: Fields, _ countRange: ClosedRange<Int>, _ expected: String,
        _ isAllowed: (UInt8) -> Bool
    ) -> String? {
        guard let given = fields[field] else { return nil }
        if countRange.contains(given.text.utf8.count), given.text.utf8.allSatisfy(isAllowed) { return given.text }
        report(given.origin, "sender.providers.\(name).\(field) is `\(given.text.prefix(80))`; expected \(expected).")
        return nil
    }
}

extension UInt8 {
    /// Of ASCII.
    var isLetterOrDigit: Bool {
        (0x30...0x39).contains(self) || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self)
    }
}
