import BeckonModel
import Foundation
import Testing

@testable import BeckonSender

/// What the sender writes is what `outcome.schema.json` publishes.
@Suite struct `Outcome schema` {
    typealias Object = [String: Any]

    static func definitions() throws -> [String: Object] {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        let file = root.appendingPathComponent("Sources/Documentation/outcome.schema.json")
        let schema = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? Object
        return try #require(schema?["definitions"] as? [String: Object])
    }

    static let outcomes: [DeliveryOutcome] = [
        .delivered, .failed(DeliveryResult(.refused, code: "404")), .expired, .recalled,
        .skipped(.aborted(reason: "the cart is empty")),
    ]

    @Test func `every outcome has the members that are published, and no other`() throws {
        guard case .decision(let decision) = try DecisionTexts.read(DecisionTexts.decision("d1")) else { return }
        let definitions = try Self.definitions()
        #expect(Self.outcomes.map(\.type) == DeliveryOutcome.types)
        for outcome in Self.outcomes {
            let bytes = outcome.bytes(decision, provider: "shop", attempts: 1, at: DecisionTexts.dueAtMs)
            let object = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? Object)
            let definition = try #require(definitions[outcome.type])
            let published = Set((definition["properties"] as? Object ?? [:]).keys)
            #expect(Set(object.keys) == published, "\(outcome)")
            #expect(Set(definition["required"] as? [String] ?? []).isSubset(of: object.keys), "\(outcome)")
            #expect(object["decision"] as? String == "d1" && object["at"] as? String == DecisionTexts.dueAt)
            #expect(object["key"] as? [String: String] == ["cart_id": "c1"])
        }
    }

    @Test func `the words are those of the code`() throws {
        let definitions = try Self.definitions()
        func words(_ type: String, _ member: String) -> [String]? {
            ((definitions[type]?["properties"] as? Object)?[member] as? Object)?["enum"] as? [String]
        }
        let classes = DeliveryResult.Kind.allCases.map(\.rawValue).filter { $0 != "delivered" }
        #expect(words("failed", "class") == classes + [DeliveryOutcome.unmadeClass])
        #expect(words("skipped", "reason") == DeliveryOutcome.Skip.words)
    }
}
