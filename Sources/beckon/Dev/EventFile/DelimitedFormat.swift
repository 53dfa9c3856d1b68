import BeckonModel

/// Delimited text, one event a line.
struct DelimitedFormat: Sendable {
    enum Delimiter: Sendable, Equatable {
        /// Any number of blanks and tabs, also before the first column.
        case blank
        /// One character; a column may stand in double quotes, a quote inside is doubled.
        case character(UInt8)

        static let words = "blank, tab, or a character such as , or ;"

        init?(_ text: String) {
            switch text {
            case "blank", "blanks", "space": self = .blank
            case "tab", "\t": self = .character(UInt8(ascii: "\t"))
            case "comma": self = .character(UInt8(ascii: ","))
            default:
                guard let byte = text.utf8.first, text.utf8.count == 1, (0x21...0x7E).contains(byte),
                    byte != UInt8(ascii: "\"")
                else { return nil }
                self = .character(byte)
            }
        }
    }

    let delimiter: Delimiter
    let mapping: ColumnMapping
    let dates: DatePattern
    /// The name of every event.
    let event: String

    /// Reads one line into an event, whose `messageId` is `id`, or says what is wrong with it.
    func read(_ line: ArraySlice<UInt8>, id: String) -> LineReading {
        guard let cells = cells(line) else { return .bad("a quoted column does not end on its line") }
        guard cells.count == mapping.columns.count else {
            return .bad("\(cells.count) columns instead of \(mapping.columns.count)")
        }
        var person: ArraySlice<UInt8> = []
        var timeMs: Milliseconds?
        var properties = JSONWriter()
        for (column, cell) in zip(mapping.columns, cells) {
            switch column {
            case .skipped: break
            case .person: person = cell
            case .time:
                timeMs = dates.read(cell)
                if timeMs == nil { return .bad("`\(Self.shown(cell))` is not a time as `--date-format` says") }
            case .property(let name, let type):
                if cell.isEmpty { continue }
                properties.append(raw: properties.bytes.isEmpty ? "" : ",")
                properties.append(string: name)
                properties.append(raw: ":")
                guard append(cell, as: type, to: &properties) else {
                    return .bad("`\(Self.shown(cell))` in the column \(name) is not a \(type?.rawValue ?? "text")")
                }
            }
        }
        guard let timeMs else { return .bad("no time") }
        return .event(
            PlayedEvent(timeMs: timeMs, person: Array(person), value: json(id, person, timeMs, properties.bytes)))
    }

    private func json(
        _ id: String, _ person: ArraySlice<UInt8>, _ timeMs: Milliseconds, _ properties: [UInt8]
    ) -> [UInt8] {
        var json = JSONWriter()
        json.append(raw: #"{"type":"track","messageId":"#)
        json.append(string: id)
        json.append(raw: #","event":"#)
        json.append(string: event)
        json.append(raw: #","userId":"#)
        person.withUnsafeBytes { json.append(string: $0) }
        json.append(raw: #","timestamp":"#)
        json.append(string: Timestamp.text(timeMs))
        json.append(raw: #","properties":{"#)
        json.append(raw: properties)
        json.append(raw: "}}")
        return json.bytes
    }

    private func append(
        _ cell: ArraySlice<UInt8>, as type: ColumnMapping.PropertyType?, to json: inout JSONWriter
    ) -> Bool {
        let isNumber = type == .text || type == .boolean ? false : Self.isNumber(cell)
        switch type {
        case .number where !isNumber: return false
        case .boolean:
            let word = String(decoding: cell, as: UTF8.self)
            guard ["true", "false"].contains(word) else { return false }
            json.append(raw: cell)
        default:
            if isNumber { json.append(raw: cell) } else { cell.withUnsafeBytes { json.append(string: $0) } }
        }
        return true
    }

    private static func isNumber(_ cell: ArraySlice<UInt8>) -> Bool {
        cell.withUnsafeBytes { bytes in
            bytes.baseAddress.map { Decimal.parse(Bytes(start: $0, count: bytes.count)) != nil } ?? false
        }
    }

    private static func shown(_ cell: ArraySlice<UInt8>) -> String {
        String(decoding: cell.prefix(40), as: UTF8.self) + (cell.count > 40 ? "…" : "")
    }

    // MARK: cells

    private func cells(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
        switch delimiter {
        case .blank: line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        case .character(let byte): Self.quotedCells(line, byte)
        }
    }

    private static func quotedCells(_ line: ArraySlice<UInt8>, _ delimiter: UInt8) -> [ArraySlice<UInt8>]? {
        let quote = UInt8(ascii: "\"")
        var cells: [ArraySlice<UInt8>] = []
        var rest = line
        while true {
            guard rest.first == quote else {
                let cell = rest.prefix { $0 != delimiter }
                cells.append(cell)
                if cell.endIndex == rest.endIndex { return cells }
                rest = rest[(cell.endIndex + 1)...]
                continue
            }
            var cell: [UInt8] = []
            rest.removeFirst()
            while true {
                guard let byte = rest.popFirst() else { return nil }
                if byte != quote {
                    cell.append(byte)
                } else if rest.first == quote {
                    cell.append(rest.removeFirst())
                } else {
                    break
                }
            }
            cells.append(cell[...])
            guard let byte = rest.popFirst() else { return cells }
            if byte != delimiter { return nil }
        }
    }
}

/// What a line of a file comes to.
enum LineReading: Equatable {
    case event(PlayedEvent)
    /// What is wrong, as the end of a sentence.
    case bad(String)
}
