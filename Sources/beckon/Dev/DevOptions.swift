import BeckonModel
import BeckonService

/// What `beckon dev` is told, read and checked.
struct DevOptions {
    /// nil: the example rules.
    var rules: String?
    /// Virtual seconds a real one; nil: as fast as the work goes.
    var speed: Int?
    /// Real time after which the run ends by itself.
    var duration: Duration?
    var seed: UInt64
    /// Played instead of the shop.
    var files: [String]
    var format: EventFiles.Format
    /// Where every decision is written; nil: only told.
    var decisions: String?
    /// How far the clock goes on after the files' last event.
    var drainMs: Milliseconds

    /// High enough that seven days of silence pass within a minute, with a margin for busy days.
    static let speedDefault = 50_000

    /// - Throws: everything that does not go together.
    init(_ invocation: Invocation) throws {
        var problems: [String] = []
        let files = invocation.texts(DevFlags.events)
        Self.checkCompany(invocation, hasFiles: !files.isEmpty, &problems)
        let format = Self.format(invocation, &problems)
        if !problems.isEmpty { throw UsageProblem(command: "dev", messages: problems) }
        rules = invocation.text(DevFlags.rules)
        speed = invocation.integer(DevFlags.speed) ?? (files.isEmpty ? Self.speedDefault : nil)
        duration = invocation.duration(DevFlags.duration)
        seed = UInt64(invocation.integer(DevFlags.seed) ?? 1)
        self.files = files
        self.format = format
        decisions = invocation.text(DevFlags.decisions)
        drainMs = invocation.duration(DevFlags.drain)?.wholeMilliseconds ?? 0
    }

    private static func checkCompany(_ invocation: Invocation, hasFiles: Bool, _ problems: inout [String]) {
        func needs(_ flag: Flag, _ isThere: Bool, _ sentence: String) {
            if invocation.has(flag), !isThere { problems.append("`\(flag.name)` \(sentence)") }
        }
        for flag in [DevFlags.drain, DevFlags.columns] { needs(flag, hasFiles, "goes with `--events FILE`.") }
        needs(DevFlags.seed, !hasFiles, "is the shop's; with `--events` there is no shop.")
        for flag in [DevFlags.delimiter, DevFlags.dateFormat, DevFlags.header, DevFlags.event] {
            needs(flag, invocation.has(DevFlags.columns), "goes with `--columns`, which says what the columns are.")
        }
    }

    private static func format(_ invocation: Invocation, _ problems: inout [String]) -> EventFiles.Format {
        guard let columns = invocation.text(DevFlags.columns) else { return .collected }
        var mapping: ColumnMapping?
        do throws(UserError) { mapping = try ColumnMapping(columns) } catch { problems.append(error.description) }
        let event = invocation.text(DevFlags.event)
        if event == nil { problems.append("`--columns` needs `--event NAME`: what every line is.") }
        let delimiterText = invocation.text(DevFlags.delimiter) ?? ","
        let delimiter = DelimitedFormat.Delimiter(delimiterText)
        if delimiter == nil {
            problems.append("`--delimiter` is `\(delimiterText)`; expected \(DelimitedFormat.Delimiter.words).")
        }
        let pattern = invocation.text(DevFlags.dateFormat) ?? "iso"
        let dates = DatePattern(pattern)
        if dates == nil { problems.append("`--date-format` is `\(pattern)`; expected \(DatePattern.words).") }
        guard let mapping, let event, let delimiter, let dates else { return .collected }
        return .delimited(
            DelimitedFormat(delimiter: delimiter, mapping: mapping, dates: dates, event: event),
            hasHeader: invocation.has(DevFlags.header))
    }
}

/// The flags of `beckon dev`.
enum DevFlags {
    static let rules = Flag.value("--rules", "DIR", "A folder of rules, read again when saved; else the examples.")
    static let speed = Flag.value(
        "--speed", "N", kind: .integer(1...10_000_000),
        "Virtual seconds that a real one may bring at most. Default \(DevOptions.speedDefault); with --events no limit."
    )
    static let duration = Flag.value(
        "--for", "DURATION", kind: .duration(.milliseconds(1)...(.seconds(365 * 86_400))),
        "Ends by itself, with a summary, after it has played for so long in real time; starting comes before.")
    static let seed = Flag.value(
        "--seed", "N", kind: .integer(0...Int.max), "Another shop, the same for the same number. Default 1.")
    static let events = Flag.value(
        "--events", "FILE", repeatable: true,
        "Plays a file instead of the shop, as fast as it goes: one JSON event a line, or with --columns delimited text."
    )
    static let drain = Flag.value(
        "--drain", "DURATION", kind: .duration(.milliseconds(1)...(.seconds(3_660 * 86_400))),
        "How far the clock goes on after the file's last event, so that what waits fires.")
    static let columns = Flag.value(
        "--columns", "NAMES",
        "What the columns are: person, time, - for one to skip, and properties as NAME or NAME:text, :number, :boolean."
    )
    static let delimiter = Flag.value(
        "--delimiter", "WORD", "Between columns: \(DelimitedFormat.Delimiter.words). Default ,")
    static let event = Flag.value("--event", "NAME", "The name of the event that each line is.")
    static let dateFormat = Flag.value("--date-format", "PATTERN", "Of the time: \(DatePattern.words). Default iso.")
    static let header = Flag.toggle("--header", "The first line of a file says the columns' names, and is no event.")

    static let decisions = Flag.value(
        "--decisions", "FILE", "Writes every decision to a file, one JSON object a line.")

    static let all = [
        rules, speed, duration, seed, events, drain, columns, delimiter, event, dateFormat, header, decisions,
        http,
    ]

    /// Unlike the services', without a default: two runs on one machine must not fight for the port.
    static let http = Flag(
        name: CommonFlags.http.name, placeholder: CommonFlags.http.placeholder, kind: CommonFlags.http.kind,
        settingKey: CommonFlags.http.settingKey, isRepeatable: false,
        documentation:
            "Where `/metrics`, `/healthz` and `/readyz` are served; port 0 takes a free one. Nowhere unless given.",
        hasDefault: false)
}
