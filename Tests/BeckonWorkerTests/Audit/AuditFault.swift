import Oracle

/// What the audit does to workers and brokers.
enum AuditFault: String, CaseIterable {
    case kill = "a worker killed"
    case killAll = "all workers killed at once"
    case terminate = "a worker asked to end"
    case pause = "a worker stopped for seconds"
    case zombie = "a worker stopped for longer than its session"
    case brokerKill = "a broker killed"
    case brokerPause = "a broker stopped"

    /// Of a hundred.
    private var weight: Int {
        switch self {
        case .kill: 54
        case .killAll: 7
        case .terminate: 13
        case .pause: 9
        case .zombie: 5
        case .brokerKill: 6
        case .brokerPause: 6
        }
    }

    static func random(_ random: inout SplitMix64) -> AuditFault {
        var left = Int(random.next() % UInt64(allCases.map(\.weight).reduce(0, +)))
        return allCases.first { fault in
            left -= fault.weight
            return left < 0
        }!
    }
}
