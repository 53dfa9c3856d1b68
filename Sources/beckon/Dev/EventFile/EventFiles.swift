import BeckonModel

/// The events of files in the order of their times; of the same instant in the order of the files and lines.
struct EventFiles: EventSource {
    enum Format {
        case collected
        case delimited(DelimitedFormat, hasHeader: Bool)
    }

    /// A line that is no event.
    struct BadLine: CustomStringConvertible {
        let file: String
        let line: Int
        let problem: String

        var description: String { "\(file):\(line): \(problem)" }
    }

    static let eventsMax = 20_000_000
    /// Bad lines are counted all, but only so many are told.
    static let badLinesKept = 20

    private struct Entry {
        let timeMs: Milliseconds
        let file: Int32
        let line: Int32
        let start: Int
        let end: Int
    }

    private struct File {
        let name: String
        let bytes: [UInt8]
    }

    private let format: Format
    private let collected = CollectedFormat()
    private var files: [File] = []
    private var entries: [Entry] = []
    private var nextEntry = 0

    private(set) var badLines: [BadLine] = []
    private(set) var badLineCount = 0

    /// Reads the files.
    /// - Throws: a sentence about a file that is not there or too large, or when no line of them is an event.
    init(paths: [String], format: Format) throws(UserError) {
        self.format = format
        for path in paths { files.append(File(name: Self.name(path), bytes: try EventFileBytes.read(path))) }
        for index in files.indices { try readLines(of: index) }
        guard !entries.isEmpty else { throw UserError(nothingReadable(paths)) }
        // The standard sort is stable, which the language does not promise; line and file say it.
        entries.sort { ($0.timeMs, $0.file, $0.line) < ($1.timeMs, $1.file, $1.line) }
    }

    var eventCount: Int { entries.count }
    var firstTimeMs: Milliseconds { entries[0].timeMs }
    var lastTimeMs: Milliseconds { entries[entries.count - 1].timeMs }

    var nextTimeMs: Milliseconds? { nextEntry < entries.count ? entries[nextEntry].timeMs : nil }

    mutating func next() -> PlayedEvent? {
        guard nextEntry < entries.count else { return nil }
        let entry = entries[nextEntry]
        nextEntry += 1
        // Kept as lines, and read a second time, because an event is several times its line.
        let file = files[Int(entry.file)]
        guard case .event(let event) = read(file.bytes[entry.start..<entry.end], "\(file.name):\(entry.line)") else {
            preconditionFailure("\(file.name):\(entry.line) was an event before")
        }
        return event
    }

    private func read(_ line: ArraySlice<UInt8>, _ id: String) -> LineReading {
        switch format {
        case .collected: collected.read(line, id: id)
        case .delimited(let format, _): format.read(line, id: id)
        }
    }

    private mutating func readLines(of file: Int) throws(UserError) {
        let bytes = files[file].bytes
        let name = files[file].name
        var start = 0
        var line = 0
        while start < bytes.count {
            let newline = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let end = newline > start && bytes[newline - 1] == UInt8(ascii: "\r") ? newline - 1 : newline
            line += 1
            if !isSkipped(bytes[start..<end], line) {
                switch judged(bytes[start..<end], "\(name):\(line)") {
                case .event(let event):
                    entries.append(
                        Entry(timeMs: event.timeMs, file: Int32(file), line: Int32(line), start: start, end: end))
                case .bad(let problem): noteBad(BadLine(file: name, line: line, problem: problem))
                }
                if entries.count > Self.eventsMax {
                    throw UserError("The files have more than \(Self.eventsMax) events; play them in parts.")
                }
            }
            start = newline + 1
        }
    }

    private func isSkipped(_ line: ArraySlice<UInt8>, _ number: Int) -> Bool {
        if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) { return true }
        if case .delimited(_, let hasHeader) = format { return hasHeader && number == 1 }
        return false
    }

    /// What the formats share with every event of the broker: a person's id, and a time that a clock can have had.
    private func judged(_ line: ArraySlice<UInt8>, _ id: String) -> LineReading {
        if line.count > EventDecoder.eventBytesMax { return .bad(DeadLetterReason.tooLarge.explanation) }
        if !String.isUTF8(line) { return .bad("the line is not valid UTF-8") }
        let reading = read(line, id)
        guard case .event(let event) = reading else { return reading }
        guard (1...255).contains(event.person.count), event.person.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            return .bad("the person's id must be 1 to 255 bytes without control characters")
        }
        guard (Timestamp.earliestMs..<Timestamp.endMs).contains(event.timeMs) else {
            return .bad("the time \(Timestamp.text(event.timeMs)) lies before 1980 or after 2099")
        }
        return reading
    }

    private mutating func noteBad(_ line: BadLine) {
        badLineCount += 1
        if badLines.count < Self.badLinesKept { badLines.append(line) }
    }

    private func nothingReadable(_ paths: [String]) -> String {
        var lines = ["No line of \(paths.joined(separator: ", ")) is an event."]
        lines += badLines.prefix(3).map(\.description)
        if badLineCount > 3 { lines.append("… and \(badLineCount - 3) more lines.") }
        if case .collected = format, badLineCount > 0 {
            lines.append(
                "For delimited text say what its columns are, for example `--columns person,time,amount:number`.")
        }
        return lines.joined(separator: "\n")
    }

    /// The last part of a path.
    private static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}

extension String {
    fileprivate static func isUTF8(_ bytes: ArraySlice<UInt8>) -> Bool {
        String(validating: bytes, as: UTF8.self) != nil
    }
}
