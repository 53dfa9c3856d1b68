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

    private static func text(_ trigger: String, _ fold: String) -> String {
        """
        id: lunch
        when: { count: { event: page_viewed, atLeast: 3, \(trigger) } }
        if: views > 0
        send: { channels: [push], template: lunch }
        ---
        folds: { views: { count: page_viewed, \(fold) } }

        """
    }

    @Test(arguments: [text("per: day", "within: 1d"), text("within: 1d", "per: day")])
    func `count where something goes by the calendar`(text: String) throws {
        let reading = RuleSet.read([RuleSource(file: "lunch.yaml", text: Array(text.utf8))])
        let rules = try #require(reading.ruleSet)
        #expect(rules.hash == CanonicalEncoding.hash(of: rules.sources, zones: ZoneTable.standard.version))
    }

    /// What has been counted goes on.
    @Test func `the default zone is part of the version of what goes by the calendar, not of what it counts`() throws {
        let policy = "---\npolicy: { defaultZone: Asia/Tokyo }\n"
        for text in [Self.text("per: day", "within: 1d"), Self.text("within: 1d", "per: day")] {
            let (here, there) = (try rule(text), try rule(text + policy))
            #expect(here.version != there.version && here.triggerVersion == there.triggerVersion)
        }
        #expect(try rule(ruleText()).version == rule(ruleText() + policy).version)
    }

    @Test(arguments: ["now.getHours() == 12", "properties.path.matches(\"^/menu\")"])
    func `do not count otherwise`(condition: String) throws {
        let rules = try ruleSet(condition)
        #expect(rules.hash == CanonicalEncoding.hash(of: rules.sources, zones: nil))
    }
}
