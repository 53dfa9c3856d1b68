import BeckonModel
import Testing

@testable import beckon

@Suite struct `Rule reloading` {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("a.yaml", Self.rule("a"))
    }

    static func rule(_ id: String) -> String { "id: \(id)\nwhen: { event: e }\nsend: { channels: [x] }\n" }

    func reloader() throws -> RuleReloader {
        let path = folder.path
        return RuleReloader(
            current: try RuleFolder.spokenRules(path), signature: { FileSignature.all(below: path) },
            load: { try RuleFolder.spokenRules(path) })
    }

    /// The outcome of polls far enough apart.
    func settle(_ reloader: inout RuleReloader, fromMs: Int64) -> RuleReloader.Outcome? {
        reloader.poll(monotonicMs: fromMs) ?? reloader.poll(monotonicMs: fromMs + RuleReloader.quietMs)
    }

    @Test func `nothing happens while nothing is saved`() throws {
        var reloader = try reloader()
        #expect(settle(&reloader, fromMs: 0) == nil)
    }

    @Test func `a saved rule is read once it is quiet`() throws {
        var reloader = try reloader()
        try folder.write("b.yaml", Self.rule("b"))
        #expect(reloader.poll(monotonicMs: 0) == nil)
        #expect(reloader.poll(monotonicMs: RuleReloader.quietMs - 1) == nil)
        guard case .reloaded(let spoken) = reloader.poll(monotonicMs: RuleReloader.quietMs) else {
            Issue.record("not reloaded")
            return
        }
        #expect(spoken.rules.rules.map(\.id) == ["a", "b"])
        #expect(settle(&reloader, fromMs: 10_000) == nil)
    }

    @Test func `errors keep the set from before and are all told; the mended set is taken`() throws {
        var reloader = try reloader()
        try folder.write("b.yaml", "id: b\nwhen: { evnt: e }\nsend: { chanels: [x] }\n")
        guard case .refused(let reasons) = settle(&reloader, fromMs: 0) else {
            Issue.record("not refused")
            return
        }
        #expect(reasons.contains("b.yaml:2:"))
        #expect(reasons.contains("b.yaml:3:"))
        try folder.write("b.yaml", Self.rule("b") + "# mended\n")
        guard case .reloaded = settle(&reloader, fromMs: 1_000) else {
            Issue.record("not reloaded")
            return
        }
    }

    @Test func `a message is read again too, and what is wrong with it is refused`() throws {
        var reloader = try reloader()
        let before = try RuleFolder.ruleSet(folder.path).hash
        try folder.write("m.yaml", "messages: { m: { sms: { text: \"{{ x }\" } } }\n")
        guard case .refused(let reasons) = settle(&reloader, fromMs: 0) else {
            Issue.record("not refused")
            return
        }
        #expect(reasons.contains("m.yaml:1:"))
        try folder.write("m.yaml", "messages: { m: { sms: { text: mended } } }\n")
        guard case .reloaded(let spoken) = settle(&reloader, fromMs: 1_000) else {
            Issue.record("not reloaded")
            return
        }
        #expect(spoken.messages.names == ["m"])
        #expect(spoken.rules.hash == before)
    }

    @Test func `the same text saved again is no change`() throws {
        var reloader = try reloader()
        try folder.write("a.yaml", Self.rule("a"))
        #expect(settle(&reloader, fromMs: 0) == nil)
    }
}

extension RuleReloader.Outcome: Equatable {
    public static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.reloaded(let left), .reloaded(let right)): left.sources == right.sources
        case (.refused(let left), .refused(let right)): left == right
        default: false
        }
    }
}
