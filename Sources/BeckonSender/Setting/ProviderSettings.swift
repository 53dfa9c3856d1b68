import BeckonService

/// What can be said of a provider; matched without regard to case, because variables have none.
enum ProviderField: String, CaseIterable {
    case kind, url, urlFile, secret, secretFile, timeout, rate, burst, calls
    case from, replyTo, returnPath, user, password, passwordFile, tls, caFile, helloName, feedbackId

    var settingKind: SettingKind {
        switch self {
        case .kind: .choice(ProviderPlan.Kind.allCases.map(\.rawValue))
        case .url, .urlFile: .text
        case .secret, .secretFile: .list(countMax: 4)
        case .timeout: .duration(.milliseconds(100)...(.seconds(30)))
        case .rate: .integer(1...1_000_000)
        case .burst: .integer(1...1_000_000)
        case .calls: .integer(1...10_000)
        case .from, .replyTo, .returnPath, .user, .password, .passwordFile, .caFile, .helloName, .feedbackId: .text
        case .tls: .choice(["required", "none"])
        }
    }

    /// Not printed by errors.
    var isSecret: Bool { self == .url || self == .secret || self == .password }

    /// Whose it is; nil: every provider's.
    var owner: ProviderPlan.Kind? {
        switch self {
        case .kind, .rate, .burst, .calls: nil
        case .secret, .secretFile: .webhook
        case .from, .replyTo, .returnPath, .user, .password, .passwordFile, .tls, .caFile, .helloName, .feedbackId:
            .smtp
        case .url, .urlFile, .timeout: nil
        }
    }
}

/// A provider as the settings describe it. Nothing is opened yet.
public struct ProviderPlan: Sendable {
    public enum Kind: String, Sendable, CaseIterable { case webhook, smtp, log }

    public enum Way: Sendable {
        case webhook(WebhookEndpoint)
        case smtp(SMTPRelay)
        /// Written to the log, for development.
        case log

        /// Whether nothing can be sent without a message's part; a webhook carries the decision then.
        var needsMessages: Bool {
            if case .webhook = self { return false }
            if case .log = self { return false }
            return true
        }
    }

    public let way: Way
    public let limits: ProviderLimits
}

/// Reads the members of `sender.providers`.
struct ProviderReader {
    typealias Fields = [ProviderField: (text: String, value: SettingValue, origin: String)]

    let privateHosts: [String]
    private(set) var plans: [String: ProviderPlan] = [:]
    /// Also of those that are wrong: a channel that names one of them is not.
    private(set) var names: Set<String> = []
    private(set) var problems: [SettingsProblem] = []

    init(privateHosts: [String]) { self.privateHosts = privateHosts }

    mutating func read(
        _ members: [(name: String, text: String, source: Settings.Source)], _ readFile: (String) throws -> String
    ) {
        var fields: [String: Fields] = [:]
        for member in members {
            let origin = "\(member.source)"
            let parts = member.name.split(separator: ".", omittingEmptySubsequences: false)
            let words = ProviderField.allCases.map(\.rawValue)
            if let name = parts.first, parts.count > 1 { names.insert(String(name)) }
            guard parts.count == 2, !parts[0].isEmpty,
                let field = ProviderField.allCases.first(where: { $0.rawValue.lowercased() == parts[1].lowercased() })
            else {
                let question = NearestWord.question(parts.last.map(String.init) ?? "", among: words)
                report(
                    origin,
                    "sender.providers.\(member.name): a provider has \(words.joined(separator: ", ")).\(question)")
                continue
            }
            if field == .secret || field == .password, case .argument = member.source {
                report(
                    origin,
                    "A secret on the command line can be read by everybody on the machine: use \(field.rawValue)File, or a variable."
                )
                continue
            }
            do throws(SettingTextError) {
                let value = try field.settingKind.read(member.text)
                fields[String(parts[0]), default: [:]][field] = (member.text, value, origin)
            } catch {
                let shown = field.isSecret ? "(a secret)" : "`\(member.text.prefix(80))`"
                report(origin, "sender.providers.\(member.name) is \(shown); expected \(error.expected).")
            }
        }
        for (name, fields) in fields.sorted(by: { $0.key < $1.key }) { plan(name, fields, readFile) }
    }

