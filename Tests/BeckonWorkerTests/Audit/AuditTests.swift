import BeckonKafka
import Foundation
import KafkaFixture
import Oracle
import Testing

/// Also behind `scripts/audit`, whose options come as environment variables.
@Suite(
    .enabled(if: RealKafka.canStart), .serialized, .tags(.kafka),
    .timeLimit(.minutes(AuditOptions.given.minutesMax)))
struct `Three workers on three Kafka nodes` {
    @Test func `lose nothing and repeat nothing, whatever is killed and whatever stands still`() throws {
        let audit = try Audit(AuditOptions.given)
        try audit.run()
        let report = try audit.report()
        for line in report.lines { print("audit: \(line)") }
        fflush(nil)
        if report.differences.isEmpty && report.problems.isEmpty { return }
        let kept = audit.cluster.keepLogs(ofTopicsNamed: audit.stage.configuration.group)
        Issue.record(
            """
            \(report.differences.count) differences, \(report.problems.count) problems; again with: \(AuditOptions.given.command)
            \((report.differences.prefix(20) + report.problems.prefix(5)).joined(separator: "\n"))
            The brokers' logs are kept in \(kept ?? "no folder")
            \(audit.rules.yaml)
            """)
    }
}
