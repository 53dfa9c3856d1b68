/// Bytes that are the same exactly when a rule means the same: for versions.
///
/// Not a storage format. Every part begins with a number for its kind, every text with its length.
struct CanonicalEncoding {
    /// Raised when the same words come to mean something else.
    private static let language: UInt64 = 1

    private var bytes: [UInt8] = []

    /// Of file names and texts.
    ///
    /// - Parameter zones: the version of the zone table, where the rules ask for time zones: with another one they mean
    ///   something else.
    static func hash(of sources: [RuleSource], zones: String?) -> ContentHash {
        var encoding = CanonicalEncoding()
        encoding.append(language)
        encoding.append(UInt64(sources.count))
        for source in sources {
            encoding.append(source.file)
            encoding.append(source.text)
        }
        if let zones { encoding.append(zones) }
        return encoding.hash
    }

    private var hash: ContentHash { ContentHash(of: bytes) }

    mutating func append(_ number: UInt64) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ number: Int64) { append(UInt64(bitPattern: number)) }

    mutating func append(_ text: some Collection<UInt8>) {
        append(UInt64(text.count))
        bytes.append(contentsOf: text)
    }

    mutating func append(_ text: String) { append(text.utf8) }

    mutating func append(tag: UInt8) { bytes.append(tag) }

    mutating func append<Part>(optional part: Part?, _ body: (inout CanonicalEncoding, Part) -> Void) {
        append(tag: part == nil ? 0 : 1)
        if let part { body(&self, part) }
    }

    mutating func append<Part>(list parts: [Part], _ body: (inout CanonicalEncoding, Part) -> Void) {
        append(UInt64(parts.count))
        for part in parts { body(&self, part) }
    }
}

// MARK: Rules and folds

extension CanonicalEncoding {
    /// Of a fold's definition without its name.
    static func hash(
        of kind: FoldKind, _ events: EventReference?, window: Window?, since: EventReference?,
        remove: EventReference?
    ) -> ContentHash {
        var encoding = CanonicalEncoding()
        encoding.append(language)
        encoding.append(kind)
        encoding.append(optional: events) { $0.append($1) }
        encoding.append(optional: window) { $0.append($1) }
        encoding.append(optional: since) { $0.append($1) }
        if case .items = kind { encoding.append(optional: remove) { $0.append($1) } }
        return encoding.hash
    }

    /// Of what a rule counts, by which its state is known: it outlives a change of anything else that the rule says.
    static func hash(ofTriggerOf rule: Rule) -> ContentHash {
        var encoding = CanonicalEncoding()
        encoding.append(language)
        encoding.append(rule.id)
        encoding.append(list: rule.key) { $0.append($1) }
        encoding.append(rule.trigger)
        return encoding.hash
    }

    static func hash(of reference: EventReference, in rule: Rule) -> ContentHash {
        var encoding = CanonicalEncoding()
        encoding.append(language)
        encoding.append(rule.id)
        encoding.append(list: rule.key) { $0.append($1) }
        encoding.append(reference)
        return encoding.hash
    }

    /// Of everything that the rule says, and of the folds it reads, in the order of their names.
    static func hash(of rule: Rule, reading folds: [Fold], defaultZone: String) -> ContentHash {
        var encoding = CanonicalEncoding()
        encoding.append(language)
        encoding.append(rule.id)
        encoding.append(list: rule.key) { $0.append($1) }
        encoding.append(rule.trigger)
        encoding.append(optional: rule.condition) { $0.append($1.root) }
        encoding.append(list: rule.data) { encoding, field in
            encoding.append(field.name)
            encoding.append(field.expression.root)
        }
        encoding.append(list: rule.collect) { $0.append(named: $1) }
        encoding.append(optional: rule.exit) { $0.append($1) }
        encoding.append(optional: rule.goal) { encoding, goal in
            encoding.append(goal.event)
            encoding.append(goal.withinMs)
        }
        encoding.append(rule.reentry)
        encoding.append(rule.expiresMs)
        encoding.append(rule.late.waitMs)
        encoding.append(rule.late.allowMs)
        encoding.append(optional: rule.latenessMaxMs) { $0.append($1) }
        encoding.append(rule.messageClass.rawValue)
        encoding.append(list: rule.channels) { $0.append($1) }
        encoding.append(optional: rule.content) { $0.append($1) }
        encoding.append(list: folds) { $0.append(named: $1) }
        if rule.readsZones || folds.contains(where: { $0.window?.isCalendar ?? false }) {
            // With another table, or elsewhere, the same words may mean another day. What has been counted goes on.
            encoding.append(ZoneTable.standard.version)
            encoding.append(defaultZone)
        }
        return encoding.hash
    }

