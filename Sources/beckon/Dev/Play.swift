import BeckonModel

/// What plays: the shop, or files. And from when to when.
struct Play: EventSource {
    /// Monday, 2024-01-01T09:00:00Z: long ago enough that events sent with today's time are "now" for the worker.
    static let shopOpensMs: Milliseconds = 1_704_099_600_000

    // One of the two is there; optionals, because they are mutated in place.
    private var shop: Shop?
    private var files: EventFiles?
    /// Where the clock starts.
    let startMs: Milliseconds
    /// From here on the ceiling counts; before, people only get ready.
    let openMs: Milliseconds
    /// Where the clock stops for good.
    let endMs: Milliseconds

    init(_ options: DevOptions) throws(UserError) {
        guard !options.files.isEmpty else {
            shop = Shop(seed: options.seed, openMs: Self.shopOpensMs)
            startMs = Shop.firstMs(openMs: Self.shopOpensMs)
            openMs = Self.shopOpensMs
            endMs = .max
            return
        }
        let files = try EventFiles(paths: options.files, format: options.format)
        self.files = files
        startMs = files.firstTimeMs
        openMs = files.firstTimeMs
        endMs = files.lastTimeMs + options.drainMs
    }

    /// Files may hold events of today, and the drain goes beyond.
    var mayPassRealTime: Bool { files != nil }

    var nextTimeMs: Milliseconds? { shop?.nextTimeMs ?? files?.nextTimeMs }

    mutating func next() -> PlayedEvent? { shop?.next() ?? files?.next() }

    var badLineCount: Int { files?.badLineCount ?? 0 }

    /// In words, a few lines.
    var description: [String] {
        if let shop { return ["a shop of \(shop.peopleCount) people, open since \(HappeningLine.time(openMs))"] }
        guard let files else { return [] }
        let from = HappeningLine.time(files.firstTimeMs)
        var lines = [
            "\(CountText.text(files.eventCount, "event")) from \(from) to \(HappeningLine.time(files.lastTimeMs))"
        ]
        if files.badLineCount > 0 {
            lines.append(
                CountText.text(
                    files.badLineCount, "line is no event and is left out:", "lines are no events and are left out:"))
            lines += files.badLines.map { "  \($0)" }
            if files.badLineCount > files.badLines.count { lines.append("  …") }
        }
        return lines
    }
}
