import BeckonEngine
import BeckonModel
import Testing

/// `properties`, `event` and `event.context` as one value each.
@Suite struct `Whole values` {
    private func harness(_ when: String, _ data: String) -> EngineHarness {
        EngineHarness(rules: "id: r\nwhen: { \(when) }\ndata: { \(data) }\nsend: { channels: [push], template: t }\n")
    }

    private func data(_ expression: String, of event: String, name: String = "a") -> [String] {
        let harness = harness("event: \(name)", "v: '\(expression)'")
        harness.event("ann", event)
        harness.flush()
        return harness.data
    }

    private let item =
        #"{"event":"a","properties":{"x": 1.50, "tags":["b",{"c":null}] }, "context":{"page":{"path":"/"}}}"#

    @Test(
        arguments: [
            ("properties", #"{"x": 1.50, "tags":["b",{"c":null}] }"#),
            ("event.properties", #"{"x": 1.50, "tags":["b",{"c":null}] }"#),
            ("event.context", #"{"page":{"path":"/"}}"#),
            (
                "event",
                #"{"name":"a","time":"2023-11-14T22:13:20.000Z","properties":{"x": 1.50, "tags":["b",{"c":null}] },"context":{"page":{"path":"/"}}}"#
            ),
            ("size(properties)", "2"), ("properties.map(k, k)", #"["x","tags"]"#),
            ("properties.filter(k, k.startsWith(\"t\"))", #"["tags"]"#),
            ("[\"x\", \"y\"].filter(k, k in properties)", #"["x"]"#),
            ("[\"x\"].map(k, properties[k])", "[1.5]"), ("event.exists(k, k == \"time\")", "true"),
            ("properties == event.properties && event.context != properties", "true"),
            ("{\"all\": properties, \"n\": size(event)}", #"{"all":{"x": 1.50, "tags":["b",{"c":null}] },"n":4}"#),
            ("has(event.properties) && has(event.context)", "true"),
        ])
    func `are copied, counted, asked and opened`(expression: String, expected: String) {
        #expect(data(expression, of: item) == [#"{"v":\#(expected)}"#])
    }

    @Test func `an event without them has empty ones`() {
        for event in [#"{"event":"a"}"#, #"{"event":"a","properties":null,"context":null}"#] {
            #expect(data("[properties, event.context]", of: event) == [#"{"v":[{},{}]}"#])
        }
        #expect(data("properties", of: #"{"event":"a","properties":{ }}"#) == [#"{"v":{ }}"#])
    }

    @Test(arguments: [
        // What is mapped stands behind what the event brings; what is there stays, null too.
        (
            #"{"item_id":"p\"1","price":2.5,"quantity":2}"#,
            #"{"item_id":"p\"1","price":2.5,"quantity":2,"value":5,"product_id":"p\"1"}"#
        ),
        (#"{"item_id":"p1","product_id":null}"#, #"{"item_id":"p1","product_id":null}"#),
        (#"{"product_id":"p2","item_id":"p1","value":"x"}"#, #"{"product_id":"p2","item_id":"p1","value":"x"}"#),
        (#"{"item_name":[1]}"#, #"{"item_name":[1],"name":[1]}"#),
    ])
    func `hold what is mapped under the names that rules use`(properties: String, whole: String) throws {
        let found = data(
            "properties", of: #"{"event":"Product Added","properties":\#(properties)}"#, name: "add_to_cart")
        #expect(try members(found.first ?? "") == members(#"{"v":\#(whole)}"#))
    }

    /// Their order says nothing.
    private func members(_ text: String) throws -> [String] {
        let whole = try #require(JSONValue.read(text.utf8))["v"]
        return try #require(whole?.members).map { "\($0.name): \($0.value)" }.sorted()
    }

    @Test func `of a page the path may be all there is`() {
        let page = #"{"type":"page","context":{"page":{"path":"/pricing"}}}"#
        #expect(data("properties", of: page, name: "page_viewed") == [#"{"v":{"path":"/pricing"}}"#])
    }

    @Test func `of a cloud event they are its data`() {
        let event = #"{"specversion":"1.0","id":"1","source":"/","type":"a","data":{"x":1}}"#
        #expect(data("properties", of: event) == [#"{"v":{"x":1}}"#])
    }

    @Test func `are there where a count fires, and of its event`() {
        let harness = harness("count: { event: a, atLeast: 2, within: 1h }", "p: properties")
        harness.at(0, "a", #"{"x":1}"#)
        harness.at(1, "a", #"{"x":2}"#)
        #expect(harness.data == [#"{"p":{"x":2}}"#])
    }

    @Test func `a condition asks what is in them`() {
        let harness = harness("event: a, where: 'properties.exists(k, k.startsWith(\"utm_\"))'", "n: size(properties)")
        harness.at(0, "a", #"{"x":1}"#)
        harness.at(1, "a", #"{"x":1,"utm_source":"s"}"#)
        #expect(harness.data == [#"{"n":2}"#])
    }

    @Test(arguments: [
        (#"{"event":"a","properties":{"x":[1e999]}}"#, DeadLetterReason.number),
        (#"{"event":"a","properties":{"x":01}}"#, .notJSON), (#"{"event":"a","context":{"x":tru}}"#, .notJSON),
        (#"{"event":"a","properties":[1]}"#, .type),
        (#"{"specversion":"1.0","type":"a","data":[1]}"#, .type),
    ])
    func `what cannot be read is a dead letter, for it is read`(event: String, reason: DeadLetterReason) {
        let harness = harness("event: a", "v: event")
        harness.event("ann", event)
        harness.flush()
        #expect(harness.decisions == [])
        #expect(harness.deadLetters(reason) == 1)
    }

    @Test func `data beyond 272 KiB is null, and counted`() {
        let harness = harness("event: a", "first: event, second: properties, third: '\"small\"'")
        let long = String(repeating: "x", count: 200_000)
        harness.event("ann", #"{"event":"a","properties":{"x":"\#(long)"}}"#)
        harness.flush()
        #expect(harness.data.count == 1)
        #expect(harness.data[0].hasPrefix(#"{"first":{"name":"a","#))
        #expect(harness.data[0].hasSuffix(#""context":{}},"second":null,"third":"small"}"#))
        #expect(harness.dropped(.data) == 1)
    }
}
