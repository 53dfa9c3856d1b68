/// How often what has happened.
struct Tally {
    private(set) var decisionsByRule: [String: Int] = [:]
    private(set) var suppressionsByReason: [String: Int] = [:]
    private(set) var deliveriesByChannel: [String: Int] = [:]
    private(set) var outcomesByType: [String: Int] = [:]
    private(set) var deadLettersByReason: [String: Int] = [:]
    private(set) var recalls = 0
    /// Records that the embedded broker dropped before they were counted here.
    private(set) var dropped: Int64 = 0

    var decisions: Int { decisionsByRule.values.reduce(0, +) }
    var suppressions: Int { suppressionsByReason.values.reduce(0, +) }
    var deadLetters: Int { deadLettersByReason.values.reduce(0, +) }
    var deliveries: Int { deliveriesByChannel.values.reduce(0, +) }

    mutating func add(_ happening: Happening) {
        switch happening {
        case .decision(let decision): decisionsByRule[decision.rule, default: 0] += 1
        case .recall: recalls += 1
        case .suppression(_, _, let reason): suppressionsByReason[reason, default: 0] += 1
        case .delivery(_, _, let channel, _): deliveriesByChannel[channel, default: 0] += 1
        case .outcome(let type, _, _, _, _): outcomesByType[type, default: 0] += 1
        case .deadLetter(let reason, _, _): deadLettersByReason[reason, default: 0] += 1
        case .dropped(_, let count): dropped += count
        }
    }
}
