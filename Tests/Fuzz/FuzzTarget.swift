/// Something that reads what others have written, and must end in a value or in words, whatever it is given.
///
/// Each `run` asserts more than that nothing traps: what was read is written and read again, places lie inside the text,
/// bounds hold, twice is the same.
public enum FuzzTarget: String, CaseIterable, Sendable {
    /// One event's JSON, against the strict reader of JSON.
    case event
    /// What became of a decision, against the strict reader of JSON.
    case outcome
    /// Events, clock and checkpoints of one partition.
    case engine
    /// A file of rules and messages.
    case rules
    /// CEL, with the variables on the line before it.
    case expression
    /// Liquid, with the data on the line before it.
    case template
    /// A record of the journal.
    case journal
    /// A checkpoint file, its header and its people.
    case checkpoint
    /// What the sender reads: decisions, ledger, retries, marks.
    case sender

    /// - Parameter input: nobody keeps it beyond the call.
    public func run(_ input: UnsafeRawBufferPointer) {
        switch self {
        case .event: EventFuzz.shared.run(input)
        case .outcome: OutcomeFuzz.shared.run(input)
        case .engine: EngineFuzz.shared.run(input)
        case .rules: RulesFuzz.run(input)
        case .expression: ExpressionFuzz.shared.run(input)
        case .template: TemplateFuzz.shared.run(input)
        case .journal: JournalFuzz.run(input)
        case .checkpoint: CheckpointFuzz.run(input)
        case .sender: SenderFuzz.run(input)
        }
    }
}

/// Ends the process with words when something does not hold, also in a release build.
func expect(_ holds: Bool, _ what: @autoclosure () -> String) {
    if !holds { fatalError(what()) }
}

/// An input of two parts: the first line, and the rest. nil where there is one line only.
func twoParts(_ input: UnsafeRawBufferPointer) -> (line: UnsafeRawBufferPointer, rest: UnsafeRawBufferPointer)? {
    guard let end = input.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    return (
        UnsafeRawBufferPointer(rebasing: input[..<end]), UnsafeRawBufferPointer(rebasing: input[(end + 1)...])
    )
}
