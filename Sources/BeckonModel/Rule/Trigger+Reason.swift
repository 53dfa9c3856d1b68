extension Trigger {
    /// What happened when the rule fires, in words.
    var reason: String {
        switch self {
        case .event(let event): return event.sentence(joinedBy: "or")
        case .absence(let absence): return absence.reason
        case .inactivity(let forMs, let events):
            return "no \(events?.sentence(joinedBy: "or") ?? "event") for \(RuleDuration.text(of: forMs))"
        case .sequence(let sequence):
            let stages = sequence.stages.map { $0.sentence(joinedBy: "or") }.joined(separator: ", then ")
            return "\(stages) within \(RuleDuration.text(of: sequence.withinMs))"
        case .count(let count): return count.reason
        case .total(let total):
            let name = total.path.names.joined(separator: ".")
            return "\(name) of \(total.of.sentence(joinedBy: "or")) reaches \(total.reachesText)"
        }
    }
}

extension EventAbsence {
    fileprivate var reason: String {
        let within = RuleDuration.text(of: withinMs)
        let starts = start.sentence(joinedBy: "or")
        if needsAll {
            let names = absent.map { $0.sentence(joinedBy: "or") }.joined(separator: " and ")
            return "\(starts), then not all of \(names) within \(within)"
        }
        let names = absent[0].sentence(joinedBy: "nor")
        let missing = names.contains(" nor ") ? "neither \(names)" : "no \(names)"
        return "\(starts), then \(missing) within \(within)"
    }
}

extension EventCount {
    fileprivate var reason: String {
        let names = event.sentence(joinedBy: "or")
        switch distinct {
        case nil: return "\(names) \(atLeast) times \(window.described)"
        case .session: return "\(names) in \(atLeast) sessions \(window.described)"
        case .values(let path):
            return "\(names) with \(atLeast) different \(path.names.joined(separator: ".")) \(window.described)"
        }
    }
}

extension EventTotal {
    fileprivate var reachesText: String {
        var text = ByteBuffer(capacity: 32)
        Decimal.append(reaches, to: &text)
        return String(decoding: text.bytes, as: UTF8.self)
    }
}
