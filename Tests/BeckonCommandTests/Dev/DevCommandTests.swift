import BeckonModel
import Foundation
import Testing

@testable import beckon

@Suite(.serialized) struct `Beckon dev` {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path
    static let examples = root + "/deploy/examples"
    static let cdnow = root + "/../shared/data/cdnow/CDNOW_master.txt"

    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Apart from a `Beckon dev` that the developer has running.
    func run(_ words: String...) throws -> BeckonProcess.Ending {
        try BeckonProcess(["dev"] + words, environment: ["XDG_RUNTIME_DIR": folder.path]).ending()
    }

    /// The number behind a word in the summary.
    func count(_ word: String, _ output: String) -> Int? {
        let rows = output.split(separator: "\n").map { $0.split(separator: " ") }
        return rows.last { $0.count == 2 && $0[0] == word }.flatMap { Int($0[1]) }
    }

    // MARK: what cannot start

    @Test func `broken rules are told all at once, and nothing starts`() throws {
        try folder.write("rules/a.yaml", "id: a\nwhen: { evnt: e }\nsend: { chanels: [x] }\n")
        let ending = try run("--rules", folder.path + "/rules")
        #expect(ending.status == 2)
        #expect(ending.output.isEmpty)
        #expect(ending.errors.contains("a.yaml:2:"))
        #expect(ending.errors.contains("a.yaml:3:"))
    }

    @Test func `a folder or file that is not there is the user's matter`() throws {
        let rules = try run("--rules", "/nowhere/rules")
        #expect(rules.status == 2)
        #expect(rules.errors.contains("/nowhere/rules"))
        let events = try run("--rules", Self.examples + "/survey", "--events", "/nowhere/events.ndjson")
        #expect(events.status == 2)
        #expect(events.errors.contains("/nowhere/events.ndjson cannot be read"))
    }

    @Test func `flags that do not go together are told all at once`() throws {
        let ending = try run(
            "--drain", "90d", "--columns", "person,amount", "--delimiter", "xy", "--date-format", "yy", "--speed", "0")
        #expect(ending.status == 2)
        #expect(ending.errors.contains("`--speed` is `0`"))
        let others = try run("--drain", "90d", "--columns", "person,amount", "--delimiter", "xy", "--date-format", "yy")
        #expect(others.status == 2)
        for part in [
            "`--drain` goes with", "`--columns` goes with", "needs `--event NAME`", "`--delimiter` is `xy`",
            "`--date-format` is `yy`", "`time`, not 0",
        ] {
            #expect(others.errors.contains(part), "\(part)")
        }
    }

    @Test func `a port in use is an operation that failed`() throws {
        let socket = try ListeningPort()
        let ending = try run("--rules", Self.examples + "/survey", "--http", "127.0.0.1:\(socket.port)", "--for", "1s")
        #expect(ending.status == 1)
        #expect(ending.errors.contains("Port \(socket.port) on 127.0.0.1 is in use"))
        #expect(ending.output.isEmpty)
    }

    // MARK: whole runs

