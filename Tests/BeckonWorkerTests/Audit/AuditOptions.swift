import Foundation
import Oracle

/// What `scripts/audit` asks for, by environment variables; without them the short run of every test.
struct AuditOptions {
    /// Of everything: rules, load and faults. What happens in between goes by the clock, and is never quite the same.
    let seed: UInt64
    /// Workers that are killed with SIGKILL, at least.
    let kills: Int
    /// Events that are sent, at least.
    let events: Int

    /// Between two faults, on average.
    static let secondsPerFault = 1.7
    /// Of the faults so many are kills, about.
    private static let killsPerFault = 0.75

    static let given: AuditOptions = {
        let environment = ProcessInfo.processInfo.environment
        let kills = environment["BECKON_TEST_AUDIT_KILLS"].flatMap(Int.init) ?? 30
        return AuditOptions(
            seed: environment["BECKON_TEST_AUDIT_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0..<1_000_000),
            kills: kills, events: environment["BECKON_TEST_AUDIT_EVENTS"].flatMap(Int.init) ?? 300 * kills)
    }()

    /// That the load ends with the kills.
    var eventsPerSecond: Double { Double(events) / (Double(kills) / Self.killsPerFault * Self.secondsPerFault) }

    /// A machine may be ten times as slow as the plan.
    var minutesMax: Int { 20 + Int(Double(kills) * Self.secondsPerFault / 6) }

    var command: String { "scripts/audit --kills \(kills) --events \(events) --seed \(seed)" }
}
