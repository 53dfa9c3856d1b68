import BeckonModel
import BeckonService
import BeckonTemplate

/// What `beckon dev` says first.
struct DevBanner {
    let session: DevOptions
    let play: Play
    let services: DevServices
    let folder: String

    var text: String {
        var rows = [
            ("broker", "\(services.brokers), embedded; events go to the topic \(DevTopics.events)"),
            ("rules", "\(Self.list(services.rules)) from \(folder), read again when saved"),
            ("playing", play.description.joined(separator: "\n            ")),
            ("clock", clock),
        ]
        if let address = services.statusAddress { rows.append(("metrics", "http://\(address)/metrics")) }
        rows.append(("try", Self.example))
        let table = rows.map { "  " + $0.0 + String(repeating: " ", count: 10 - $0.0.count) + $0.1 }
        return """
            Beckon in one process; Ctrl-C ends it.

            \(table.joined(separator: "\n"))

            State is lost at the end. The embedded broker has no transactions: nothing here proves exactly-once.

            """
    }

    static let example =
        #"beckon emit '{"userId":"you","event":"Product Added","properties":{"cart_id":"c1","price":60,"quantity":1}}'"#

    static func list(_ rules: RuleSet) -> String { list(rules.rules.map(\.id), "rule") }

    static func list(_ messages: MessageSet) -> String { list(messages.names, "message") }

    private static func list(_ names: [String], _ noun: String) -> String {
        let shown = names.prefix(24).joined(separator: ", ") + (names.count > 24 ? ", …" : "")
        return CountText.text(names.count, noun) + (names.isEmpty ? "" : " (\(shown))")
    }

    private var clock: String {
        let start = "starts at \(HappeningLine.time(play.startMs)) UTC"
        return start + (session.speed.map { ", at most \($0) times as fast as life" } ?? ", as fast as the work goes")
    }
}
