/// `when`.
extension RuleFileReader {
    private static let lone = FieldSet.when.oneOf.filter { $0 != "event" }

    /// nil after a report.
    mutating func trigger(_ node: YAMLNode) -> Trigger? {
        guard let fields = fields(node, of: .when) else { return nil }
        if let kind = Self.lone.first(where: { fields.has($0) }) {
            checkAlone(kind, fields)
            switch kind {
            case "sequence": return sequence(fields)
            case "count": return count(fields)
            case "total": return total(fields)
            default: return inactivity(fields)
            }
        }
        for name in ["within", "not"] where fields.has(name) {
            report("`\(name)` in `when` goes with `sequence`", at: fields.place(of: name))
        }
        guard fields.has("event") else {
            if fields.has("absent") {
                report("`absent` needs `event` beside it: what starts the wait", at: fields.place(of: "absent"))
            } else if fields.has("where") {
                report("`where` needs `event` beside it", at: fields.place(of: "where"))
            } else if !fields.hasUnknown {
                let triggers = "event, event with absent, sequence, count, total or inactive"
                report("`when` names one trigger: \(triggers)", at: node.position)
            }
            _ = fields["absent"].flatMap { self.absent($0, start: nil) }
            return nil
        }
        let start = eventReference(fields, of: .when)
        guard let absentNode = fields["absent"] else { return start.map { .event($0) } }
        return absent(absentNode, start: start).map { .absence($0) }
    }

    private mutating func checkAlone(_ kind: String, _ fields: Fields) {
        for other in ["event", "absent", "where"] + Self.lone where other != kind && fields.has(other) {
            report("`\(kind)` stands alone: `when` has exactly one trigger", at: fields.place(of: other))
        }
        guard kind != "sequence" else { return }
        for other in ["within", "not"] where fields.has(other) {
            let place = kind == "count" ? "; put it inside `count`" : ""
            report("`\(other)` does not go with `\(kind)`\(place)", at: fields.place(of: other))
        }
    }

    /// `within` or `per`; nil where there is neither, and within that nil after a report.
    mutating func window(_ fields: Fields) -> Window?? {
        if let node = fields["within"] { return .some(duration(node, what: "`within`").map { .sliding($0) }) }
        guard let node = fields["per"] else { return nil }
        readsZones = true
        let periods = CalendarPeriod.allCases.map(\.rawValue)
        return .some(word(node, among: periods, what: "`per`").flatMap(CalendarPeriod.init).map { .calendar($0) })
    }

    /// - Parameter start: nil where it was reported.
    private mutating func absent(_ node: YAMLNode, start: EventReference?) -> EventAbsence? {
        guard let fields = fields(node, of: .absent) else { return nil }
        let absent = absentEvents(fields)
        let withinMs = required("within", fields, of: .absent).flatMap { duration($0, what: "`within`") }
        let reset = fields["reset"].map { word($0, among: ["never", "onEach"], what: "`reset`") } ?? "never"
        let since = fields["since"].map { eventReference($0, what: "`since`") }
        guard let start, let absent, let withinMs, let reset, since?.map({ _ in true }) != .some(nil) else {
            return nil
        }
        return EventAbsence(
            start: start, absent: absent, withinMs: withinMs, reset: reset == "onEach" ? .onEach : .never,
            since: since ?? nil)
    }

    private mutating func absentEvents(_ fields: Fields) -> [EventReference]? {
        guard let all = fields["all"] else {
            let event = fields.has("event") || !fields.hasUnknown ? eventReference(fields, of: .absent) : nil
            return event.map { [$0] }
        }
        for other in ["event", "where"] where fields.has(other) {
            report("`absent` has either `event` or `all`", at: fields.place(of: other))
        }
        return references(all, what: "`all`", atMost: EventAbsence.absentMax)
    }

    /// A list of two or more references; nil after a report.
    private mutating func references(_ node: YAMLNode, what: String, atMost limit: Int) -> [EventReference]? {
        guard let elements = node.elements, elements.count >= 2, elements.count <= limit else {
            report(
                "\(what) is a list of 2 to \(limit) events, not \(node.elements == nil ? node.described : "of \(node.elements!.count)")",
                at: node.position)
            return nil
        }
        let references = elements.map { eventReference($0, what: "an event of \(what)") }
        return references.contains { $0 == nil } ? nil : references.compactMap { $0 }
    }

