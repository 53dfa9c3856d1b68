@testable import Oracle

/// What a worker has written about one partition, in the oracle's words.
struct CommittedResult {
    private(set) var result = OracleResult()
    private(set) var decisionIds: [[UInt8]] = []
    private let rules: [String: OracleRule]
    private var decisionsById: [[UInt8]: OracleDecision] = [:]

    init(_ stage: WorkerStage, _ partition: Int32, _ rules: [OracleRule]) throws {
        self.rules = Dictionary(uniqueKeysWithValues: rules.map { ($0.id, $0) })
        let topics = stage.configuration.topics
        for topic in [topics.decisions, topics.suppressions, topics.outcomes] {
            for record in try stage.records(topic, partition) { try add(OracleJSONReader.read(record.value ?? [])) }
        }
        let names = ["beckon-topic", "beckon-partition", "beckon-offset", "beckon-reason"]
        for record in try stage.records(topics.deadLetters, partition, headers: names) {
            let values = names.map { record.headers[$0] ?? "" }
            guard let reason = OracleDeadLetter.Reason(rawValue: values[3]) else {
                throw BrokenPromise("dead letter: \(values)")
            }
            result.deadLetters.append(
                OracleDeadLetter(
                    topic: values[0], partition: Int32(values[1]) ?? -1, offset: Int64(values[2]) ?? -1, reason: reason)
            )
        }
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
                throw BrokenPromise(json.canonicalText)
            }
            result.suppressions.append(
                OracleSuppression(
                    rule: text(json, "rule"), person: text(json, "person"), key: key(json), reason: reason,
                    dueAt: instant(json, "dueAt")))
        default: throw BrokenPromise("of no known type: \(json.canonicalText)")
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
            throw BrokenPromise("no such decision: \(json.canonicalText)")
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
    var committedLines: [String] {
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
