import BeckonModel

/// The decoder of outcomes: it takes whatever the strict reader takes, and then reads the same.
final class OutcomeFuzz {
    nonisolated(unsafe) static let shared = OutcomeFuzz()

    private let decoder = OutcomeDecoder(indexer: JSONIndexerOwner())

    func run(_ input: UnsafeRawBufferPointer) {
        defer { decoder.removeAll() }
        let outcome = decoder.decode(input.baseAddress, count: input.count)
        let tree = JSONValue.read(input)
        if outcome.rejection == .notJSON { expect(tree?.members == nil, "an object is said to be no JSON") }
        guard let tree, tree.members != nil, EventFuzz.isPlain(tree) else { return }
        expect(outcome == Self.expected(tree), "read as \(outcome)")
    }

    private static func expected(_ tree: JSONValue) -> DecodedOutcome {
        guard case .string(let text)? = tree["type"] else { return DecodedOutcome(.outcome) }
        var outcome = DecodedOutcome()
        outcome.type = OutcomeType.allCases.first { $0 != .other && $0.label == text } ?? .other
        if outcome.type == .other || outcome.type == .converted { return outcome }
        guard case .string(let id)? = tree["decision"] else { return DecodedOutcome(.outcome) }
        var isUnknown = false
        if case .string("unknown")? = tree["class"] { isUnknown = outcome.type == .failed }
        outcome.fate = outcome.type == .delivered || isUnknown ? .sent : .unsent
        outcome.decision = ContentHash(text: id)
        return outcome
    }
}