    private mutating func inactivity(_ fields: Fields) -> Trigger? {
        guard let node = fields["inactive"], let inner = self.fields(node, of: .inactive) else { return nil }
        let forMs = required("for", inner, of: .inactive).flatMap { duration($0, what: "`for`") }
        guard let eventsNode = inner["events"] else { return forMs.map { .inactivity(forMs: $0, events: nil) } }
        guard let events = eventReference(eventsNode, what: "`events`"), let forMs else { return nil }
        return .inactivity(forMs: forMs, events: events)
    }
}

// MARK: What is counted

extension RuleFileReader {
    private mutating func sequence(_ fields: Fields) -> Trigger? {
        let stages = fields["sequence"].flatMap {
            references($0, what: "`sequence`", atMost: EventSequence.stagesMax)
        }
        var withinMs: Milliseconds?
        if let node = fields["within"] {
            withinMs = duration(node, what: "`within`")
        } else {
            report(
                "`sequence` needs `within` beside it: from the first event to the last",
                at: fields.place(of: "sequence"))
        }
        let not = fields["not"].map { eventReference($0, what: "`not`") }
        guard let stages, let withinMs, not?.map({ _ in true }) != .some(nil) else { return nil }
        return .sequence(EventSequence(stages: stages, withinMs: withinMs, not: not ?? nil))
    }

    private mutating func count(_ fields: Fields) -> Trigger? {
        guard let node = fields["count"], let inner = self.fields(node, of: .count) else { return nil }
        let event = eventReference(inner, of: .count)
        let distinct = inner["distinct"].map { distinctKind($0) }
        let atLeast = required("atLeast", inner, of: .count).flatMap { number($0) }
        let window = self.window(inner)
        if inner.has("within"), inner.has("per") {
            report("`count` has either `within` or `per`", at: inner.place(of: "per"))
        } else if window == nil, !inner.hasUnknown {
            report(
                "`count` needs `within`, how far back it looks, or `per`: day, week or month", at: inner.position)
        }
        let not = inner["not"].map { eventReference($0, what: "`not`") }
        if let node = inner["distinct"], case .values(let path)?? = distinct {
            check(.distinct(path), of: event, in: node)
        }
        guard let event, let atLeast, let window = window ?? nil, distinct?.map({ _ in true }) != .some(nil),
            not?.map({ _ in true }) != .some(nil)
        else { return nil }
        return .count(
            EventCount(
                event: event, distinct: distinct ?? nil, atLeast: atLeast, window: window, not: not ?? nil))
    }

    private mutating func distinctKind(_ node: YAMLNode) -> EventCount.Distinct? {
        if node.scalar?.text == "session" { return .session }
        return propertyPath(node, what: "`distinct`, unless it is session,").map { .values($0) }
    }

    private mutating func number(_ node: YAMLNode) -> Int? {
        if case .int(let number)? = node.scalar?.value, number >= 1, number <= EventCount.numberMax {
            return Int(number)
        }
        report(
            "`atLeast` is a whole number from 1 to \(EventCount.numberMax), not \(node.described)", at: node.position)
        return nil
    }

    private mutating func total(_ fields: Fields) -> Trigger? {
        guard let node = fields["total"], let inner = self.fields(node, of: .total) else { return nil }
        let path = required("sum", inner, of: .total).flatMap { propertyPath($0, what: "`sum`") }
        let of = required("of", inner, of: .total).flatMap { eventReference($0, what: "`of`") }
        let reaches = required("reaches", inner, of: .total).flatMap { amount($0) }
        let since = inner["since"].map { eventReference($0, what: "`since`") }
        if let path, let node = inner["sum"] { check(.sum(path), of: of, in: node) }
        guard let path, let of, let reaches, since?.map({ _ in true }) != .some(nil) else { return nil }
        return .total(EventTotal(path: path, of: of, reaches: reaches, since: since ?? nil))
    }

    private mutating func amount(_ node: YAMLNode) -> Int64? {
        let millionths = node.scalar.flatMap { scalar in
            Array(scalar.text.utf8).withUnsafeBytes { bytes in
                bytes.baseAddress.flatMap { Decimal.parse(Bytes(start: $0, count: bytes.count)) }
            }
        }
        guard let millionths, millionths > 0 else {
            report("`reaches` is a number above 0, such as 500 or 99.95, not \(node.described)", at: node.position)
            return nil
        }
        return millionths
    }
}
