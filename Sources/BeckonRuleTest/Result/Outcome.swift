import BeckonModel

/// What the rule under test did, read from the records that it wrote. Times count from the test's start.
struct Outcome {
    private(set) var decisions: [Decision] = []
    private(set) var suppressions: [Suppression] = []

    struct Decision {
        let id: String
        let atMs: Milliseconds
        let person: String
        let key: JSONValue
        let data: JSONValue
        let channel: String
        var recalledAtMs: Milliseconds?
    }

    struct Suppression {
        let reason: String
        let atMs: Milliseconds
        let person: String
        let key: JSONValue
    }

    /// - Returns: a line for the timeline, and whose it is; nil for a record of a type that tests do not look at.
    mutating func add(_ record: JSONValue, startMs: Milliseconds) -> (person: String, text: String)? {
        let person = record["person"]?.string ?? ""
        switch record["type"]?.string {
        case "decision":
            let decision = Decision(
                id: record["id"]?.string ?? "", atMs: instant(record, "dueAt") - startMs, person: person,
                key: record["key"] ?? .object([]), data: record["data"] ?? .object([]),
                channel: record["channel"]?.string ?? "", recalledAtMs: nil)
            decisions.append(decision)
            return (person, "decision by \(decision.channel)\(decision.details)")
        case "cancel":
            let id = record["id"]?.string ?? ""
            guard let place = decisions.firstIndex(where: { $0.id == id }) else { return nil }
            decisions[place].recalledAtMs = instant(record, "decidedAt") - startMs
            return (person, "recalls the decision of \(ElapsedText.text(decisions[place].atMs))")
        case "suppression":
            let suppression = Suppression(
                reason: record["reason"]?.string ?? "", atMs: instant(record, "dueAt") - startMs, person: person,
                key: record["key"] ?? .object([]))
            suppressions.append(suppression)
            let place = suppression.key.members?.isEmpty ?? true ? "" : " for \(suppression.key.text)"
            return (person, "suppressed: \(suppression.reason)\(place)")
        case "converted":
            let id = record["decision"]?.string ?? ""
            let at = decisions.first { $0.id == id }.map { " of \(ElapsedText.text($0.atMs))" } ?? ""
            return (person, "the goal of the decision\(at) is reached")
        default: return nil
        }
    }

    private func instant(_ record: JSONValue, _ name: String) -> Milliseconds {
        let text = Array((record[name]?.string ?? "").utf8)
        let instant = text.withUnsafeBytes { bytes in
            bytes.baseAddress.flatMap { Timestamp.parse(Bytes(start: $0, count: bytes.count)) }
        }
        guard let instant else { preconditionFailure("the engine wrote no instant as \(name)") }
        return instant
    }
}

extension Outcome.Decision {
    /// Its key and data, where there are any.
    fileprivate var details: String {
        [("for", key), ("with", data)].map { word, value in
            value.members?.isEmpty ?? true ? "" : " \(word) \(value.text)"
        }.joined()
    }
}
