/// The fields that a mapping may have: those of this version, and those that the language has and this version refuses.
struct FieldSet: Sendable {
    /// With its article, for sentences.
    let owner: String
    let fields: [Field]
    let later: [String]
    /// Exactly one of them is there.
    let oneOf: [String]
    /// At most one of them is there.
    let notTogether: [String]

    init(
        owner: String, oneOf: [String] = [], notTogether: [String] = [], later: [String] = [], _ fields: [Field]
    ) {
        self.owner = owner
        self.oneOf = oneOf
        self.notTogether = notTogether
        self.later = later
        self.fields = fields
    }

    var known: [String] { fields.map(\.name) }
    var all: [String] { known + later }

    func isRequired(_ name: String) -> Bool { fields.contains { $0.name == name && $0.isRequired } }
}

// MARK: Rules

extension FieldSet {
    static let rule = FieldSet(
        owner: "a rule",
        later: ["coupon", "experiment", "caps", "tags", "group", "priority", "holdout", "maxHold", "stage"],
        [
            Field("id", .id, required: true, "The rule's name, unique in the set; decisions carry it."),
            Field("key", .key, default: #"["user"]"#, "Whose an instance is: the person, and parts of her events."),
            Field("when", .set(.when), required: true, "What fires the rule: exactly one trigger."),
            Field("if", .expression, "A condition in CEL, judged when the rule fires."),
            Field("data", .mapping(.expression), "What is copied into the decision, each a value in CEL."),
            Field(
                "collect", .mapping(.pattern(collected)),
                "What a waiting instance remembers of its starts, read as instance.NAME."),
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
                "How far a due time may lie behind the wall clock when the rule fires."),
            Field(
                "class", .word(MessageClass.allCases.map(\.rawValue)), default: #""marketing""#,
                "What kind of message it is."),
            Field("send", .set(.send), required: true, "By which channels, and what."),
            Field("tests", .list(.set(.test), count: 0...RuleTest.testsMax), "What `beckon test` runs."),
        ])
    private static let collected = #"^\s*(count\(\s*\)|("# + FoldKind.names.joined(separator: "|") + #")\(.+\))\s*$"#

