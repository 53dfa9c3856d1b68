/// `when`.
extension RuleFileReader {
    /// nil after a report.
    mutating func trigger(_ node: YAMLNode) -> Trigger? {
        guard let fields = fields(node, of: .when) else { return nil }
        if fields.has("inactive") { return inactivity(fields) }
        guard fields.has("event") else {
            if fields.has("absent") {
                report("`absent` needs `event` beside it: what starts the wait", at: fields.place(of: "absent"))
            } else if fields.has("where") {
                report("`where` needs `event` beside it", at: fields.place(of: "where"))
            } else if !fields.hasUnknown {
                report("`when` names one trigger: event, event with absent, or inactive", at: node.position)
            }
            _ = fields["absent"].flatMap { self.absent($0) }
            return nil
        }
        let start = eventReference(fields, of: .when)
        guard let absentNode = fields["absent"] else { return start.map { .event($0) } }
        let absent = self.absent(absentNode)
        guard let start, let absent else { return nil }
        return .absence(start: start, absent: absent.event, withinMs: absent.withinMs, reset: absent.reset)
    }

    private mutating func absent(
        _ node: YAMLNode
    ) -> (event: EventReference, withinMs: Milliseconds, reset: AbsenceReset)? {
        guard let fields = fields(node, of: .absent) else { return nil }
        let event = fields.has("event") || !fields.hasUnknown ? eventReference(fields, of: .absent) : nil
        let withinMs = required("within", fields, of: .absent).flatMap { duration($0, what: "`within`") }
        let reset = fields["reset"].map { word($0, among: ["never", "onEach"], what: "`reset`") } ?? "never"
        guard let event, let withinMs, let reset else { return nil }
        return (event, withinMs, reset == "onEach" ? .onEach : .never)
    }

    private mutating func inactivity(_ fields: Fields) -> Trigger? {
        for other in ["event", "absent", "where"] where fields.has(other) {
            report("`inactive` stands alone: `when` has exactly one trigger", at: fields.place(of: other))
        }
        guard let node = fields["inactive"], let inner = self.fields(node, of: .inactive) else { return nil }
        let forMs = required("for", inner, of: .inactive).flatMap { duration($0, what: "`for`") }
        guard let eventsNode = inner["events"] else { return forMs.map { .inactivity(forMs: $0, events: nil) } }
        guard let events = eventReference(eventsNode, what: "`events`"), let forMs else { return nil }
        return .inactivity(forMs: forMs, events: events)
    }
}

extension Trigger {
    /// The events whose absence fires the rule.
    var absent: EventReference? {
        if case .absence(_, let absent, _, _) = self { return absent }
        return nil
    }

    /// What happened when the rule fires, in words.
    var reason: String {
        switch self {
        case .event(let event): return event.sentence(joinedBy: "or")
        case .absence(let start, let absent, let withinMs, _):
            let names = absent.sentence(joinedBy: "nor")
            let missing = names.contains(" nor ") ? "neither \(names)" : "no \(names)"
            return "\(start.sentence(joinedBy: "or")), then \(missing) within \(RuleDuration.text(of: withinMs))"
        case .inactivity(let forMs, let events):
            return "no \(events?.sentence(joinedBy: "or") ?? "event") for \(RuleDuration.text(of: forMs))"
        }
    }
}
