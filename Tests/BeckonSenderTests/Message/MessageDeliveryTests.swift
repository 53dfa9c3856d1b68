import BeckonModel
import Testing

@testable import BeckonSender

/// What the window does with decisions whose message cannot be made.
@Suite struct `A message` {
    static func bench() throws -> WindowBench {
        WindowBench(renderer: MessageRenderer(messages: try MessageTexts.set(`Message renderer`.messages)))
    }

    @Test func `that ends itself is skipped, without attempt and dead letter, and the next one goes`() throws {
        let bench = try Self.bench()
        bench.read(DecisionTexts.decision("d1", template: "sold-out"), DecisionTexts.decision("d2"))
        #expect(bench.turn().map(\.id) == ["d2"])
        #expect(bench.outcomes == ["d1 skipped aborted"])
        #expect(bench.texts(.outcomes)[0].contains(#""attempts":0,"#))
        #expect(bench.texts(.outcomes)[0].contains(#""reason":"aborted","detail":"sold out"}"#))
        #expect(bench.texts(.deadLetters) == [])
        #expect(bench.texts(.ledger)[0].contains(#""result":"skipped","closes":true"#))
        #expect(
            bench.metrics.exposition().contains(
                #"beckon_sender_without_message_total{channel="push",reason="aborted"} 1"# + "\n"))
    }

    @Test func `that cannot be made is a dead letter without an attempt, by no provider`() throws {
        let bench = try Self.bench()
        bench.read(
            DecisionTexts.decision("d1", template: "broken"), DecisionTexts.decision("d2", template: "no-such"),
            DecisionTexts.decision("d3"))
        #expect(bench.turn().map(\.id) == ["d3"])
        #expect(bench.outcomes == ["d1 failed message template", "d2 failed message noMessage"])
        #expect(bench.deadLetters == ["messageFailed", "messageFailed"])
        #expect(bench.details == ["m.yaml:9:40: divided by 0", "there is no message `no-such`"])
        #expect(bench.texts(.deadLetters)[0] == DecisionTexts.decision("d1", template: "broken"))
        #expect(!bench.texts(.ledger).prefix(2).contains { $0.contains("attempt") })
        #expect(
            bench.metrics.exposition().contains(
                #"beckon_sender_without_message_total{channel="push",reason="template"} 1"# + "\n"))
        bench.answer("d3", .delivered)
        #expect(bench.committed[0]!.decisions == 3)
    }

    /// A replay, once the message is mended.
    @Test func `that was mended goes out, by the place of its dead letter`() throws {
        let bench = try Self.bench()
        let text = DecisionTexts.decision("d1", template: "broken")
        bench.read(text)
        bench.turn()
        bench.window.renderer = MessageRenderer(
            messages: try MessageTexts.set("messages: { broken: { push: { title: x, body: mended } } }"))
        let replay = try DecisionReplay.record(Array(text.utf8), attempts: 1, nowMs: DecisionTexts.dueAtMs)
        bench.read(String(decoding: replay.value, as: UTF8.self), from: .retries)
        #expect(bench.turn().map(\.id) == ["d1"])
    }
}
