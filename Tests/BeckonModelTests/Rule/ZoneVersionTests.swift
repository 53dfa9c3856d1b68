import Testing

@testable import BeckonModel

@Suite struct `Time zones in the hash of a rule set` {
    private func ruleSet(_ condition: String) throws -> RuleSet {
        let text = """
            id: lunch
            when: { event: page_viewed, where: '\(condition)' }
            send: { channels: [push], template: lunch }
            """
        let reading = RuleSet.read([RuleSource(file: "lunch.yaml", text: Array(text.utf8))])
        #expect(reading.diagnostics.map(\.description) == [])
        return try #require(reading.ruleSet)
    }

    @Test(arguments: ["now.getHours(\"Europe/Berlin\") == 12", "now.getHours(properties.zone) == 12"])
    func `count where rules ask for them`(condition: String) throws {
        let rules = try ruleSet(condition)
        #expect(rules.hash == CanonicalEncoding.hash(of: rules.sources, zones: ZoneTable.standard.version))
        #expect(rules.hash != CanonicalEncoding.hash(of: rules.sources, zones: "1999a"))
    }

    @Test(arguments: ["now.getHours() == 12", "properties.path.matches(\"^/menu\")"])
    func `do not count otherwise`(condition: String) throws {
        let rules = try ruleSet(condition)
        #expect(rules.hash == CanonicalEncoding.hash(of: rules.sources, zones: nil))
    }
}