    private mutating func append(named fold: Fold) {
        append(fold.name)
        append(fold.version.high)
        append(fold.version.low)
    }

    private mutating func append(_ kind: FoldKind) {
        switch kind {
        case .count: append(tag: 1)
        case .sum(let path):
            append(tag: 2)
            append(path)
        case .last(let path):
            append(tag: 3)
            append(path)
        case .first(let path):
            append(tag: 4)
            append(path)
        case .min(let path):
            append(tag: 5)
            append(path)
        case .max(let path):
            append(tag: 6)
            append(path)
        case .avg(let path):
            append(tag: 7)
            append(path)
        case .distinct(let path):
            append(tag: 8)
            append(path)
        case .items(let items):
            append(tag: 9)
            append(optional: items.key) { $0.append($1) }
            append(items.by)
            append(list: items.keep) { $0.append($1) }
            append(Int64(items.max))
            append(list: items.factors) { $0.append($1) }
        case .trait(let path):
            append(tag: 10)
            append(path)
        }
    }

    private mutating func append(_ trigger: Trigger) {
        switch trigger {
        case .event(let event):
            append(tag: 1)
            append(event)
        case .absence(let absence): append(absence)
        case .inactivity(let forMs, let events):
            append(tag: 3)
            append(forMs)
            append(optional: events) { $0.append($1) }
        case .sequence(let sequence):
            append(tag: 5)
            append(list: sequence.stages) { $0.append($1) }
            append(sequence.withinMs)
            append(optional: sequence.not) { $0.append($1) }
        case .count(let count):
            append(tag: 6)
            append(count.event)
            append(optional: count.distinct) { $0.append($1) }
            append(Int64(count.atLeast))
            append(count.window)
            append(optional: count.not) { $0.append($1) }
        case .total(let total):
            append(tag: 7)
            append(total.path)
            append(total.of)
            append(total.reaches)
            append(optional: total.since) { $0.append($1) }
        }
    }

    /// The plainest kind keeps the bytes it had before there were others.
    private mutating func append(_ absence: EventAbsence) {
        let isPlain = !absence.needsAll && absence.since == nil
        append(tag: isPlain ? 2 : 4)
        append(absence.start)
        if isPlain { append(absence.absent[0]) } else { append(list: absence.absent) { $0.append($1) } }
        append(absence.withinMs)
        append(tag: absence.reset == .onEach ? 1 : 0)
        if !isPlain { append(optional: absence.since) { $0.append($1) } }
    }

    private mutating func append(_ distinct: EventCount.Distinct) {
        switch distinct {
        case .session: append(tag: 1)
        case .values(let path):
            append(tag: 2)
            append(path)
        }
    }

    private mutating func append(_ reference: EventReference) {
        append(list: reference.alternatives) { encoding, match in
            encoding.append(match.name)
            encoding.append(optional: match.condition) { $0.append($1.root) }
        }
    }

    /// A sliding one keeps the bytes it had before there were others: its length, which is above 0.
    private mutating func append(_ window: Window) {
        switch window {
        case .sliding(let length): append(length)
        case .calendar(.day): append(Int64(-1))
        case .calendar(.week): append(Int64(-2))
        case .calendar(.month): append(Int64(-3))
        }
    }

    private mutating func append(_ reentry: Reentry) {
        switch reentry {
        case .always: append(tag: 1)
        case .once: append(tag: 2)
        case .after(let milliseconds):
            append(tag: 3)
            append(milliseconds)
        }
    }

    private mutating func append(_ content: MessageContent) {
        switch content {
        case .template(let name):
            append(tag: 1)
            append(name)
        case .inline(let json):
            append(tag: 2)
            append(json)
        }
    }

    mutating func append(_ path: PropertyPath) {
        switch path.root {
        case .properties: append(tag: 1)
        case .context: append(tag: 2)
        case .traits: append(tag: 3)
        }
        append(list: path.names) { $0.append($1) }
    }
}
