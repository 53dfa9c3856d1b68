import BeckonTemplate
import Testing

@testable import BeckonSender

@Suite struct `Log provider` {
    func said(_ text: String, _ part: RenderedPart? = nil) throws -> String {
        guard case .decision(let decision) = try DecisionTexts.read(text) else { throw CancellationError() }
        let content = DeliveryContent(decision: decision, record: Array(text.utf8), part: part)
        let message = try LogProvider { _ in }.message(of: content).get()
        return String(decoding: message.body, as: UTF8.self)
    }

    @Test(arguments: [
        ["text": "t", "subject": "s", "html": "h"]: "s", ["title": "t", "body": "b"]: "t", ["text": "t"]: "t",
        ["body": "b"]: "b",
    ]) func `tells what a person reads first`(fields: [String: String], first: String) throws {
        let part = RenderedPart(channel: "any", fields: fields.map { .init(name: $0.key, text: $0.value) })
        #expect(try said(DecisionTexts.decision("d1"), part) == first)
    }

    @Test func `tells a message that the decision holds itself, else nothing`() throws {
        let inline = DecisionTexts.decision("d1").replacing(
            #""template":"cart-reminder""#, with: #""message":{"kind":"survey","ask":"Why?"}"#)
        #expect(try said(inline) == #"{"kind":"survey","ask":"Why?"}"#)
        #expect(try said(DecisionTexts.decision("d1")) == "")
    }
}
