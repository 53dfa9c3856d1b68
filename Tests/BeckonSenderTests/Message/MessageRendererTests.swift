import BeckonModel
import BeckonTemplate
import Testing

@testable import BeckonSender

@Suite struct `Message renderer` {
    static let messages = """
        messages:
          cart-reminder:
            push: { title: "{{ text }}", body: "{{ decision.rule }} at {{ 'now' | date: '%FT%T' }}, {{ unsubscribe_url }}" }
            email: { subject: x, text: x }
            webhook: { body: "{{ value }}" }
          sold-out:
            push: { title: x, body: '{% abort_message("sold out") %}' }
          broken:
            push: { title: x, body: "\\n {{ 1 | divided_by: 0 }}" }
          endless:
            push: { title: x, body: "{% for i in (1..99999) %}{% for j in (1..99999) %}{% endfor %}{% endfor %}" }
          large:
            push: { title: x, body: "{% for i in (1..1100) %}{{ pad }}{% endfor %}" }
        """

    func content(_ text: String, _ messages: String? = messages, link: String? = nil) throws
        -> Result<DeliveryContent, NoMessage>
    {
        guard case .decision(let decision) = try DecisionTexts.read(text) else { throw CancellationError() }
        let renderer = MessageRenderer(messages: try messages.map { try MessageTexts.set($0) }) { _ in link }
        return renderer.content(of: decision, record: Array(text.utf8))
    }

    func problem(_ text: String) throws -> NoMessage? {
        if case .failure(let why) = try content(text) { why } else { nil }
    }

    @Test func `renders the part of the channel, with data, decision and the link that ends it all`() throws {
        let content = try content(DecisionTexts.decision("d1"), link: "https://shop.example/u/1").get()
        #expect(content.part?.channel == "push")
        #expect(content.part?["title"] == #"a,"}b"#)
        // The time of the decision, so that each attempt says the same.
        #expect(content.part?["body"] == "cart at 2026-11-24T16:15:00, https://shop.example/u/1")
        #expect(content.unsubscribeURL == "https://shop.example/u/1")
        #expect(content.part?.headline == #"a,"}b"#)
        #expect(content.decision.id == "d1" && content.record == Array(DecisionTexts.decision("d1").utf8))
    }

    @Test func `an email goes to the address of the data, unless its message says another`() throws {
        func to(_ part: String, _ data: String) throws -> String? {
            let text = DecisionTexts.decision("d1", channel: "email", data: data)
            return try content(text, "messages: { cart-reminder: { email: { subject: x, text: x\(part) } } }")
                .get().part?["to"]
        }
        #expect(try to("", #"{"email":"ann@example.com"}"#) == "ann@example.com")
        #expect(try to("", #"{"email":"ann@example.com\r\nBcc: all"}"#) == "ann@example.com Bcc: all")
        #expect(try to(#", to: "{{ other }}""#, #"{"email":"a@b.c","other":"bob@example.com"}"#) == "bob@example.com")
        #expect(try to("", #"{"email":null}"#) == nil)
        #expect(try to("", "{}") == nil)
    }

    @Test func `a decision without a template, or a sender without messages, has no part`() throws {
        #expect(try content(DecisionTexts.decision("d1"), nil).get().part == nil)
        #expect(try content(DecisionTexts.decision("d1"), "messages: {}").get().part == nil)
        let bare = DecisionTexts.decision("d1").replacing(#""template":"cart-reminder","#, with: "")
        #expect(try content(bare).get().part == nil)
    }

    @Test func `only email, push and sms need a part; other channels carry the decision`() throws {
        #expect(
            try content(DecisionTexts.decision("d1", channel: "webhook")).get().part?["body"]
                == "1.2345678901234567e+19")
        #expect(try content(DecisionTexts.decision("d1", channel: "webhook", template: "broken")).get().part == nil)
        #expect(try content(DecisionTexts.decision("d1", channel: "in-app")).get().part == nil)
        #expect(
            try problem(DecisionTexts.decision("d1", channel: "sms"))
                == .problem(
                    MessageProblem(code: "noPart", detail: "the message `cart-reminder` has no part `sms`")))
    }

    @Test func `says why there is nothing to send, with the place in the file`() throws {
        func why(_ template: String, _ data: String = "{}") throws -> NoMessage? {
            try problem(DecisionTexts.decision("d1", template: template, data: data))
        }
        #expect(try why("sold-out") == .aborted(reason: "sold out"))
        #expect(
            try why("cart-remainder")
                == .problem(
                    MessageProblem(
                        code: "noMessage",
                        detail: "there is no message `cart-remainder`; did you mean `cart-reminder`?")))
        #expect(
            try why("broken")
                == .problem(MessageProblem(code: "template", detail: "m.yaml:9:40: divided by 0")))
        for (name, words) in [("endless", "turns"), ("large", "1048576 bytes")] {
            let pad = String(repeating: "x", count: 1_000)
            guard case .problem(let problem)? = try why(name, #"{"pad":"\#(pad)"}"#) else { throw CancellationError() }
            #expect(problem.code == "template" && problem.detail.contains(words), "\(problem)")
        }
        func deep(_ count: Int) -> String {
            #"{"a":"# + String(repeating: "[", count: count) + String(repeating: "]", count: count) + "}"
        }
        #expect(try why("cart-reminder", deep(63)) == nil)
        #expect(
            try why("cart-reminder", deep(64))
                == .problem(MessageProblem(code: "data", detail: "the decision is nested too deep")))
    }
}
