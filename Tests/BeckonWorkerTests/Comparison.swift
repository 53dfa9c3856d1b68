import Oracle

/// What a partition's topics hold, beside what the oracle makes of the same records and steps.
struct Comparison {
    let decisionIds: [[UInt8]]
    let suppressionCount: Int
    /// Of all kinds.
    let lineCount: Int
    /// A line each; empty when they agree.
    let differences: [String]

    /// - Parameter endMs: every timer due by then must have fired; nil asks only for those that the journal's clock has passed.
    init(
        _ stage: WorkerStage, _ partition: Int32, _ rules: [OracleRule], _ folds: [OracleFold], endMs: Int64? = nil
    ) throws {
        var input = try stage.oracleInput(partition)
        if let endMs, let last = input.steps.last {
            let now = max(endMs, last.now)
            input.steps.append(OracleStep(seq: last.seq + 1, now: now, wall: max(now, last.wall)))
        }
        let committed = try stage.committedResult(partition, rules)
        input.ids = committed.ids
        let expected = Oracle(rules: rules, folds: folds).run(input).committedLines
        let found = committed.result.committedLines
        decisionIds = committed.decisionIds
        suppressionCount = committed.result.suppressions.count
        lineCount = found.count
        differences = Self.differences(found, expected).map { "\(partition): \($0)" }
    }

    /// Both are sorted; what is there twice must be expected twice.
    private static func differences(_ found: [String], _ expected: [String]) -> [String] {
        var lines: [String] = []
        var (left, right) = (found[...], expected[...])
        while true {
            if let one = left.first, let two = right.first, one == two {
                left.removeFirst()
                right.removeFirst()
            } else if let line = left.first, right.first.map({ line < $0 }) ?? true {
                lines.append("only on the topics: \(line)")
                left.removeFirst()
            } else if let line = right.first {
                lines.append("only the oracle: \(line)")
                right.removeFirst()
            } else {
                return lines
            }
        }
    }

    static func repeatedIds(_ compared: [Comparison]) -> [String] {
        var ids: Set<[UInt8]> = []
        return compared.flatMap(\.decisionIds).filter { !ids.insert($0).inserted }
            .map { "an id twice: \(String(decoding: $0, as: UTF8.self))" }
    }
}
