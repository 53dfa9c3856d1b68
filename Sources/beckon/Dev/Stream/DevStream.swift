import BeckonModel

/// What `beckon dev` shows while it runs: a line for each thing that happens, as long as they are few, and about once a
/// second the counts.
///
/// On a terminal the counts stay in the last line; elsewhere they are lines like the others.
struct DevStream {
    /// Lines of happenings in one second of real time; what is beyond is summed up.
    static let linesMaxPerSecond = 20

    /// What the line of counts says beyond the tally.
    struct Counts: Equatable {
        var events: Int64
        var people: Int
        var nowMs: Milliseconds
        /// Virtual seconds a real one, over the last second.
        var speed: Int64
    }

    private let line: HappeningLine
    private let paint: Paint
    private let isTerminal: Bool
    private let write: (String) -> Void
    private(set) var tally = Tally()
    private var linesThisSecond = 0
    private var unshown: [Noun: Int] = [:]
    private var countsLine = ""

    init(paint: Paint, isTerminal: Bool, write: @escaping (String) -> Void) {
        self.paint = paint
        line = HappeningLine(paint: paint)
        self.isTerminal = isTerminal
        self.write = write
    }

    mutating func show(_ happening: Happening, nowMs: Milliseconds) {
        tally.add(happening)
        guard let text = line.text(happening, nowMs: nowMs) else { return }
        guard linesThisSecond < Self.linesMaxPerSecond else {
            unshown[Self.noun(happening), default: 0] += 1
            return
        }
        linesThisSecond += 1
        say(text)
    }

    /// Ends a second: what was not shown, then the counts.
    mutating func tick(_ counts: Counts) {
        if !unshown.isEmpty {
            let words = unshown.sorted { $0.key.one < $1.key.one }.map {
                CountText.text($0.value, $0.key.one, $0.key.many)
            }.joined(separator: ", ")
            say(paint(.dim, "                     and besides \(words)"))
        }
        unshown = [:]
        linesThisSecond = 0
        let text = self.text(counts)
        if isTerminal {
            write("\r\u{1B}[K" + text)
            countsLine = text
        } else {
            write(text + "\n")
        }
    }

    /// A line of its own, whole.
    mutating func say(_ text: String) {
        write(countsLine.isEmpty ? text + "\n" : "\r\u{1B}[K" + text + "\n" + countsLine)
    }

    /// Leaves the line of counts; nothing is written over any more.
    mutating func finish() {
        if !countsLine.isEmpty { write("\n") }
        countsLine = ""
    }

    private func text(_ counts: Counts) -> String {
        let parts = [
            "\(CountText.text(counts.events, "event")) of \(CountText.text(counts.people, "person", "people"))",
            CountText.text(tally.decisions, "decision"), CountText.text(tally.deliveries, "delivery", "deliveries"),
            "\(tally.suppressions) suppressed",
        ]
        let dead = tally.deadLetters > 0 ? ", " + paint(.red, CountText.text(tally.deadLetters, "dead letter")) : ""
        return paint(.dim, HappeningLine.time(counts.nowMs)) + "  " + paint(.dim, "counts   ") + " "
            + parts.joined(separator: ", ") + dead + paint(.dim, ", \(counts.speed) times as fast as life")
    }

    private static func noun(_ happening: Happening) -> Noun {
        switch happening {
        case .decision: Noun("decision")
        case .recall: Noun("recall")
        case .suppression: Noun("suppression")
        case .delivery: Noun("delivery", "deliveries")
        // What became of a decision is no noun: `3 converted`.
        case .outcome(let type, _, _, _, _): Noun(type, type)
        case .deadLetter: Noun("dead letter")
        case .dropped: Noun("gap")
        }
    }

    private struct Noun: Hashable {
        let one: String
        let many: String?

        init(_ one: String, _ many: String? = nil) {
            self.one = one
            self.many = many
        }
    }
}
