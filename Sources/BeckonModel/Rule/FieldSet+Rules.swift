/// The fields of a rule.
extension FieldSet {
    static let rule = FieldSet(
        owner: "a rule", "Whom to tell what, and when. A document of a file that has `id` and `when`.",
        later: ["coupon", "experiment", "caps", "tags", "group", "priority", "holdout", "maxHold", "stage"],
        [
            Field("id", .id, required: true, "The rule's name, unique in the set; decisions carry it."),
            Field("key", .key, default: #"["user"]"#, "Whose an instance is: the person, and parts of her events."),
            Field("when", .set(.when), required: true, "What fires the rule: exactly one trigger."),
            Field("if", .expression, "A condition in CEL, judged when the rule fires."),
            Field(
                "data", .mapping(.expression, count: 0...RuleFileReader.dataMax),
                "What is copied into the decision, each a value in CEL. What is missing becomes null."),
            Field(
                "collect", .mapping(.pattern(collected, form: collectForm), count: 0...RuleFileReader.collectMax),
                "What a waiting instance (`absent`, `inactive`) remembers of its starts, read as instance.NAME."),
            Field(
                "exit", .events, "Events that end an instance and recall its decision: the absent events and the goal."),
            Field("goal", .set(.goal), "What the message is for: who has done it is not reminded."),
            Field(
                "reentry", .either([.word(["always", "once"]), .set(.reentry)]), default: #""always""#,
                "Whether the rule may fire again for the same key."),
            Field(
                "expires", .duration, default: #""24h""#,
                "How long the message makes sense, counted from the due time."),
            Field("late", .set(.late), "How long to wait for late events, and how late they may come."),
            Field(
                "maxLateness", .either([.duration, .word(["none"])]), default: #""1h""#,
                "How far a due time may lie behind the wall clock when the rule fires. Beyond it nothing is sent; for "
                    + "histories say none."),
            Field(
                "class", .word(MessageClass.allCases.map(\.rawValue)), default: #""marketing""#,
                "What kind of message it is; copied into the decision."),
            Field("send", .set(.send), required: true, "By which channels, and what."),
            Field("tests", .list(.set(.test), count: 0...RuleTest.testsMax), "What `beckon test` runs."),
        ],
        example: """
            id: cart-abandonment
            key: [user, properties.cart_id]
            when:
              event: add_to_cart
              absent: { event: [checkout_initiated, order_completed], within: 15m, reset: onEach }
            collect: { value: sum(properties.value), products: count() }
            if: instance.value > 50.0
            data: { value: instance.value, products: instance.products }
            goal: { event: order_completed, within: 72h }
            exit: [order_completed, cart_emptied]
            reentry: { after: 24h }
            expires: 6h
            late: { wait: 5s, allow: 10m }
            maxLateness: 30m
            class: marketing
            send: { channels: [push, email], template: cart-reminder }
            tests:
              - name: left for fifteen minutes
                given:
                  - { at: 0m, event: add_to_cart, properties: { cart_id: c1, price: 60, quantity: 1 } }
                expect: [ { at: 15m, data: { value: 60, products: 1 } } ]
            """)
    private static let collected = #"^\s*(count\(\s*\)|("# + FoldKind.names.joined(separator: "|") + #")\(.+\))\s*$"#
    private static let collectForm =
        "`count()`, or `KIND(PATH)` with a kind of " + FoldKind.names.map { "`\($0)`" }.joined(separator: ", ")

    static let when = FieldSet(
        owner: "`when`", "What fires the rule.", oneOf: ["event", "inactive", "sequence", "count", "total"],
        later: ["declining", "segment", "date", "schedule"],
        [
            Field("event", .eventNames, "Fires with these events, at once; with `absent`, waits from them on."),
            Field("where", .expression, "A condition in CEL for `event`."),
            Field("absent", .set(.absent), "Fires when these do not follow."),
            Field("inactive", .set(.inactive), "Fires when a person falls silent, once a silence."),
            Field(
                "sequence", .list(.events, count: 2...EventSequence.stagesMax),
                "Fires at the last of these, when they come one after another; others may lie between."),
            Field("within", .duration, "Of a sequence, which needs it: from its first event to its last."),
            Field("not", .events, "Of a sequence: events that empty what has come so far."),
            Field("count", .set(.count), "Fires when something happens so many times."),
            Field("total", .set(.total), "Fires when a running total crosses a number."),
        ],
        example: """
            when: { event: page_viewed, where: 'properties.path == "/pricing"' }
            ---
            when: { event: trial_completed, absent: { event: crm_connected, within: 48h } }
            ---
            when: { inactive: { for: 7d } }
            ---
            when: { sequence: [tutorial_started, tutorial_left, tutorial_opened], within: 1h, not: tutorial_completed }
            ---
            when: { count: { event: page_viewed, atLeast: 3, within: 7d } }
            ---
            when: { total: { sum: properties.total, of: order_completed, reaches: 1000 } }
            """)
    static let absent = FieldSet(
        owner: "`absent`",
        "Events that should follow the start. One counts from the start to just before the due time; at the due time "
            + "itself the rule fires.",
        oneOf: ["event", "all"],
        [
            Field("event", .eventNames, "Any of these ends the wait."),
            Field("where", .expression, "A condition in CEL for `event`."),
            Field("all", .list(.events, count: 2...EventAbsence.absentMax), "Fires unless all of these came."),
            Field("within", .duration, required: true, "How long it waits."),
            Field(
                "reset", .word(["never", "onEach"]), default: #""never""#,
                "Whether each further start begins the wait anew."),
            Field("since", .events, "What came between the last of these and the start counts too."),
        ],
        example: """
            when:
              event: add_to_cart
              absent: { event: order_completed, where: properties.total > 0, within: 15m, reset: onEach }
            ---
            when:
              event: trial_completed
              absent: { all: [project_created, member_invited], within: 48h, since: trial_started }
            """)
    static let count = FieldSet(
        owner: "`count`",
        """
        Fires at the event with which the count in the window (t - within, t], or since the day, week or month began, goes \
        from below the number to it.
        """,
        oneOf: ["within", "per"],
        [
            Field("event", .eventNames, required: true, "What is counted."),
            Field("where", .expression, "A condition in CEL for `event`."),
            Field(
                "distinct", .either([.word(["session"]), .path]),
                "Counts different values of a property, or sessions: by context.session, else by gaps of 30 minutes."),
            Field("atLeast", .whole(1...EventCount.numberMax), required: true, "Fires when the count comes to it."),
            Field("within", .duration, "How far back is counted."),
            Field("per", period, "Counts from the beginning of the day, week or month, in the person's zone."),
            Field("not", .events, "Events that empty the count."),
        ],
        example: """
            when:
              count:
                event: page_viewed
                where: 'properties.path == "/pricing"'
                distinct: session
                atLeast: 3
                within: 7d
                not: order_completed
            ---
            when: { count: { event: page_viewed, atLeast: 10, per: day } }
            """)
    static let total = FieldSet(
        owner: "`total`", "Fires at the event with which the running total crosses the number.",
        [
            Field("sum", .path, required: true, "The property that is added up."),
            Field("of", .events, required: true, "The events that bring it."),
            Field("reaches", .amount, required: true, "Fires when the total crosses it."),
            Field("since", .events, "Events with which the total begins anew."),
        ],
        example: "when: { total: { sum: properties.total, of: order_completed, reaches: 1000, since: refunded } }")
    static let inactive = FieldSet(
        owner: "`inactive`", "A silence. The rule fires when it has lasted so long, and not again before its end.",
        [
            Field("for", .duration, required: true, "How long the silence lasts."),
            Field("events", .events, "Which events break it: without this, every one that the person makes herself."),
        ],
        example: "when: { inactive: { for: 90d, events: order_completed } }")
    static let eventReference = FieldSet(
        owner: "an event reference", "Events with a condition, wherever a name of an event may stand.",
        [
            Field("event", .eventNames, required: true, "A name, or a list of names."),
            Field("where", .expression, "A condition in CEL."),
        ],
        example: """
            when: { sequence: [ { event: page_viewed, where: 'properties.path == "/compare"' }, login ], within: 2h }
            """)
    static let goal = FieldSet(
        owner: "`goal`", "What the message is for. Within the time it gives the outcome `converted`.",
        [
            Field("event", .eventNames, required: true, "What reaches it."),
            Field("where", .expression, "A condition in CEL for `event`."),
            Field("within", .duration, required: true, "How long after the decision it counts."),
        ],
        example: "goal: { event: order_completed, where: properties.total > 20, within: 72h }")
    static let reentry = FieldSet(
        owner: "`reentry`", "When the rule may fire again for the same key.",
        [Field("after", .duration, required: true, "Not before, counted from the last firing.")],
        example: "reentry: { after: 30d }")
    static let late = FieldSet(
        owner: "`late`", "What events that come out of order may still do.",
        [
            Field(
                "wait", .duration, default: #""0s""#,
                "Delays firing, for streams out of order; at most \(RuleDuration.text(of: RuleFileReader.waitMaxMs)), and 0s is allowed."
            ),
            Field(
                "allow", .duration, default: #""10m""#,
                "Up to so late, an event acts at its own time: cancels, restarts, recalls. 0s is allowed."),
        ],
        example: "late: { wait: 30s, allow: 1h }")
    static let send = FieldSet(
        owner: "`send`", "By which channels, and what: a template's name, or the message itself.",
        notTogether: ["template", "message"], later: ["fallback", "quietHours", "at", "to"],
        [
            Field(
                "channels", .list(.name, count: 1...RuleFileReader.channelsMax), required: true,
                "Channels in the order of preference."),
            Field("template", .name, "The name of a message."),
            Field(
                "message", .object,
                "The message itself, at most \(RuleFileReader.messageBytesMax) bytes as JSON."),
        ],
        example: """
            send: { channels: [push, email], template: cart-reminder }
            ---
            send: { channels: [in-app], message: { kind: survey, ask: Was this helpful?, answers: ["yes", "no"] } }
            """)
}