    static let when = FieldSet(
        owner: "`when`", oneOf: ["event", "inactive", "sequence", "count", "total"],
        later: ["declining", "segment", "date", "schedule"],
        [
            Field("event", .eventNames, "Fires with these events; with `absent`, waits from them on."),
            Field("where", .expression, "A condition in CEL for `event`."),
            Field("absent", .set(.absent), "Fires when these do not follow."),
            Field("inactive", .set(.inactive), "Fires when a person falls silent."),
            Field(
                "sequence", .list(.events, count: 2...EventSequence.stagesMax),
                "Fires at the last of these, when they come one after another."),
            Field("count", .set(.count), "Fires when something happens so many times."),
            Field("total", .set(.total), "Fires when a running total crosses a number."),
            Field("within", .duration, "Of a sequence: from its first event to its last."),
            Field("not", .events, "Of a sequence: events that empty what has come so far."),
        ])
    static let absent = FieldSet(
        owner: "`absent`", oneOf: ["event", "all"],
        [
            Field("event", .eventNames, "Any of these ends the wait."),
            Field("where", .expression, "A condition in CEL for `event`."),
            Field("all", .list(.events, count: 2...EventAbsence.absentMax), "Fires unless all of these came."),
            Field("within", .duration, required: true, "How long it waits."),
            Field(
                "reset", .word(["never", "onEach"]), default: #""never""#,
                "Whether each further start begins the wait anew."),
            Field("since", .events, "What came after the last of these counts too."),
        ])
    static let count = FieldSet(
        owner: "`count`", oneOf: ["within", "per"],
        [
            Field("event", .eventNames, required: true, "What is counted."),
            Field("where", .expression, "A condition in CEL for `event`."),
            Field(
                "distinct", .either([.word(["session"]), .path]),
                "Counts different values of a property, or sessions."),
            Field("atLeast", .whole(1...EventCount.numberMax), required: true, "Fires when the count comes to it."),
            Field("within", .duration, "How far back is counted."),
            Field("per", period, "Counts from the beginning of the day, week or month, in the person's zone."),
            Field("not", .events, "Events that empty the count."),
        ])
    static let total = FieldSet(
        owner: "`total`",
        [
            Field("sum", .path, required: true, "The property that is added up."),
            Field("of", .events, required: true, "The events that bring it."),
            Field("reaches", .amount, required: true, "Fires when the total crosses it."),
            Field("since", .events, "Events with which the total begins anew."),
        ])
    static let inactive = FieldSet(
        owner: "`inactive`",
        [
            Field("for", .duration, required: true, "How long the silence lasts."),
            Field("events", .events, "Which events count: those that the person makes herself."),
        ])
    static let eventReference = FieldSet(
        owner: "an event reference",
        [
            Field("event", .eventNames, required: true, "A name, or a list of names."),
            Field("where", .expression, "A condition in CEL."),
        ])
    static let goal = FieldSet(
        owner: "`goal`",
        [
            Field("event", .eventNames, required: true, "What reaches it."),
            Field("where", .expression, "A condition in CEL for `event`."),
            Field("within", .duration, required: true, "How long after the decision it counts."),
        ])
    static let reentry = FieldSet(
        owner: "`reentry`", [Field("after", .duration, required: true, "Not before, counted from the last firing.")])
    static let late = FieldSet(
        owner: "`late`",
        [
            Field("wait", .duration, default: #""0s""#, "Delays firing, for streams out of order; at most 1m."),
            Field("allow", .duration, default: #""10m""#, "Up to so late, an event acts at its own time."),
        ])
    static let send = FieldSet(
        owner: "`send`", notTogether: ["template", "message"], later: ["fallback", "quietHours", "at", "to"],
        [
            Field(
                "channels", .list(.name, count: 1...RuleFileReader.channelsMax), required: true,
                "Channels in the order of preference."),
            Field("template", .name, "The name of a message."),
            Field("message", .object, "The message itself."),
        ])
}

// MARK: Definitions

extension FieldSet {
    private static let period = FieldShape.word(CalendarPeriod.allCases.map(\.rawValue))

    static let definitions = FieldSet(
        owner: "a document of definitions", later: ["segments", "coupons"],
        [
            Field("folds", .mapping(.set(.fold)), "What is remembered about each person, by name."),
            Field("events", .named(.set(.declaredEvent)), "What events have, by name; `beckon events` writes it."),
            Field("messages", .named(.set(.message)), "What is sent, by name: a part for each channel."),
            Field("snippets", .named(.text), "Texts that messages show, by name."),
            Field("policy", .set(.policy), "What holds for all rules."),
        ])
    static let policy = FieldSet(
        owner: "`policy`", later: ["zone", "caps", "quietHours", "holdout", "groups", "consent", "defaults"],
        [
            Field(
                "defaultZone", .text, default: "\"\(RuleSet.defaultZoneStandard)\"",
                "The time zone of people of whom none is known, such as Europe/Berlin.")
        ])
    static let declaredEvent = FieldSet(
        owner: "a declared event", later: ["schema", "own"],
        [
            Field(
                "properties", .named(.word(PropertyType.allCases.map(\.rawValue))),
                "Its properties by name, each with its type; rules can read no others.")
        ])
    static let fold = FieldSet(
        owner: "a fold", oneOf: ["count"] + FoldKind.names + ["items"], notTogether: ["within", "per", "since"],
        [
            Field("count", .events, "How many of these events came."),
            Field("sum", .path, "The sum of a property, an exact decimal."),
            Field("min", .path, "The least value of a property."),
            Field("max", .path, "The greatest value of a property."),
            Field("avg", .path, "The mean of a property."),
            Field("first", .path, "A property's value in the oldest event."),
            Field("last", .path, "A property's value in the newest event."),
            Field("distinct", .path, "How many different values a property has had, exact up to 32."),
            Field("of", .events, "The events that bring the property."),
            Field("within", .duration, "Only what came within so long."),
            Field("per", period, "Only what came in this day, week or month, in the person's zone."),
            Field("since", .events, "Only what came after the last of these."),
            Field("items", .set(.items), "A collection of items, such as a cart."),
            Field("key", .path, "Of a collection: what keeps several apart."),
            Field("value", .pattern(#"^\s*sum\(.+\)\s*$"#), "Of a collection: a sum over its items."),
            Field("clear", .events, "Of a collection: events that empty it."),
        ])
    static let items = FieldSet(
        owner: "`items`",
        [
            Field("put", .events, required: true, "Events that put an item into it."),
            Field("remove", .events, "Events that take an item away."),
            Field("by", .path, required: true, "By which property an item is known."),
            Field(
                "keep", .list(.text, count: 0...ItemCollection.keepMax), "Which properties of an item are kept."),
            Field("max", .whole(1...ItemCollection.itemsMax), default: "20", "At most so many items."),
        ])
}

// MARK: Tests

extension FieldSet {
    static let test = FieldSet(
        owner: "a test", later: ["holdout"],
        [
            Field("name", .text, required: true, "What the test shows."),
            Field(
                "start", .instant, default: "\"\(Timestamp.text(RuleTest.startDefaultMs))\"",
                "Where the clock begins; all times of the test are counted from it."),
            Field(
                "given", .list(.set(.given), count: 0...RuleTest.givenMax), required: true,
                "What happens, in the order of arrival."),
            Field(
                "expect",
                .either([
                    .word(["none", "cancelled"]), .set(.expected),
                    .list(.set(.expected), count: 1...RuleTest.expectedMax),
                ]), required: true,
                "Exactly the rule's decisions once no timer waits; suppressions where one is named."),
        ])
    static let given = FieldSet(
        owner: "a line of `given`",
        [
            Field(
                "at", .duration,
                "The event's time, from the start; where the clock is beyond, the event comes late. Without: now."),
            Field("event", .text, "The event's name."),
            Field("properties", .object, "The event's properties."),
            Field("context", .object, "The event's context, such as session and channel."),
            Field(
                "person", .either([.text, .set(.testPerson)]),
                "Whose event it is; alone, whose the events below are."),
            Field("advance", .duration, "Alone: the clock goes on by so much."),
        ])
    static let testPerson = FieldSet(
        owner: "`person`", later: ["traits", "segments", "scores", "consent", "zone"],
        [Field("id", .text, default: "\"\(RuleTest.personDefault)\"", "The person's id.")])
    static let expected = FieldSet(
        owner: "what is expected", later: ["arm"],
        [
            Field("at", .duration, "When it is due, from the start, to the millisecond."),
            Field("data", .object, "Members of the decision's data; there may be more."),
            Field("key", .object, "Parts of the decision's key; there may be more."),
            Field("channel", .name, "The decision's channel."),
            Field("person", .text, "Whose it is."),
            Field("suppressed", .word(SuppressionReason.allCases.map(\.label)), "No decision, for this reason."),
            Field("cancelled", .either([.isTrue, .duration]), "The decision is recalled: true, or when."),
        ])
}
