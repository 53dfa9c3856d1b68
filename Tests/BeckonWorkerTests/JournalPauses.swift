import BeckonWorker

/// How long partitions stood still, as their journals tell: under a steady load each of them commits every second at least.
extension WorkerStage {
    /// The longest time between two commits of a partition that overlaps the given one, in milliseconds since 1970.
    func longestPauseMs(
        _ partition: Int32, from: Int64 = .min, to: Int64 = .max
    ) throws -> Int64 {
        let times = try records(configuration.topics.journal, partition).map(\.timestampMs)
        return zip(times.dropFirst(), times).filter { $0 >= from && $1 <= to }.map { $0 - $1 }.max() ?? 0
    }

    /// Of each partition.
    func longestPausesMs(from: Int64 = .min, to: Int64 = .max) throws -> [Int64] {
        try (0..<partitionCount).map { try longestPauseMs($0, from: from, to: to) }
    }

    /// The instance that has written the newest record of each partition; nil where there is none.
    func owners() throws -> [String?] {
        try (0..<partitionCount).map { partition in
            // GROUP-INSTANCE-THREAD
            try journal(partition).last.map { record in
                record.standing.transactionalId.dropFirst(configuration.group.count + 1).dropLast(2).description
            }
        }
    }
}
