import Testing

@testable import BeckonModel

@Suite struct `Reading rules` {
    static let examples = """
        folds:
          orders: { count: order_completed }
          spent: { sum: properties.total, of: order_completed, within: 365d }
          city: { last: event.context.city, of: { event: [login, page_viewed], where: 'properties.ok == true' }, since: signed_up }
        ---
        id: cart-abandonment
        key: [user, properties.cart_id]
        when:
          event: add_to_cart
          absent: { event: [checkout_initiated, order_completed], within: 15m, reset: onEach }
        collect: { value: sum(properties.value), product: last(properties.product_id), n: count() }
        if: instance.value > 50.0 && orders >= 3
        data: { value: instance.value, product: instance.product, spent: spent }
        goal: { event: purchase, within: 72h }
        reentry: { after: 24h }
        expires: 6h
        late: { wait: 10s }
        send: { channels: [push, email], template: cart-reminder }
        ---
        id: inactive-7d
        when: { inactive: { for: 7d } }
        send: { channels: [push, email], template: come-back }
        ---
        id: survey
        when: { event: [order_completed, support_resolved] }
        class: ui
        expires: 2m
        send: { channels: [in-app], message: { kind: survey, id: helpful, ask: "Was this experience helpful?", answers: ["yes", "no"] } }
        ---
        id: survey-why
        when: { event: survey_answered, where: 'properties.survey == "helpful" && properties.answer == "no"' }
        class: ui
        send: { channels: [in-app], message: { kind: survey, id: why, ask: "What went wrong?", answers: text } }
        ---
        id: trial-no-integration
        when: { event: trial_completed, absent: { event: [slack_connected, crm_connected], within: 48h } }
        maxLateness: none
        send: { channels: [email], template: onboarding-help }
        ---
        id: tutorial-nudge
        when: { event: tutorial_step_completed, where: 'properties.step == 3' }
        class: ui
        expires: 10s
        send: { channels: [in-app], message: { kind: tooltip, anchor: "#share", step: 3, wide: no, dim: true, at: null } }

        """

    func example(_ id: String) throws -> Rule {
        let reading = read(Self.examples)
        #expect(reading.diagnostics.map(\.description) == [])
        return try #require(reading.ruleSet?.rules.first { $0.id == id })
    }

    @Test func `puts rules and folds in the order of their bytes`() throws {
        let ruleSet = try #require(read(Self.examples).ruleSet)
        #expect(
            ruleSet.rules.map(\.id) == [
                "cart-abandonment", "inactive-7d", "survey", "survey-why", "trial-no-integration", "tutorial-nudge",
            ])
        #expect(ruleSet.folds.map(\.name) == ["city", "orders", "spent"])
    }

    @Test func `reads every field of the cart rule`() throws {
        let rule = try example("cart-abandonment")
        #expect(rule.key == [PropertyPath(root: .properties, names: ["cart_id"])])
        guard case .absence(let absence) = rule.trigger else {
            Issue.record("not an absence")
            return
        }
        #expect(absence.start.alternatives.map(\.name) == ["add_to_cart"])
        #expect(absence.absent[0].alternatives.map(\.name) == ["checkout_initiated", "order_completed"])
        #expect(absence.withinMs == 900_000)
        #expect(absence.reset == .onEach)
        #expect(rule.collect.map(\.name) == ["value", "product", "n"])
        #expect(rule.collect.map(\.kind).last == .count)
        #expect(rule.condition?.variables == [.instance("value"), .fold("orders")])
        #expect(rule.data.map(\.name) == ["value", "product", "spent"])
        #expect(rule.goal?.event.alternatives.map(\.name) == ["order_completed"])
        #expect(rule.goal?.withinMs == 259_200_000)
        #expect(rule.exit?.alternatives.map(\.name) == ["checkout_initiated", "order_completed"])
        #expect(rule.reentry == .after(24 * 3_600_000))
        #expect(rule.expiresMs == 6 * 3_600_000)
        #expect(rule.late == LatePolicy(waitMs: 10_000, allowMs: 600_000))
        #expect(rule.latenessMaxMs == 3_600_000)
        #expect(rule.channels == ["push", "email"])
    }

    @Test func `gives the defaults of the language`() throws {
        let rule = try rule("id: r\nwhen: { event: login }\nsend: { channels: [email] }")
        #expect(rule.expiresMs == 86_400_000)
        #expect(rule.late == LatePolicy(waitMs: 0, allowMs: 600_000))
        #expect(rule.latenessMaxMs == 3_600_000)
        #expect(rule.messageClass == .marketing)
        #expect(rule.reentry == .always)
        #expect(rule.exit == nil && rule.goal == nil && rule.content == nil)
        #expect(try example("trial-no-integration").latenessMaxMs == nil)
    }

    @Test func `reads folds`() throws {
        let folds = try #require(read(Self.examples).ruleSet?.folds)
        #expect(folds[0].kind == .last(PropertyPath(root: .context, names: ["city"])))
        #expect(folds[0].of?.alternatives.count == 2)
        #expect(folds[0].of?.alternatives.allSatisfy { $0.condition != nil } == true)
        #expect(folds[0].since?.alternatives.map(\.name) == ["signed_up"])
        #expect(folds[1].kind == .count)
        #expect(folds[2].window == .sliding(31_536_000_000))
    }

    @Test(arguments: [
        ("cart-abandonment", "add_to_cart, then neither checkout_initiated nor order_completed within 15m"),
        ("inactive-7d", "no event for 7d"),
        ("survey", "order_completed or support_resolved"),
        ("trial-no-integration", "trial_completed, then neither slack_connected nor crm_connected within 48h"),
    ])
    func `says why a rule fires`(id: String, reason: String) throws {
        #expect(try example(id).reason == reason)
    }

    @Test func `writes a message as JSON, words as YAML 1·2 reads them`() throws {
        guard case .inline(let json)? = try example("tutorial-nudge").content else {
            Issue.record("no message")
            return
        }
        #expect(
            String(decoding: json, as: UTF8.self)
                == ##"{"kind":"tooltip","anchor":"#share","step":3,"wide":"no","dim":true,"at":null}"##)
    }

    @Test func `takes any alias for a name`() throws {
        let rule = try rule(
            ruleText(
                when:
                    #"{ event: [purchase, Order Completed, order_completed], absent: { event: Signed In, within: 1h } }"#
            ))
        guard case .absence(let absence) = rule.trigger else {
            Issue.record("not an absence")
            return
        }
        #expect(absence.start.alternatives.map(\.name) == ["order_completed"])
        #expect(absence.absent[0].alternatives.map(\.name) == ["login"])
        #expect(rule.reason == "order_completed, then no login within 1h")
    }

    @Test func `keeps each default exit under its own condition`() throws {
        let rule = try rule(
            ruleText(
                when: "{ event: a, absent: { event: b, where: properties.x == 1, within: 1h } }",
                "goal: { event: [b, c], within: 1h }"))
        let exits = try #require(rule.exit?.alternatives)
        #expect(exits.map(\.name) == ["b", "b", "c"])
        #expect(exits.map { $0.condition?.text } == ["properties.x == 1", nil, nil])
    }

    @Test func `reads anchors, several files and empty documents`() {
        let reading = RuleSet.read([
            RuleSource(
                file: "b.yaml",
                text: Array(
                    "---\n# nothing\n---\nid: b\nwhen: { event: x }\nsend: &s { channels: [email] }\n---\n".utf8)),
            RuleSource(
                file: "a.yaml",
                text: Array(
                    "\u{FEFF}id: a\nwhen: { event: &e x, absent: { event: *e, within: 1s } }\nsend: { channels: [email] }"
                        .utf8)),
            RuleSource(file: "empty.yaml", text: []),
        ])
        #expect(reading.diagnostics == [])
        #expect(reading.ruleSet?.rules.map(\.id) == ["a", "b"])
        #expect(reading.ruleSet?.sources.map(\.file) == ["a.yaml", "b.yaml", "empty.yaml"])
    }
}

