/// How often, how late and how long a rule may speak.
extension RuleFileReader {
    /// With the defaults of the language.
    struct Timing {
        var reentry = Reentry.always
        var expiresMs: Milliseconds = 24 * 3_600_000
        var late = LatePolicy(waitMs: 0, allowMs: 600_000)
        var latenessMaxMs: Milliseconds? = 3_600_000
        var messageClass = MessageClass.marketing
    }

    static let waitMaxMs: Milliseconds = 60_000

    mutating func timing(_ fields: Fields) -> Timing {
        var timing = Timing()
        if let node = fields["reentry"], let reentry = reentry(node) { timing.reentry = reentry }
        if let node = fields["expires"], let length = duration(node, what: "`expires`") { timing.expiresMs = length }
        if let node = fields["late"] { timing.late = late(node, default: timing.late) }
        if let node = fields["maxLateness"] {
            timing.latenessMaxMs = node.scalar?.text == "none" ? nil : duration(node, what: "`maxLateness`")
        }
        if let node = fields["class"],
            let word = word(node, among: MessageClass.allCases.map(\.rawValue), what: "`class`"),
            let messageClass = MessageClass(rawValue: word)
        {
            timing.messageClass = messageClass
        }
        return timing
    }

    private mutating func reentry(_ node: YAMLNode) -> Reentry? {
        guard node.entries != nil else {
            switch word(node, among: ["always", "once"], what: "`reentry`, unless it is {after: 24h},") {
            case "always": return .always
            case "once": return .once
            default: return nil
            }
        }
        guard let fields = fields(node, of: .reentry), let after = required("after", fields, of: .reentry) else {
            return nil
        }
        return duration(after, what: "`after`").map { .after($0) }
    }

    private mutating func late(_ node: YAMLNode, default: LatePolicy) -> LatePolicy {
        guard let fields = fields(node, of: .late) else { return `default` }
        let waitMs = fields["wait"].map { duration($0, what: "`wait`", mayBeZero: true, atMost: Self.waitMaxMs) }
        let allowMs = fields["allow"].map { duration($0, what: "`allow`", mayBeZero: true) }
        return LatePolicy(
            waitMs: (waitMs ?? nil) ?? `default`.waitMs, allowMs: (allowMs ?? nil) ?? `default`.allowMs)
    }
}
