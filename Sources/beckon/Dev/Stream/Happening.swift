import BeckonKafka

/// Something that worker or sender wrote to one of their topics, as `beckon dev` tells it.
enum Happening: Equatable {
    case decision(Decision)
    /// A decision is taken back.
    case recall(rule: String, person: String)
    case suppression(rule: String, person: String, reason: String)
    /// The sender has handed a decision to its channel, with what a person would read first; empty: nothing is known of it.
    case delivery(rule: String, person: String, channel: String, text: String)
    /// What became of a decision: converted, opened, …
    case outcome(type: String, rule: String, person: String, channel: String?, detail: String?)
    /// An event that could not be read.
    case deadLetter(reason: String, explanation: String, origin: String)
    /// Records that the embedded broker dropped before they were read here.
    case dropped(topic: String, count: Int64)

    struct Decision: Equatable {
        let id: String
        let rule: String
        let person: String
        let channel: String
        let reason: String
        /// JSON.
        let data: String
        let dueAt: String
    }
}

extension Happening {
    /// Which topic a record came from.
    enum Origin: CaseIterable { case decisions, suppressions, outcomes, deadLetters }

    /// nil for a record that is not Beckon's.
    init?(_ origin: Origin, value: [UInt8], header: (String) -> String?) {
        if origin == .deadLetters {
            let place = ["beckon-topic", "beckon-partition", "beckon-offset"].map { header($0) ?? "?" }
            self = .deadLetter(
                reason: header("beckon-reason") ?? "unknown",
                explanation: header("beckon-detail") ?? header("beckon-explanation") ?? "",
                origin: place.joined(separator: "-"))
            return
        }
        guard let fields = JSONFields(value), let type = fields.string("type") ?? fields.string("outcome") else {
            return nil
        }
        let rule = fields.string("rule") ?? "?"
        let person = fields.string("person") ?? "?"
        switch (origin, type) {
        case (.decisions, "cancel"): self = .recall(rule: rule, person: person)
        case (.decisions, _):
            self = .decision(
                Decision(
                    id: fields.string("id") ?? "?", rule: rule, person: person,
                    channel: fields.string("channel") ?? "?",
                    reason: fields.string("reason") ?? "", data: fields.raw("data") ?? "{}",
                    dueAt: fields.string("dueAt") ?? ""))
        case (.suppressions, _):
            self = .suppression(rule: rule, person: person, reason: fields.string("reason") ?? "?")
        // Told already, by the sender itself.
        case (.outcomes, "delivered"): return nil
        default:
            self = .outcome(
                type: type, rule: rule, person: person, channel: fields.string("channel"),
                detail: fields.string("detail") ?? fields.string("reason") ?? fields.string("code"))
        }
    }
}
