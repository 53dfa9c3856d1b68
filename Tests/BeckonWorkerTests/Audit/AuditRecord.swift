import Foundation

/// What the logs of workers say when their lives are over.
struct AuditRecord {
    /// By where they came from.
    private(set) var restores: [String: Int] = [:]
    /// Of workers that ended by themselves, by the words.
    private(set) var endings: [String: Int] = [:]
    /// What no fault excuses.
    private(set) var problems: [String] = []
    /// Why a worker does not take what the audit gives it: there is no use in going on.
    private(set) var refusal: String?

    /// - Parameter status: the exit code, or the signal as a negative number.
    mutating func add(log: String, status: Int32, name: String) {
        for line in log.split(separator: "\n") {
            if let source = line.firstMatch(of: #/restore\.from=(\w+) /#)?.1, line.contains("Partition restored") {
                restores[String(source), default: 0] += 1
            } else if line.contains("Partition kept") {
                restores["memory", default: 0] += 1
            } else if line.contains("Not restored from there") || line.contains("Checkpoint not used") {
                problems.append("\(name): \(line)")
            }
        }
        if status == 0 || status == -SIGKILL { return }
        if status == 2 { refusal = "\(name): \(log.suffix(2_000))" }
        let last = log.split(separator: "\n").last { $0.hasPrefix("beckon: ") }.map(String.init) ?? ""
        if last.isEmpty || Self.isInexcusable(last) {
            problems.append("\(name) ended with \(status): \(log.suffix(2_000))")
        } else {
            endings[Self.withoutNames(last), default: 0] += 1
        }
    }

    mutating func add(_ other: AuditRecord) {
        restores.merge(other.restores) { $0 + $1 }
        endings.merge(other.endings) { $0 + $1 }
        problems += other.problems
        refusal = refusal ?? other.refusal
    }

    /// Whoever is refused by the group or cannot reach Kafka ends and starts again. State that is wrong, or gone, no fault
    /// of these may bring about.
    private static func isInexcusable(_ ending: String) -> Bool {
        [
            "state's hash", "chain is broken", "has lost records", "can be restored from nothing", "have expired",
            "has expired", "is not on", "belongs to", "does not exist",
        ].contains { ending.contains($0) }
    }

    private static func withoutNames(_ text: String) -> String {
        text.replacing(#/stage-\d+-\d+/#, with: "GROUP").replacing(#/worker-\d+(-\d+)?(-0)?/#, with: "NAME")
            .replacing(#/127\.0\.0\.1:\d+/#, with: "BROKER").replacing(#/\d+/#, with: "N").prefix(240).description
    }
}
