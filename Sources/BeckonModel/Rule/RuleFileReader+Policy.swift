/// What holds for all rules of a set.
extension RuleFileReader {
    /// `policy.defaultZone` of a document of definitions; nil where there is none, or after a report.
    mutating func defaultZone(_ document: YAMLNode) -> (name: String, position: YAMLPosition)? {
        guard let node = document.entries?.first(where: { $0.key == "policy" })?.value,
            let fields = fields(node, of: .policy), let zone = fields["defaultZone"]
        else { return nil }
        guard let text = zone.scalar?.text, ZoneTable.standard.zone(named: text) != nil else {
            report(
                "`defaultZone` is the name of a time zone, such as Europe/Berlin, not \(zone.described)",
                at: zone.position, nearest: zone.scalar.flatMap { ZoneTable.standard.nearest(to: $0.text) })
            return nil
        }
        return (text, zone.position)
    }
}
