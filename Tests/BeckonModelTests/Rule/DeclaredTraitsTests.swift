import Testing

@testable import BeckonModel

@Suite struct `Declared traits` {
    private func found(_ condition: String, events: String = Self.events, when: String = "{ event: a }") -> [String] {
        let rule = "id: r\nwhen: \(when)\nif: '\(condition)'\nsend: { channels: [push] }\n"
        return problems("\(events)\n---\n\(rule)").map { String($0.drop { $0 != " " }.dropFirst()) }
    }

    static let events = """
        events:
          identify: { traits: { plan: string, seats: number, vip: boolean, address: object, tags: array, odd: any } }
        """

    @Test(arguments: [
        ("person.paln == \"pro\"", "`events` declares no trait `paln` of `identify`; did you mean `plan`?"),
        ("has(person.quite_other)", "`events` declares no trait `quite_other` of `identify`"),
        ("person.plan.name == \"pro\"", "the trait `plan` is declared as string, and has no members"),
        (
            "person.seats == \"5\"",
            "`==` compares a double with a text, which are never equal: write 5; `events` declares the trait `seats` as number"
        ),
        (
            "person.vip + 1.0 > 2.0",
            "`+` cannot take a boolean and a double; `events` declares the trait `vip` as boolean"
        ),
        (
            "person.plan",
            "a condition is true or false, and this is a text; `events` declares the trait `plan` as string"
        ),
        ("person.plan == \"pro\" && person.seats >= 5 && person.vip", ""), ("person.address.city == \"Bonn\"", ""),
        ("\"new\" in person.tags", ""), ("person.plan == null", ""), ("person.odd > 5 || person.odd.x == 1", ""),
        ("size(person) > 3", ""),
    ])
    func `find traits that are not there, and what a type cannot do`(condition: String, problem: String) {
        for when in ["{ event: a }", "{ inactive: { for: 7d } }", "{ event: identify }"] {
            #expect(found(condition, when: when) == (problem.isEmpty ? [] : [problem]))
        }
    }

    @Test func `also in data, where and conditions of folds, each at its place`() {
        let text = """
            folds: { logins: { count: { event: login, where: 'person.pla == "a"' } } }
            ---
            id: r
            when: { event: a, where: person.seast > 2 }
            data: { name: "person.nam" }
            send: { channels: [push] }
            """
        #expect(
            problems("\(Self.events)\n---\n\(text)").map { String($0.split(separator: ";")[0]) } == [
                "4:58: `events` declares no trait `pla` of `identify`",
                "7:33: `events` declares no trait `seast` of `identify`",
                "8:23: `events` declares no trait `nam` of `identify`",
            ])
    }

    @Test func `what is not declared is not judged`() {
        for events in ["events: { login: {} }", "events: { identify: {} }", "events: { identify: { properties: {} } }"]
        {
            #expect(found("person.anything == 5", events: events) == [])
        }
    }

    @Test func `traits of anything but identify are refused`() {
        let problem = "only `identify` brings traits of the person; declare `properties`"
        #expect(found("true", events: "events: { login: { traits: { plan: string } } }") == [problem])
        #expect(
            found("true", events: "events: { identify: { traits: 5 } }").first?.hasPrefix(
                "`traits` is a mapping of at most 1000") == true)
        #expect(
            found("true", events: "events: { identify: { traits: { plan: text } } }").first?
                .hasPrefix("the type of a trait is `string`") == true)
    }

    @Test func `declarations change nothing that a rule does`() {
        let rule = "id: r\nwhen: { event: a }\nif: person.plan == \"pro\"\nsend: { channels: [push] }\n"
        let versions = ["", Self.events + "\n---\n"].map { events in
            RuleSet.read([RuleSource(file: "r.yaml", text: Array((events + rule).utf8))]).ruleSet?.rules[0].version
        }
        #expect(versions[0] != nil && versions[0] == versions[1])
    }

    @Test func `another trait is another version`() {
        let versions = ["person.plan", "person.plna", "person.plan.x", "person", "properties.plan"].map { read in
            let rule = "id: r\nwhen: { event: a }\ndata: { v: \(read) }\nsend: { channels: [push] }\n"
            return RuleSet.read([RuleSource(file: "r.yaml", text: Array(rule.utf8))]).ruleSet?.rules[0].version.text
        }
        #expect(Set(versions).count == 5 && !versions.contains(nil))
    }
}
