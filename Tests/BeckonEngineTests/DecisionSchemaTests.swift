import Foundation
import Testing

/// What the engine writes is what `decision.schema.json` publishes.
@Suite struct `Decision schema` {
    static let rules = """
        id: cart
        key: [user, properties.cart_id]
        when:
          event: add_to_cart
          absent: { event: order_completed, within: 15m }
        collect: { value: sum(properties.price), color: last(properties.color) }
        if: instance.value > 1.0
        data: { value: instance.value, color: instance.color }
        goal: { event: order_completed, within: 72h }
        reentry: once
        send: { channels: [push, email], template: cart }
        ---
        id: welcome
        when: { event: signup }
        class: transactional
        send: { channels: [email], message: { subject: "Hi" } }
        """

    /// Everything the rules can write: a decision by an event and by time, a cancel by an order before the due
    /// time, a conversion by one after it, suppressions.
    func records() -> [(topic: String, json: Any)] {
        let harness = EngineHarness(rules: Self.rules)
        let cart = #"{"event":"add_to_cart","properties":{"cart_id":"c\"1","price":60}}"#
        harness.event("ann", #"{"event":"signup"}"#)
        harness.event("ann", cart)
        harness.event("bob", #"{"event":"add_to_cart","properties":{"price":1}}"#)
        harness.advance(16 * 60_000)
        harness.event("ann", cart)
        let late = harness.wallMs - 9 * 60_000
        harness.event("ann", #"{"event":"order_completed","timestamp":\#(late)}"#)
        harness.event("ann", #"{"event":"order_completed"}"#)
        harness.advance(60_000)
        return harness.lines.map { line in
            let space = line.firstIndex(of: " ")!
            let json = try? JSONSerialization.jsonObject(with: Data(line[space...].utf8))
            return (String(line[..<space]), json ?? NSNull())
        }
    }

    static func schema() throws -> SchemaCheck {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = tests.deletingLastPathComponent().appendingPathComponent(
            "Sources/Documentation/decision.schema.json")
        let root = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
        return SchemaCheck(root: try #require(root as? [String: Any]))
    }

    @Test func `every record fits, and names no member that is not published`() throws {
        let schema = try Self.schema()
        let records = records()
        for (topic, json) in records {
            #expect(schema.problems(json) == [], "\(topic) \(json)")
            #expect(schema.unpublished(json) == [], "\(topic) \(json)")
        }
        let types = Set(records.compactMap { ($0.json as? [String: Any])?["type"] as? String })
        #expect(types == ["decision", "cancel", "suppression", "converted"], "\(records)")
    }

    @Test func `what is not a record does not fit`() throws {
        let schema = try Self.schema()
        let decision = try #require(
            records().first { ($0.json as? [String: Any])?["type"] as? String == "decision" }?.json as? [String: Any])
        #expect(schema.problems(decision) == [])
        for key in ["id", "expiresAt", "mode", "data"] {
            var without = decision
            without[key] = nil
            #expect(schema.problems(without) != [])
        }
        for (key, value) in [("id", "x"), ("dueAt", "today"), ("mode", "dead"), ("type", "held")] {
            #expect(schema.problems(decision.merging([key: value]) { $1 }) != [])
        }
    }
}

/// As much of JSON Schema, draft-07, as `decision.schema.json` uses.
struct SchemaCheck {
    let root: [String: Any]

    func problems(_ value: Any) -> [String] { problems(value, root, "") }

    /// Members of a record that its definition does not list.
    func unpublished(_ value: Any) -> [String] {
        guard let members = value as? [String: Any], let type = members["type"] as? String,
            let definition = (root["definitions"] as? [String: Any])?[type] as? [String: Any],
            let listed = definition["properties"] as? [String: Any]
        else { return ["no definition"] }
        return members.keys.filter { listed[$0] == nil }
    }

    private func problems(_ value: Any, _ schema: [String: Any], _ path: String) -> [String] {
        if let reference = schema["$ref"] as? String { return problems(value, definition(reference), path) }
        if let choices = schema["oneOf"] as? [[String: Any]] {
            let fitting = choices.filter { problems(value, $0, path).isEmpty }.count
            return fitting == 1 ? [] : ["\(path): fits \(fitting) of \(choices.count)"]
        }
        var found: [String] = []
        if let not = schema["not"] as? [String: Any], problems(value, not, path).isEmpty {
            found.append("\(path): not")
        }
        if let type = schema["type"] as? String, !Self.fits(value, type) { found.append("\(path): is no \(type)") }
        if let constant = schema["const"] as? String, value as? String != constant { found.append("\(path): const") }
        if let words = schema["enum"] as? [String], !words.contains(value as? String ?? "") {
            found.append("\(path): enum")
        }
        if let least = schema["minLength"] as? Int, (value as? String ?? "").count < least {
            found.append("\(path): short")
        }
        if let pattern = schema["pattern"] as? String, let text = value as? String,
            text.range(of: pattern, options: .regularExpression) == nil
        {
            found.append("\(path): \(text) is not \(pattern)")
        }
        return found + memberProblems(value, schema, path)
    }

    private func memberProblems(_ value: Any, _ schema: [String: Any], _ path: String) -> [String] {
        let members = value as? [String: Any] ?? [:]
        let listed = schema["properties"] as? [String: Any] ?? [:]
        var found = (schema["required"] as? [String] ?? []).filter { members[$0] == nil }.map {
            "\(path)/\($0): missing"
        }
        for (name, member) in members {
            if let schema = (listed[name] ?? schema["additionalProperties"]) as? [String: Any] {
                found += problems(member, schema, "\(path)/\(name)")
            }
        }
        return found
    }

    private func definition(_ reference: String) -> [String: Any] {
        let name = reference.split(separator: "/").last.map(String.init) ?? ""
        return (root["definitions"] as? [String: Any])?[name] as? [String: Any] ?? ["const": "no definition \(name)"]
    }

    private static func fits(_ value: Any, _ type: String) -> Bool {
        switch type {
        case "object": value is [String: Any]
        case "string": value is String
        default: false
        }
    }
}
