import BeckonModel

/// How a file writes times: `yyyyMMdd`, `yyyy-MM-dd HH:mm:ss`, or one of the words `iso`, `seconds`, `milliseconds`.
///
/// Letters stand for digits: `yyyy` year, `MM` month, `dd` day, `HH` hour, `mm` minute, `ss` second, `SSS` millisecond.
/// Anything else stands for itself. Times are UTC; what a pattern lacks is the beginning.
struct DatePattern: Sendable {
    private enum Form {
        /// RFC 3339, or a date alone.
        case iso
        /// Since 1970, times so many milliseconds.
        case number(unitMs: Int64)
        case fields([Piece])
    }

    private enum Piece {
        case digits(Field, count: Int)
        case literal(UInt8)
    }

    private enum Field: Int, CaseIterable {
        case year, month, day, hour, minute, second, millisecond

        var letter: UInt8 { Array("yMdHmsS".utf8)[rawValue] }
        /// How many digits it may have.
        var counts: ClosedRange<Int> { self == .year ? 4...4 : self == .millisecond ? 3...3 : 2...2 }
    }

    static let iso = DatePattern(form: .iso)
    static let words = "iso, seconds, milliseconds, or a pattern such as yyyyMMdd or \"yyyy-MM-dd HH:mm:ss\""

    private let form: Form

    private init(form: Form) {
        self.form = form
    }

    /// nil where the text is no pattern: without a year, month and day, or with a letter that stands for nothing.
    init?(_ text: String) {
        switch text {
        case "iso": form = .iso
        case "seconds": form = .number(unitMs: 1_000)
        case "milliseconds": form = .number(unitMs: 1)
        default:
            guard let pieces = Self.pieces(Array(text.utf8)) else { return nil }
            form = .fields(pieces)
        }
    }

    private static func pieces(_ text: [UInt8]) -> [Piece]? {
        var pieces: [Piece] = []
        var seen: Set<Field> = []
        var at = 0
        while at < text.count {
            guard let field = Field.allCases.first(where: { $0.letter == text[at] }) else {
                // `T` and `Z` stand between and behind times; other letters are mistakes.
                let isLetter = UInt8(ascii: "a")...UInt8(ascii: "z") ~= text[at] | 0x20
                if isLetter, !"TZ".utf8.contains(text[at]) { return nil }
                pieces.append(.literal(text[at]))
                at += 1
                continue
            }
            let count = text[at...].prefix { $0 == field.letter }.count
            guard field.counts.contains(count), seen.insert(field).inserted else { return nil }
            pieces.append(.digits(field, count: count))
            at += count
        }
        return seen.isSuperset(of: [.year, .month, .day]) ? pieces : nil
    }

    /// nil where the text is no such time, or a day that no calendar has.
    func read(_ text: ArraySlice<UInt8>) -> Milliseconds? {
        switch form {
        case .iso: return Self.iso(text)
        case .number(let unitMs):
            guard text.count <= 19, let number = Int64(String(decoding: text, as: UTF8.self)) else { return nil }
            let (milliseconds, overflow) = number.multipliedReportingOverflow(by: unitMs)
            return overflow ? nil : milliseconds
        case .fields(let pieces): return Self.read(text, pieces)
        }
    }

    private static func iso(_ text: ArraySlice<UInt8>) -> Milliseconds? {
        text.withUnsafeBytes { bytes in
            bytes.baseAddress.flatMap { Timestamp.parse(Bytes(start: $0, count: bytes.count)) }
        }
    }

    /// By way of the calendar's own form, which knows the lengths of the months.
    private static func read(_ text: ArraySlice<UInt8>, _ pieces: [Piece]) -> Milliseconds? {
        var canonical = Array("0000-00-00T00:00:00.000Z".utf8)
        let places = [0, 5, 8, 11, 14, 17, 20]
        var rest = text
        for piece in pieces {
            switch piece {
            case .literal(let byte): guard rest.popFirst() == byte else { return nil }
            case .digits(let field, let count):
                let digits = rest.prefix(count)
                guard digits.count == count, digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else {
                    return nil
                }
                canonical.replaceSubrange(places[field.rawValue]..<places[field.rawValue] + count, with: digits)
                rest.removeFirst(count)
            }
        }
        return rest.isEmpty ? iso(canonical[...]) : nil
    }
}
