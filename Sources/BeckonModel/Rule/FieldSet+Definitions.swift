/// The fields of definitions.
extension FieldSet {
    static let period = FieldShape.word(CalendarPeriod.allCases.map(\.rawValue))

    static let definitions = FieldSet(
        owner: "a document of definitions", "What the rules of a set share. A document without `id` and `when`.",
        later: ["segments", "coupons"],
        [
            Field(
                "folds", .mapping(.set(.fold), count: 0...RuleSet.foldsMax),
                "What is remembered about each person, by name; conditions read it by that name."),
            Field("events", .named(.set(.declaredEvent)), "What events have, by name; `beckon events` writes it."),
            Field("messages", .named(.set(.message)), "What is sent, by name: a part for each channel."),
            Field("snippets", .named(.text), "Texts that messages show, by name."),
            Field("policy", .set(.policy), "What holds for all rules."),
        ],
        example: """
            policy: { defaultZone: Europe/Berlin }
            folds:
              orders: { count: order_completed }
            events:
              order_completed: { properties: { order_id: string, total: number } }
            messages:
              thanks: { sms: { text: "Thank you!{% render 'foot' %}" } }
            snippets: { foot: " Your shop" }
            """)
    static let policy = FieldSet(
        owner: "`policy`", "What holds for all rules of a set.",
        later: ["zone", "caps", "quietHours", "holdout", "groups", "consent", "defaults"],
        [
            Field(
                "defaultZone", .text, default: "\"\(RuleSet.defaultZoneStandard)\"",
                "The time zone of people of whom none is known, such as Europe/Berlin.")
        ],
        example: "policy: { defaultZone: America/New_York }")
    static let declaredEvent = FieldSet(
        owner: "a declared event",
        "What an event has, so that `beckon check` finds misspelt properties. Events that are not declared are not judged.",
        later: ["schema", "own"],
        [
            Field(
                "properties", .named(.word(PropertyType.allCases.map(\.rawValue))),
                "Its properties by name, each with its type; rules can read no others."),
            Field(
                "traits", .named(.word(PropertyType.allCases.map(\.rawValue))),
                "Of `identify` alone: what it says of the person, by name; `person` has no others."),
        ],
        example: """
            events:
              identify: { traits: { plan: string, seats: number, tags: array, address: object } }
              wishlist_added: { properties: { name: string, price: number, tags: array, gift: boolean, by: any } }
            """)
    static let fold = FieldSet(
        owner: "a fold",
        "State of one person that events feed, up to date before a rule judges the event. A new fold starts empty.",
        oneOf: ["count"] + FoldKind.names + ["items"], notTogether: ["within", "per", "since"],
        [
            Field("count", .events, "How many of these events came; 0 of none."),
            Field("sum", .path, "The sum of a property, an exact decimal of six places; 0 of none."),
            Field("min", .path, "The least value of a property; missing of none."),
            Field("max", .path, "The greatest value of a property; missing of none."),
            Field("avg", .path, "The mean of a property; missing of none."),
            Field("first", .path, "A property's value in the oldest event; missing of none."),
            Field("last", .path, "A property's value in the newest event; missing of none."),
            Field(
                "distinct", .path,
                "How many different values a property has had; exact up to \(FoldKind.distinctMax), and "
                    + "\(FoldKind.distinctMax + 1) is more."),
            Field("of", .events, "The events that bring the property; all kinds but `count` and `items` need it."),
            Field("within", .duration, "Only what came within so long."),
            Field("per", period, "Only what came in this day, week or month, in the person's zone."),
            Field("since", .events, "Only what came after the last of these."),
            Field("items", .set(.items), "A collection of items, such as a cart; read as NAME.items."),
            Field(
                "key", .path,
                "Of a collection: what keeps several apart, \(ItemCollection.collectionsMax) a person, the oldest dropped."
            ),
            Field(
                "value", .pattern(#"^\s*sum\(.+\)\s*$"#, form: "`sum(NAME * NAME)`"),
                "Of a collection: a sum over its items, of up to \(ItemCollection.factorsMax) kept properties "
                    + "multiplied; read as NAME.value."),
            Field("clear", .events, "Of a collection: events that empty it."),
        ],
        example: """
            folds:
              orders: { count: order_completed, since: refunded }
              spent: { sum: properties.total, of: order_completed, within: 365d }
              cheapest: { min: properties.total, of: order_completed }
              dearest: { max: properties.total, of: order_completed }
              usual: { avg: properties.total, of: order_completed }
              came_by: { first: properties.referrer, of: page_viewed }
              plan: { last: properties.plan, of: [signed_up, plan_changed] }
              brands: { distinct: properties.brand, of: product_viewed, within: 30d }
              viewsToday: { count: page_viewed, per: day }
              cart:
                key: properties.cart_id
                items: { put: add_to_cart, by: properties.product_id, keep: [price, quantity] }
                value: sum(price * quantity)
                clear: order_completed
            """)
    static let items = FieldSet(
        owner: "`items`",
        "What fills a collection. Where an event holds an array `items` or `products`, each object in it is an item.",
        [
            Field("put", .events, required: true, "Events that put an item into it, or replace the same one."),
            Field("remove", .events, "Events that take an item away."),
            Field("by", .path, required: true, "By which property an item is known."),
            Field(
                "keep", .list(.text, count: 0...ItemCollection.keepMax), "Which properties of an item are kept."),
            Field(
                "max", .whole(1...ItemCollection.itemsMax), default: "20",
                "At most so many items; the oldest is dropped."),
        ],
        example: """
            folds:
              cart:
                items:
                  put: add_to_cart
                  remove: remove_from_cart
                  by: properties.product_id
                  keep: [name, price, quantity]
                  max: 30
            """)
}