@Suite struct `Versions of rules` {
    let cart = ruleText(when: "{ event: a, where: 'properties.x > 1' }", "if: orders > 2")
    let folds = "---\nfolds: { orders: { count: order_completed } }\n"

    func version(_ text: String) throws -> ContentHash { try rule(text).version }

    @Test func `stay when only the writing changes`() throws {
        let other = cart.replacing("properties.x > 1", with: #"properties["x"]  >  1 // more than one"#)
        #expect(other != cart)
        #expect(try version(other + folds) == version(cart + folds))
        #expect(try version("# a comment\n" + cart + folds) == version(cart + folds))
        #expect(try version(cart.replacing("order_completed", with: "purchase") + folds) == version(cart + folds))
    }

    @Test(arguments: [
        ("> 1", ">= 1"), ("> 1", "> 2"), ("> 1", "> 1u"), ("event: a", "event: b"), ("orders > 2", "orders < 2"),
        ("[email]", "[push]"), ("template: t", "template: u"), ("id: r", "id: s"), ("properties.x", "event.context.x"),
        ("if: orders > 2", "if: orders > 2\nexpires: 1h"), ("if: orders > 2", "if: orders > 2\nclass: ui"),
        ("if: orders > 2", "if: orders > 2\nlate: {allow: 1h}"), ("if: orders > 2", "if: orders > 2\nreentry: once"),
    ])
    func `change with the meaning`(old: String, new: String) throws {
        let other = cart.replacing(old, with: new)
        #expect(other != cart)
        #expect(try version(other + folds) != version(cart + folds))
    }

    @Test func `change with a fold that the rule reads, also through another, and with no other fold`() throws {
        let chain = """
            ---
            folds:
              orders: { count: { event: order_completed, where: visits > 3 } }
              visits: { count: page_viewed }
              other: { count: login }

            """
        let base = try version(cart + chain)
        #expect(try version(cart + chain.replacing("page_viewed", with: "login")) != base)
        #expect(try version(cart + chain.replacing("> 3", with: "> 4")) != base)
        #expect(try version(cart + chain.replacing("{ count: login }", with: "{ count: x }")) == base)
    }

    @Test func `of a fold leave out its name`() throws {
        let folds = try #require(
            read("folds: { a: { count: x }, b: { count: x }, c: { count: x, within: 1h } }").ruleSet?.folds)
        #expect(folds[0].version == folds[1].version)
        #expect(folds[0].version != folds[2].version)
    }

    @Test func `of the set name its files and texts, in any order`() {
        let a = RuleSource(file: "a", text: Array(ruleText().utf8))
        let b = RuleSource(file: "b", text: Array(folds.utf8))
        let hash = RuleSet.read([a, b]).ruleSet?.hash
        #expect(hash != nil)
        #expect(RuleSet.read([b, a]).ruleSet?.hash == hash)
        #expect(RuleSet.read([a, RuleSource(file: "c", text: b.text)]).ruleSet?.hash != hash)
        #expect(RuleSet.read([a, RuleSource(file: "b", text: b.text + [0x0A])]).ruleSet?.hash != hash)
    }
}
