extension Command {
    static let dev = Command(
        name: "dev",
        summary: "Runs all of Beckon in one process, on an embedded broker and a clock that runs ahead.",
        discussion:
            "A synthetic shop, or a file of events, plays before the rules; decisions go to a log. State is lost at the end.",
        flags: DevFlags.all,
        examples: [
            .init(line: "beckon dev", explanation: "The example rules and the shop; Ctrl-C ends it"),
            .init(line: "beckon dev --rules rules --for 30s", explanation: "Your own rules, for half a minute"),
            .init(
                line: "beckon dev --rules rules --events events.ndjson --drain 30d",
                explanation: "Your own events, then thirty days of silence"),
            .init(
                line: "beckon dev --rules rules --events orders.csv --header --event purchase "
                    + "--columns person,date,amount:number --date-format yyyy-MM-dd",
                explanation: "A table of orders"),
        ]
    ) { invocation in
        try DevSession.run(DevOptions(invocation), settings: invocation.settings())
    }
}
