/// What a worker has written about one partition, in the oracle's words.
public struct CommittedResult {
    /// What cannot be understood, or speaks of a decision that is not there.
    public struct Unreadable: Error, CustomStringConvertible {
        public let description: String
    }

    public private(set) var result = OracleResult()
    public private(set) var decisionIds: [[UInt8]] = []
    private let rules: [String: OracleRule]
    private var decisionsById: [[UInt8]: OracleDecision] = [:]
    public var ids: [String: OracleDecision] {
        Dictionary(uniqueKeysWithValues: decisionsById.map { (String(decoding: $0, as: UTF8.self), $1) })
    }

    public init(_ rules: [OracleRule]) {
        self.rules = Dictionary(uniqueKeysWithValues: rules.map { ($0.id, $0) })
    }

    /// The value of a record of the decisions, the suppressions or the outcomes, in this order.
    public mutating func add(_ value: [UInt8]) throws { try add(OracleJSONReader.read(value)) }

    /// - Parameter headers: of a dead letter.
    public mutating func add(deadLetter headers: [String: String]) throws {
        guard let reason = headers["beckon-reason"].flatMap(OracleDeadLetter.Reason.init(rawValue:)),
            let topic = headers["beckon-topic"], let partition = headers["beckon-partition"].flatMap(Int32.init),
            let offset = headers["beckon-offset"].flatMap(Int64.init)
        else { throw Unreadable(description: "dead letter: \(headers)") }
        result.deadLetters.append(
            OracleDeadLetter(topic: topic, partition: partition, offset: offset, reason: reason))
    }

    private mutating func add(_ json: OracleJSON) throws {
        switch text(json, "type") {
        case "decision":
            let id = Array(text(json, "id").utf8)
            let decision = decision(json)
            decisionIds.append(id)
            decisionsById[id] = decision
            result.decisions.append(decision)
        case "cancel": result.cancels.append(OracleCancel(decision: try known(json, "id"), cause: text(json, "cause")))
        case "converted":
            result.conversions.append(
                OracleConversion(
                    decision: try known(json, "decision"), cause: text(json, "cause"), eventAt: instant(json, "at")))
        case "suppression":
            guard let reason = OracleSuppression.Reason(rawValue: text(json, "reason")) else {
                throw Unreadable(description: json.canonicalText)
            }
            result.suppressions.append(
                OracleSuppression(
                    rule: text(json, "rule"), person: text(json, "person"), key: key(json), reason: reason,
                    dueAt: instant(json, "dueAt")))
        case "delivered", "failed", "expired", "recalled", "skipped": break
        default: throw Unreadable(description: "of no known type: \(json.canonicalText)")
        }
    }

    private func decision(_ json: OracleJSON) -> OracleDecision {
        var data: [String: String] = [:]
        if case .object(let members)? = json["data"] {
            for member in members { data[String(decoding: member.name, as: UTF8.self)] = member.value.canonicalText }
        }
        return OracleDecision(
            rule: text(json, "rule"), person: text(json, "person"), key: key(json), cause: text(json, "cause"),
            dueAt: instant(json, "dueAt"), eventAt: instant(json, "eventAt"), expiresAt: instant(json, "expiresAt"),
            decidedAt: instant(json, "decidedAt"), channel: text(json, "channel"), data: data, ordinal: 0)
    }

    private func known(_ json: OracleJSON, _ name: String) throws -> OracleDecision {
        guard let decision = decisionsById[Array(text(json, name).utf8)] else {
            throw Unreadable(description: "no such decision: \(json.canonicalText)")
        }
        return decision
    }

    private func text(_ json: OracleJSON, _ name: String) -> String {
        guard case .string(let bytes)? = json[name] else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func instant(_ json: OracleJSON, _ name: String) -> Int64 {
        OracleTime.milliseconds(text: text(json, name)) ?? -1
    }

    private func key(_ json: OracleJSON) -> [String?] {
        let parts = json["key"] ?? .null
        return (rules[text(json, "rule")]?.key ?? []).map { path in
            let name = path.dropFirst().joined(separator: ".")
            return parts[name] == nil ? nil : text(parts, name)
        }
    }
}

extension OracleResult {
    /// Sorted: what differs only in the order of what came at once is the same.
    public var committedLines: [String] {
        var lines = decisions.map { "decision \($0.committedLine)" }
        lines += cancels.map { "cancel by \($0.cause) of \($0.decision.committedLine)" }
        lines += conversions.map { "converted by \($0.cause) at \($0.eventAt): \($0.decision.committedLine)" }
        lines += suppressions.map {
            "suppression \($0.reason) \($0.rule) \($0.person) \($0.key.map { $0 ?? "-" }) due \($0.dueAt)"
        }
        lines += deadLetters.map { "dead letter \($0.topic)-\($0.partition)-\($0.offset) \($0.reason)" }
        return lines.sorted()
    }
}

extension OracleDecision {
    fileprivate var committedLine: String {
        let data = data.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        return
            "\(rule) \(person) \(key.map { $0 ?? "-" }) by \(cause) due \(dueAt) event \(eventAt) expires \(expiresAt) "
            + "decided \(decidedAt) \(channel) {\(data)}"
    }
}
