/// What holds for all rules of a set.
extension RuleFileReader {
    /// `policy.defaultZone` of a document of definitions; nil where there is none, or after a report.
    mutating func defaultZone(_ document: YAMLNode) -> (name: String, position: YAMLPosition)? {
        guard let node = document.entries?.first(where: { $0.key == "policy" })?.value,
            let fields = fields(node, of: .policy), let zone = fields["defaultZone"]
        else { return nil }
        return zoneName(zone, what: "`defaultZone`").map { ($0, zone.position) }
    }

    /// nil after a report.
    mutating func zoneName(_ node: YAMLNode, what: String) -> String? {
        if let text = node.scalar?.text, ZoneTable.standard.zone(named: text) != nil { return text }
        report(
            "\(what) is the name of a time zone, such as Europe/Berlin, not \(node.described)", at: node.position,
            nearest: node.scalar.flatMap { ZoneTable.standard.nearest(to: $0.text) })
        return nil
    }
}
