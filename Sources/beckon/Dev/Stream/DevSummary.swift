import BeckonModel
import BeckonService

/// What a run came to.
struct DevSummary {
    let tally: Tally
    let rules: [String]
    let events: Int64
    let people: Int
    let virtualMs: Milliseconds
    let realTime: Duration
    /// Lines of the played files that were no events.
    let badLines: Int

    var text: String {
        var lines = [
            "",
            "In \(Self.seconds(realTime)) s, \(Self.virtual(virtualMs)) of the virtual clock:",
            Self.row("events", "\(events), of \(people) people"),
            Self.row("decisions", "\(tally.decisions)"),
        ]
        // Rules that never fired are told too: that is what one wants to know.
        let ids = Set(rules).union(tally.decisionsByRule.keys).sorted()
        lines += ids.map { "    " + Self.row($0, "\(tally.decisionsByRule[$0, default: 0])") }
        lines.append(Self.row("recalls", "\(tally.recalls)"))
        lines.append(Self.row("suppressions", "\(tally.suppressions)"))
        lines += Self.rows(tally.suppressionsByReason)
        lines.append(Self.row("deliveries", "\(tally.deliveries)"))
        lines += Self.rows(tally.deliveriesByChannel)
        lines.append(Self.row("outcomes", "\(tally.outcomesByType.values.reduce(0, +))"))
        lines += Self.rows(tally.outcomesByType)
        lines.append(Self.row("dead letters", "\(tally.deadLetters)"))
        lines += Self.rows(tally.deadLettersByReason)
        if badLines > 0 { lines.append(Self.row("bad lines", "\(badLines)")) }
        if tally.dropped > 0 {
            lines.append("\(tally.dropped) records were dropped by the embedded broker before they were counted here.")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func rows(_ counts: [String: Int]) -> [String] {
        counts.sorted { $0.key < $1.key }.map { "    " + row($0.key, "\($0.value)") }
    }

    private static func row(_ name: String, _ value: String) -> String {
        "  " + name + String(repeating: " ", count: max(1, 26 - name.count)) + value
    }

    private static func seconds(_ duration: Duration) -> String {
        let tenths = duration.wholeMilliseconds / 100
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func virtual(_ milliseconds: Milliseconds) -> String {
        let minutes = milliseconds / 60_000
        return "\(minutes / 1_440) days \(minutes / 60 % 24) h \(minutes % 60) min"
    }
}
