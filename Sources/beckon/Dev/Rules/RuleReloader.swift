import BeckonModel

/// Notices that files of rules and messages were saved, and reads them again once nothing more changes.
struct RuleReloader {
    enum Outcome {
        case reloaded(SpokenRules)
        /// The set before goes on.
        case refused(String)
    }

    /// Real time without a further change before the files are read: editors write in several steps.
    static let quietMs: Int64 = 200

    private let signature: () -> [FileSignature]
    private let load: () throws -> SpokenRules
    private var known: [FileSignature]
    private var changedAtMs: Int64?
    private var current: [RuleSource]

    init(
        current: SpokenRules, signature: @escaping () -> [FileSignature], load: @escaping () throws -> SpokenRules
    ) {
        self.signature = signature
        self.load = load
        known = signature()
        self.current = current.sources
    }

    /// Looks at the files, a few times a second.
    /// - Parameter monotonicMs: real time, from any beginning.
    /// - Returns: nil while nothing has changed, or may still be changing.
    mutating func poll(monotonicMs: Int64) -> Outcome? {
        let newest = signature()
        if newest != known {
            known = newest
            changedAtMs = monotonicMs
            return nil
        }
        guard let changed = changedAtMs, monotonicMs - changed >= Self.quietMs else { return nil }
        changedAtMs = nil
        do {
            let spoken = try load()
            if spoken.sources == current { return nil }
            current = spoken.sources
            return .reloaded(spoken)
        } catch {
            return .refused("\(error)")
        }
    }
}
