import BeckonModel
import BeckonTemplate
import Testing

@Suite struct `Messages` {
    private static let messages = """
        messages:
          cart:
            email:
              subject: |
                {{ items.size }} things
                left
              html: "<b>{{ name }}</b>{% render 'foot', rule: decision.rule %}"
              text: "{{ name }} at {{ decision.dueAt | date: '%H:%M' }}"
            push: { title: "Hi {{ name }}", body: "{{ items | map: 'n' | join: ', ' }}" }
          stock:
            sms:
              text: '{% if left == 0 %}{% abort_message("sold out") %}{% endif %}{{ 10 | divided_by: left }} left'
        snippets:
          foot: "<i>{{ rule }}</i>"
        """

    private func set(_ text: String, file: String = "m.yaml") -> (set: MessageSet, diagnostics: [String]) {
        let reading = RuleSet.read([RuleSource(file: file, text: Array(text.utf8))])
        let (set, diagnostics) = MessageSet.read(reading)
        let all = reading.diagnostics + diagnostics + set.diagnostics(for: reading.messageUses)
        return (set, all.sorted().map(\.description))
    }

    private func decision(_ data: String) throws -> JSONValue {
        let record = #"{"id":"d1","rule":"r<1>","dueAt":"2026-07-05T09:00:00.000Z","data":\#(data)}"#
        return try #require(JSONValue.read(record.utf8))
    }

    @Test func `are rendered by channel, with the data and the decision`() throws {
        let (set, diagnostics) = set(Self.messages)
        #expect(diagnostics == [])
        #expect(set.names == ["cart", "stock"])
        #expect(set.channels(of: "cart") == ["email", "push"])
        let decision = try decision(#"{"name":"A&B","items":[{"n":"x"},{"n":"y"}],"timezone":"Europe/Berlin"}"#)
        let email = try set.render(part: "email", of: "cart", decision: decision, nowMs: 0).get()
        #expect(email.fields.map(\.name) == ["subject", "html", "text"])
        // A subject is one line, whatever the data hold; only HTML is escaped; dates are in the person's zone.
        #expect(email["subject"] == "2 things left")
        #expect(email["html"] == "<b>A&amp;B</b><i>r&lt;1&gt;</i>")
        #expect(email["text"] == "A&B at 11:00")
        #expect(email["body"] == nil)
        let push = try set.render(part: "push", of: "cart", decision: decision, nowMs: 0).get()
        #expect(push["body"] == "x, y")
    }

    @Test func `show dates in the policy's zone where the person's is not known`() throws {
        let (set, diagnostics) = set(Self.messages + "\n---\npolicy: { defaultZone: Asia/Tokyo }")
        #expect(diagnostics == [])
        let unknown = try set.render(part: "email", of: "cart", decision: decision("{}"), nowMs: 0).get()
        #expect(unknown["text"] == " at 18:00")
        let known = try decision(#"{"timezone":"Europe/Berlin"}"#)
        #expect(try set.render(part: "email", of: "cart", decision: known, nowMs: 0).get()["text"] == " at 11:00")
    }

    @Test func `let no line break into one line`() throws {
        let (set, _) = set(Self.messages)
        let decision = try decision(#"{"name":"x\r\nBcc: y\u2028z\u0000\u0085\n","items":[]}"#)
        #expect(
            try set.render(part: "push", of: "cart", decision: decision, nowMs: 0).get()["title"] == "Hi x Bcc: y z")
    }

    @Test func `say why there is nothing to send`() throws {
        let (set, _) = set(Self.messages)
        func failure(_ part: String, _ name: String, _ data: String) throws -> String {
            guard case .failure(let failure) = set.render(part: part, of: name, decision: try decision(data), nowMs: 0)
            else { return "" }
            return failure.description
        }
        #expect(try failure("sms", "stock", #"{"left":0}"#) == "the message ends itself: sold out")
        #expect(try failure("sms", "cart", "{}") == "the message `cart` has no part `sms`")
        #expect(try failure("sms", "stok", "{}") == "there is no message `stok`; did you mean `stock`?")
        #expect(try failure("sms", "stock", #"{"left":"x"}"#) == "m.yaml:12:82: divided by 0")
    }

    @Test func `have every error with its place`() {
        let text = """
            messages:
              a:
                email: { subject: "{{ x | upcas }}", text: "y {{ z | }}" }
                sms: { text: [] }
                fax: {}
              b:
                email: { html: x }
                push: { title: x, body: "{% render 'futer' %}" }
                webhook: { body: "{% if %}", url: x }
              "c d": { sms: { text: x } }
              e: {}
              f: x
              g: { email: { subject: x } }
              h:
                email:
                  subject: x
                  html: |
                    <p>
                      {{ é }}
            snippets:
              footer: "{{ 1 | append }}"
              empty: ""
            """
        #expect(
            set(text).diagnostics == [
                "m.yaml:3:31: there is no filter `upcas`; did you mean `upcase`?",
                "m.yaml:3:58: the name of a filter is expected here, not the end of the tag",
                "m.yaml:4:18: `text` is a text, not a list",
                "m.yaml:5:5: a message has no field `fax`; it has `email`, `push`, `sms` and `webhook`",
                "m.yaml:7:12: the part `email` needs `subject`",
                "m.yaml:8:33: there is no snippet `futer`; did you mean `footer`?",
                "m.yaml:9:26: `if` has no `endif`",
                "m.yaml:9:29: a value is expected here, not the end of the tag",
                "m.yaml:9:34: the part `webhook` has no field `url`; it has `body`",
                "m.yaml:10:3: a message is called by at most 64 letters, digits, - _ and dots, not `c d`",
                "m.yaml:11:6: a message has a part for at least one channel, such as email",
                "m.yaml:12:6: a message is a mapping with `email`, `push`, `sms` and `webhook`, not `x`",
                "m.yaml:13:15: the part `email` needs `text`, `html` or both",
                "m.yaml:19:14: `é` means nothing here",
                "m.yaml:21:19: `append` takes 1 argument, not 0",
                "m.yaml:22:10: a snippet is a text, not nothing",
            ])
    }

    @Test func `are compared with the rules that send them`() {
        let text = """
            id: r
            when: { event: x }
            data: { price: properties.price, items: properties.items }
            send: { channels: [push, sms, email, webhook, log], template: offer }
            ---
            id: s
            when: { event: x }
            send: { channels: [email], template: ofer }
            ---
            messages:
              offer:
                push: { title: "{{ prise }}", body: "{{ price }} {{ decision.rul }}" }
                email: { subject: x, text: "{% render 'f', a: 1 %}{{ decision.key.cart }}" }
            snippets: { f: "{{ a }}{{ b }}" }
            """
        #expect(
            set(text).diagnostics == [
                "m.yaml:4:63: the message `offer` has no part `sms`, which this rule sends by",
                "m.yaml:8:38: there is no message `ofer`; did you mean `offer`?",
                "m.yaml:12:24: there is no variable `prise` in `data` of the rule `r`; did you mean `price`?",
                "m.yaml:12:57: `decision` has no `rul` in `data` of the rule `r`; did you mean `rule`?",
                "m.yaml:13:36: in the snippet `f` on line 1, there is no variable `b`: `render` passes none; did you "
                    + "mean `a`?",
            ])
    }

