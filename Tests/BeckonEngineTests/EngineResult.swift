import BeckonModel

@testable import Oracle

/// What an engine wrote, in the oracle's words; all of it in one order, so that only what differs differs.
struct EngineResult {
    private(set) var result = OracleResult()
    private let rules: [String: OracleRule]
    private let topics: [OracleTopic]
    private(set) var decisionsById: [[UInt8]: OracleDecision] = [:]

    init(_ written: [WrittenRecord], rules: [OracleRule], topics: [OracleTopic]) throws {
        self.rules = Dictionary(uniqueKeysWithValues: rules.map { ($0.id, $0) })
        self.topics = topics
        for record in written { try add(record) }
    }

    private struct Unreadable: Error { let text: String }

    private mutating func add(_ record: WrittenRecord) throws {
        if let reason = record.reason {
            let topic = topics[record.input]
            result.deadLetters.append(
                OracleDeadLetter(
                    topic: topic.name, partition: topic.partition, offset: record.offset,
                    reason: OracleDeadLetter.Reason(rawValue: reason.label)!))
            return
        }
        let json = try OracleJSONReader.read(record.value)
        switch text(json, "type") {
        case "decision":
            let decision = decision(json)
            guard decisionsById.updateValue(decision, forKey: Array(text(json, "id").utf8)) == nil else {
                throw Unreadable(text: "an id is given out twice: \(record.text)")
            }
            result.decisions.append(decision)
        case "cancel":
            result.cancels.append(OracleCancel(decision: try known(json, "id"), cause: text(json, "cause")))
        case "converted":
            result.conversions.append(
                OracleConversion(
                    decision: try known(json, "decision"), cause: text(json, "cause"), eventAt: instant(json, "at")))
        case "suppression":
            result.suppressions.append(
                OracleSuppression(
                    rule: text(json, "rule"), person: text(json, "person"), key: key(json),
                    reason: OracleSuppression.Reason(rawValue: text(json, "reason"))!, dueAt: instant(json, "dueAt")))
        default: throw Unreadable(text: record.text)
        }
    }

    private func decision(_ json: OracleJSON) -> OracleDecision {
        var data: [String: String] = [:]
        if case .object(let members)? = json["data"] {
            for member in members { data[String(decoding: member.name, as: UTF8.self)] = member.value.canonicalText }
        }
        let alike = result.decisions.filter {
            $0.rule == text(json, "rule") && $0.person == text(json, "person") && $0.key == key(json)
                && $0.cause == text(json, "cause") && $0.dueAt == instant(json, "dueAt")
        }
        return OracleDecision(
            rule: text(json, "rule"), person: text(json, "person"), key: key(json), cause: text(json, "cause"),
            dueAt: instant(json, "dueAt"), eventAt: instant(json, "eventAt"), expiresAt: instant(json, "expiresAt"),
            decidedAt: instant(json, "decidedAt"), channel: text(json, "channel"), data: data, ordinal: alike.count)
    }

    private func known(_ json: OracleJSON, _ name: String) throws -> OracleDecision {
        guard let decision = decisionsById[Array(text(json, name).utf8)] else {
            throw Unreadable(text: "no such decision: \(json.canonicalText)")
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
        return rules[text(json, "rule")]!.key.map { path in
            let name = path.dropFirst().joined(separator: ".")
            return parts[name] == nil ? nil : text(parts, name)
        }
    }
}

extension OracleResult {
    /// Every line of it, sorted: equal for results that differ only in the order of what came at once.
    var lines: [String] {
        var lines = decisions.map { "decision \($0.line)" }
        lines += cancels.map { "cancel by \($0.cause) of \($0.decision.line)" }
        lines += conversions.map { "converted by \($0.cause) at \($0.eventAt): \($0.decision.line)" }
        lines += suppressions.map {
            "suppression \($0.reason) \($0.rule) \($0.person) \(Self.key($0.key)) due \($0.dueAt)"
        }
        lines += deadLetters.map { "dead letter \($0.topic)-\($0.partition)-\($0.offset) \($0.reason)" }
        return lines.sorted()
    }

    /// Long parts as the engine keeps them: by their hash.
    static func key(_ key: [String?]) -> String {
        key.map { part in
            guard let part else { return "-" }
            return part.utf8.count <= 128 ? "'\(part)'" : "'\(ContentHash(of: Array(part.utf8)).text)'"
        }.joined(separator: ",")
    }
}

extension OracleDecision {
    fileprivate var line: String {
        let data = data.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        return
            "\(rule) \(person) \(OracleResult.key(key)) by \(cause) due \(dueAt) event \(eventAt) expires \(expiresAt) "
            + "decided \(decidedAt) \(channel) #\(ordinal) {\(data)}"
    }
}
