import BeckonModel

/// Notices that rule files were saved, and reads them again once nothing more changes.
struct RuleReloader {
    enum Outcome {
        case reloaded(RuleSet)
        /// The set before goes on.
        case refused(String)
    }

    /// Real time without a further change before the files are read: editors write in several steps.
    static let quietMs: Int64 = 200

    private let signature: () -> [FileSignature]
    private let load: () throws -> RuleSet
    private var known: [FileSignature]
    private var changedAtMs: Int64?
    private var currentHash: ContentHash

    init(
        current: RuleSet, signature: @escaping () -> [FileSignature], load: @escaping () throws -> RuleSet
    ) {
        self.signature = signature
        self.load = load
        known = signature()
        currentHash = current.hash
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
            let rules = try load()
            if rules.hash == currentHash { return nil }
            currentHash = rules.hash
            return .reloaded(rules)
        } catch {
            return .refused("\(error)")
        }
    }
}