    @Test func `are warned of where nothing gives their emails an address`() {
        func warnings(_ rule: String, _ email: String = "subject: x, text: y") -> [String] {
            let text =
                "id: r\nwhen: { event: x }\n\(rule)\n---\nmessages: { m: { email: { \(email) }, push: { title: x, body: y } } }"
            let reading = RuleSet.read([RuleSource(file: "m.yaml", text: Array(text.utf8))])
            let (set, diagnostics) = MessageSet.read(reading)
            #expect((reading.diagnostics + diagnostics + set.diagnostics(for: reading.messageUses)).isEmpty, "\(text)")
            return set.warnings(for: reading.messageUses).map(\.description)
        }
        let send = "send: { channels: [push, email], template: m }"
        #expect(
            warnings("data: { mail: person.email }\n" + send) == [
                "m.yaml:4:44: warning: the emails of the rule `r` have no address: put `email: person.email` into its "
                    + "`data`, or `to` into the part `email` of the message `m`; without either only a webhook that knows "
                    + "its people can deliver them"
            ])
        #expect(warnings(send).count == 1)
        #expect(warnings("data: { email: person.email }\n" + send) == [])
        #expect(warnings(send, "to: shop@shop.example, subject: x, text: y") == [])
        #expect(warnings("data: { mail: person.mail }\n" + send, "to: '{{ mail }}', subject: x, text: y") == [])
        #expect(warnings("send: { channels: [push], template: m }") == [])
    }

    @Test func `are not looked for where a set has none`() {
        #expect(set("id: s\nwhen: { event: x }\nsend: { channels: [email], template: any }").diagnostics == [])
    }

    @Test func `by the same name are one too many`() {
        let sources = ["a.yaml", "b.yaml"].map {
            RuleSource(file: $0, text: Array("messages: { m: { sms: { text: x } } }\nsnippets: { s: x }".utf8))
        }
        #expect(
            RuleSet.read(sources).diagnostics.map(\.description) == [
                "b.yaml:1:13: a message `m` is already at a.yaml:1",
                "b.yaml:2:13: a snippet `s` is already at a.yaml:2",
            ])
    }

    @Test func `change no rule`() throws {
        let rule = RuleSource(
            file: "r.yaml", text: Array("id: s\nwhen: { event: x }\nsend: { channels: [email], template: m }".utf8))
        func hash(_ sources: [RuleSource]) -> ContentHash? { RuleSet.read(sources).ruleSet?.hash }
        func file(_ text: String) -> RuleSource { RuleSource(file: "m.yaml", text: Array(text.utf8)) }
        let alone = try #require(hash([rule]))
        #expect(hash([rule, file("messages: { m: { sms: { text: x } } }")]) == alone)
        #expect(hash([rule, file("snippets: { m: x }\n---\nmessages: {}")]) == alone)
        // A file with something else in it counts as a whole.
        #expect(hash([rule, file("messages: { m: { sms: { text: x } } }\n---\nfolds: { n: { count: x } }")]) != alone)
    }
}