    private mutating func plan(_ name: String, _ fields: Fields, _ readFile: (String) throws -> String) {
        if name == ChannelReader.elsewhere {
            return report(
                fields.values.map(\.origin).min() ?? "",
                "No provider can be called `elsewhere`: that is for channels that another consumer delivers.")
        }
        let kind = fields[.kind].flatMap { ProviderPlan.Kind(rawValue: $0.text) } ?? .webhook
        for (field, given) in fields.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            if let owner = field.owner, owner != kind {
                report(
                    given.origin,
                    "sender.providers.\(name).\(field) is of no use: it belongs to `kind: \(owner)`, and this is `\(kind)`."
                )
            }
        }
        var limits = ProviderLimits()
        if case .integer(let rate)? = fields[.rate]?.value {
            limits.ratePerSecond = rate
            // A second's worth, unless told otherwise.
            limits.burst = rate
        }
        if case .integer(let burst)? = fields[.burst]?.value { limits.burst = burst }
        if case .integer(let calls)? = fields[.calls]?.value { limits.callsMax = calls }
        let way: ProviderPlan.Way? =
            switch kind {
            case .log: .log
            case .webhook: endpoint(name, fields, readFile).map { .webhook($0) }
            case .smtp: relay(name, fields, &limits, readFile).map { .smtp($0) }
            }
        if let way { plans[name] = ProviderPlan(way: way, limits: limits) }
    }

    private mutating func endpoint(_ name: String, _ fields: Fields, _ readFile: (String) throws -> String)
        -> WebhookEndpoint?
    {
        guard let url = url(name, fields, readFile), let secrets = secrets(name, fields, readFile) else { return nil }
        do throws(WebhookProblem) {
            var endpoint = try WebhookEndpoint(url: url, privateHosts: privateHosts)
            endpoint.secrets = secrets
            if case .duration(let timeout)? = fields[.timeout]?.value {
                endpoint.timeoutMs = timeout.wholeMilliseconds
                endpoint.connectTimeoutMs = min(endpoint.connectTimeoutMs, endpoint.timeoutMs)
            }
            return endpoint
        } catch {
            report((fields[.url] ?? fields[.urlFile])?.origin ?? "", "The URL of sender.providers.\(name) \(error).")
            return nil
        }
    }

    mutating func url(_ name: String, _ fields: Fields, _ readFile: (String) throws -> String) -> String? {
        if let url = fields[.url] { return url.text }
        if let file = fields[.urlFile] { return content(file.text, file.origin, readFile) }
        report(
            fields.values.map(\.origin).min() ?? "",
            "sender.providers.\(name) has no url, and no urlFile that holds it.")
        return nil
    }

    /// nil: something is wrong with one of them.
    private mutating func secrets(_ name: String, _ fields: Fields, _ readFile: (String) throws -> String)
        -> [WebhookSecret]?
    {
        var texts: [(text: String, origin: String)] = []
        if case .list(let given)? = fields[.secret]?.value {
            texts += given.map { ($0, fields[.secret]!.origin) }
        }
        if case .list(let files)? = fields[.secretFile]?.value {
            for file in files {
                guard let text = content(file, fields[.secretFile]!.origin, readFile) else { return nil }
                texts.append((text, file))
            }
        }
        let secrets = texts.compactMap { WebhookSecret($0.text) }
        guard secrets.count == texts.count else {
            report(
                texts.first { WebhookSecret($0.text) == nil }!.origin,
                "A secret of sender.providers.\(name) is not whsec_ with 24 to 64 bytes in base64 behind it. "
                    + "`echo whsec_$(head -c 32 /dev/urandom | base64)` makes one.")
            return nil
        }
        return secrets
    }

    mutating func content(_ file: String, _ origin: String, _ readFile: (String) throws -> String) -> String? {
        do {
            return try readFile(file).trimmingBlanks
        } catch {
            report(origin, "\(file) cannot be read: \(error)")
            return nil
        }
    }

    mutating func report(_ origin: String, _ message: String) {
        problems.append(SettingsProblem(origin: origin, message: message))
    }
}

extension String {
    /// Without white space at its ends: files end with a line's end.
    var trimmingBlanks: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
