import BeckonTemplate
import Foundation
import Testing

@testable import BeckonSender

@Suite struct `Webhook body` {
    func body(_ part: RenderedPart?) throws -> String {
        let text = DecisionTexts.decision("d1")
        guard case .decision(let decision) = try DecisionTexts.read(text) else { throw CancellationError() }
        let content = DeliveryContent(decision: decision, record: Array(text.utf8), part: part)
        return String(decoding: try WebhookBody.bytes(of: content), as: UTF8.self)
    }

    func problem(_ body: String) throws -> MessageProblem? {
        do {
            _ = try self.body(RenderedPart(channel: "webhook", fields: [.init(name: "body", text: body)]))
            return nil
        } catch let problem as MessageProblem { return problem }
    }

    @Test func `is the decision as it stands`() throws {
        #expect(try body(nil) == DecisionTexts.decision("d1"))
    }

    @Test func `is what the part says, and nothing else`() throws {
        let part = RenderedPart(channel: "webhook", fields: [.init(name: "body", text: #"{"a":1}"#)])
        #expect(try body(part) == #"{"a":1}"#)
    }

    @Test(arguments: [#"{"a":"x"y"}"#, "", "{}{}", "{"]) func `that is no JSON is not sent`(text: String) throws {
        #expect(try problem(text)?.code == "notJSON")
        #expect(try problem(text)?.detail.contains("`| json`") == true)
    }

    @Test func `of another channel is the decision with the part's fields as content`() throws {
        let part = RenderedPart(
            channel: "sms", fields: [.init(name: "text", text: "\"Hi\"\n}"), .init(name: "to", text: "é")])
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(try body(part).utf8)) as? [String: Any])
        #expect(object["content"] as? [String: String] == ["text": "\"Hi\"\n}", "to": "é"])
        #expect(object["id"] as? String == "d1")
        #expect(try body(part).hasPrefix(String(DecisionTexts.decision("d1").dropLast())))
    }
}
