import Foundation

/// What the engine alone came to. Times are of the thread's processor.
struct EngineReport: Encodable {
    var shop = Shop()
    var idlePersonBytes = 0
    /// Rules that name none of the events' names.
    var rulesUnnamed: [Row] = []
    /// What a rule that names an event adds to it.
    var ruleNaming: [Row] = []
    /// One evaluation of a condition.
    var conditions: [Row] = []

    struct Shop: Encodable {
        var events = 0
        var eventBytes = 0
        var people = 0
        var rules = 0
        var nanosecondsPerEvent = 0.0
        var decisions = 0
        var suppressions = 0
        var timersFired = 0
        var bytesPerPerson = 0
        /// From a checkpoint's people, decompressed.
        var restoredPeoplePerSecond = 0.0
    }

    struct Row: Encodable {
        let title: String
        let nanoseconds: Double
    }

    var text: String {
        """
        events           \(shop.events) of \(shop.eventBytes) bytes, \(shop.people) people, \(shop.rules) rules
        events a second  \(Int(1e9 / shop.nanosecondsPerEvent))
        ns an event      \(Int(shop.nanosecondsPerEvent))
        decisions        \(shop.decisions), suppressions \(shop.suppressions), timers fired \(shop.timersFired)
        restored         \(Int(shop.restoredPeoplePerSecond)) people a second
        active person    \(shop.bytesPerPerson) bytes with table and timers
        idle person      \(idlePersonBytes) bytes with table
        rules that name no event of the workload, ns an event:
        \(Self.lines(rulesUnnamed))
        a rule more that names the event, ns for each such event:
        \(Self.lines(ruleNaming))
        a condition, ns an evaluation:
        \(Self.lines(conditions))
        """
    }

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    private static func lines(_ rows: [Row]) -> String {
        let width = rows.map(\.title.count).max() ?? 0
        return rows.map { row in
            let tenths = Int((row.nanoseconds * 10).rounded())
            return
                "  \(row.title)\(String(repeating: " ", count: width - row.title.count + 2))\(tenths / 10).\(abs(tenths % 10))"
        }.joined(separator: "\n")
    }
}