    @Test func `the shop brings decisions of each example rule`() throws {
        let rules = try RuleFolder.ruleSet(Self.examples).rules.map(\.id)
        let dev = try BeckonProcess(["dev"], environment: ["XDG_RUNTIME_DIR": folder.path])
        defer { dev.terminate() }
        // How soon is for `The shop before the examples` to say: this machine may be busy.
        let haveFired = dev.reached(within: 180) {
            rules.allSatisfy { dev.written.output.contains("  decision  \($0) for") }
        }
        kill(dev.pid, SIGINT)
        let ending = dev.ending()
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(haveFired)
        for rule in rules { #expect(count(rule, ending.output) ?? 0 > 0, "\(rule) in \(ending.output.suffix(1_500))") }
        #expect(count("decisions", ending.output) == count("deliveries", ending.output))
        #expect(count("late", ending.output) == nil)
        #expect(ending.output.contains("State is lost at the end"))
        #expect(ending.errors.isEmpty, "\(ending.errors)")
    }

    @Test func `an event that is emitted happens now, and rules saved meanwhile are used`() throws {
        let rules = try folder.write("rules/a.yaml", "id: first\nwhen: { event: hello }\nsend: { channels: [log] }\n")
        let environment = ["XDG_RUNTIME_DIR": folder.path]
        let dev = try BeckonProcess(
            ["dev", "--rules", folder.path + "/rules", "--speed", "1"], environment: environment)
        defer { dev.terminate() }
        #expect(dev.reached { DevRunFile.read(from: DevRunFile.path(environment)) != nil }, "\(dev.written)")
        func emit() throws {
            let ending = try BeckonProcess.run(
                "emit", #"{"userId":"you","type":"track","event":"hello"}"#, environment: environment)
            #expect(ending.status == 0, "\(ending.errors)")
        }
        try emit()
        #expect(dev.reached { dev.written.output.contains("delivered first to you") }, "\(dev.written)")
        try folder.write("rules/a.yaml", "id: [broken\n")
        #expect(dev.reached { dev.written.output.contains("have errors") }, "\(dev.written)")
        try emit()
        #expect(
            dev.reached { dev.written.output.components(separatedBy: "delivered first").count == 3 }, "\(dev.written)")
        try folder.write("rules/a.yaml", try String(contentsOfFile: rules, encoding: .utf8) + "\n")
        try folder.write("rules/a.yaml", "id: second\nwhen: { event: hello }\nsend: { channels: [log] }\n")
        #expect(dev.reached { dev.written.output.contains("Rules reloaded") }, "\(dev.written)")
        try emit()
        #expect(dev.reached { dev.written.output.contains("delivered second to you") }, "\(dev.written)")
        kill(dev.pid, SIGINT)
        let ending = dev.ending()
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.output.contains("of the virtual clock:"))
        // Each decision is told before its delivery, though two readers tell them.
        let told = ending.output.split(separator: "\n").compactMap { line in
            ["decision  first", "delivered first", "decision  second", "delivered second"].first { line.contains($0) }
        }
        #expect(
            told == [
                "decision  first", "delivered first", "decision  first", "delivered first", "decision  second",
                "delivered second",
            ], "\(ending.output)")
        #expect(DevRunFile.read(from: DevRunFile.path(environment)) == nil)
    }

    /// The second pause hits what the first one has begun to mend. Ten seconds are the session's time-out.
    @Test func `goes on after pauses that are longer than a session of the group`() throws {
        let dev = try BeckonProcess(
            ["dev", "--rules", Self.examples + "/survey", "--speed", "20000"],
            environment: ["XDG_RUNTIME_DIR": folder.path])
        defer { dev.terminate() }
        #expect(dev.reached { dev.written.output.contains("  counts  ") }, "\(dev.written)")
        for _ in 0..<2 {
            kill(dev.pid, SIGSTOP)
            usleep(12_000_000)
            kill(dev.pid, SIGCONT)
            usleep(400_000)
        }
        let before = dev.written.output.components(separatedBy: "delivered survey").count
        let goesOn = dev.reached(within: 20) {
            dev.written.output.components(separatedBy: "delivered survey").count > before
        }
        #expect(goesOn, "\(dev.written.output.suffix(1_500))")
        kill(dev.pid, SIGINT)
        #expect(dev.ending().status == 0)
    }

    @Test func `a file plays on its own clock, and bad lines do not stop it`() throws {
        let events = try folder.write(
            "events.ndjson",
            """
            {"userId":"ann","type":"track","event":"Product Added","timestamp":"2024-03-01T10:00:00Z","properties":{"cart_id":"c","product_id":"p","price":60,"quantity":1}}
            nonsense
            {"userId":"bob","type":"track","event":"Product Added","timestamp":"2024-03-01T10:00:00Z","properties":{"cart_id":"d","product_id":"p","price":60,"quantity":1}}
            {"userId":"bob","type":"track","event":"Order Completed","timestamp":"2024-03-01T10:14:59Z","properties":{"order_id":"o"}}
            """)
        let ending = try run("--rules", Self.examples, "--events", events, "--drain", "8d")
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.output.contains("1 line is no event and is left out:"))
        #expect(ending.output.contains("events.ndjson:2: the value is not a JSON object"))
        #expect(count("cart-abandonment", ending.output) == 1)
        #expect(count("survey", ending.output) == 1)
        #expect(count("inactive-7d", ending.output) == 2)
        #expect(ending.output.contains("In") && ending.output.contains("8 days 0 h 14 min of the virtual clock"))
    }

    @Test func `what would be sent is told, and what sends nothing`() throws {
        try folder.write(
            "rules/rules.yaml",
            """
            id: bought
            when: { event: order_completed }
            data: { total: properties.total }
            send: { channels: [email], template: thanks }
            ---
            messages:
              thanks:
                email:
                  subject: 'Thanks for {{ total | money: "EUR" }}'
                  text: '{% if total < 1 %}{% abort_message("nothing was paid") %}{% endif %}{{ 1 | divided_by: total }}'
            """)
        func event(_ person: String, _ total: Int) -> String {
            #"{"userId":"\#(person)","type":"track","event":"Order Completed","timestamp":"2024-03-01T10:00:00Z","properties":{"total":\#(total)}}"#
        }
        let events = try folder.write("events.ndjson", [event("ann", 60), event("bob", 0)].joined(separator: "\n"))
        let ending = try run("--rules", folder.path + "/rules", "--events", events)
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.output.contains("  delivered bought to ann by email: Thanks for €60.00\n"), "\(ending.output)")
        #expect(ending.output.contains("  skipped   bought for bob by email: nothing was paid\n"), "\(ending.output)")
        #expect(count("skipped", ending.output) == 1 && count("deliveries", ending.output) == 1)

        try folder.write("rules/m.yaml", "messages: { other: { sms: { text: '{{ x' } } }")
        let broken = try run("--rules", folder.path + "/rules", "--events", events)
        #expect(broken.status == 2 && broken.output.isEmpty)
        #expect(broken.errors.contains("m.yaml:1:"), "\(broken.errors)")
    }

    /// Ninety days of silence after at least two purchases, counted a second time without anything of Beckon's.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: cdnow)))
    func `real purchases bring exactly the silences that a few lines count`() throws {
        var silences: [Substring: Int] = [:]
        var shorter = 0
        let lines = try String(contentsOfFile: Self.cdnow, encoding: .utf8).split(whereSeparator: \.isNewline)
            .dropFirst()
        let cells = lines.map { $0.split(separator: " ") }
        for (customer, purchases) in Dictionary(grouping: cells, by: { $0[0] }) {
            let days = purchases.map { Self.day(Int($0[1])!) }.sorted()
            for (index, day) in days.enumerated() {
                let isSilent = index + 1 == days.count || days[index + 1] - day >= 90
                if isSilent, index + 1 >= 2 { silences[customer, default: 0] += 1 } else if isSilent { shorter += 1 }
            }
        }
        #expect(cells.count == 69_659)
        let decisions = folder.path + "/decisions"
        let ending = try run(
            "--rules", Self.examples + "/cdnow", "--events", Self.cdnow, "--delimiter", "blank", "--columns",
            "person,time,quantity:number,total:number", "--date-format", "yyyyMMdd", "--event", "purchase", "--header",
            "--drain", "90d", "--decisions", decisions)
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(count("no-purchase-90d", ending.output) == silences.values.reduce(0, +))
        #expect(count("condition", ending.output) == shorter)
        #expect(count("deliveries", ending.output) == silences.values.reduce(0, +))
        let written = try String(contentsOfFile: decisions, encoding: .utf8).split(separator: "\n")
        let byPerson = Dictionary(grouping: written.compactMap { JSONFields(Array($0.utf8))?.string("person") }) { $0 }
        #expect(byPerson.count == silences.count)
        for (customer, count) in silences where byPerson[String(customer)]?.count != count {
            Issue.record("\(customer): \(count) silences, \(byPerson[String(customer)]?.count ?? 0) decisions")
        }
    }

    /// Days since some day, of a date such as 19970131.
    static func day(_ date: Int) -> Int {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: "UTC")!
        let parts = DateComponents(year: date / 10_000, month: date / 100 % 100, day: date % 100)
        return Int(calendar.date(from: parts)!.timeIntervalSince1970) / 86_400
    }
}

/// A port of this machine that somebody listens on.
private final class ListeningPort {
    let port: UInt16
    private let descriptor: Int32

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) + listen(descriptor, 1) + getsockname(descriptor, pointer, &size)
            }
        }
        try #require(code == 0)
        self.descriptor = descriptor
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }
}
