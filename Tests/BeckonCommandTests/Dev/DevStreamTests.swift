import BeckonModel
import Testing

@testable import beckon

@Suite struct `Dev stream` {
    final class Page {
        var text = ""
        var lines: [String] { text.split(separator: "\n").map(String.init) }
    }

    static let nowMs: Milliseconds = 1_704_099_600_000
    static let counts = DevStream.Counts(events: 3, people: 2, nowMs: nowMs, speed: 900)

    static func decision(_ person: String = "ann") -> Happening {
        .decision(
            Happening.Decision(
                id: "d1",
                rule: "cart", person: person, channel: "push", reason: "added, then nothing", data: #"{"value":60}"#,
                dueAt: "2024-01-01T09:00:00.000Z"))
    }

    func stream(_ page: Page, isTerminal: Bool = false) -> DevStream {
        DevStream(paint: Paint(isTerminal: isTerminal, environment: [:]), isTerminal: isTerminal) { page.text += $0 }
    }

    @Test func `tells a decision with its reason, and its delivery`() {
        let page = Page()
        var stream = stream(page)
        stream.show(Self.decision(), nowMs: Self.nowMs)
        stream.show(.delivery(rule: "cart", person: "ann", channel: "push", text: ""), nowMs: Self.nowMs)
        stream.show(
            .delivery(rule: "cart", person: "ann", channel: "email", text: "Your cart\u{1B} is waiting"),
            nowMs: Self.nowMs)
        stream.show(.recall(rule: "cart", person: "ann"), nowMs: Self.nowMs)
        #expect(
            page.lines == [
                #"2024-01-01 09:00:00  decision  cart for ann by push: added, then nothing  {"value":60}"#,
                "2024-01-01 09:00:00  delivered cart to ann by push",
                "2024-01-01 09:00:00  delivered cart to ann by email: Your cart\u{FFFD} is waiting",
                "2024-01-01 09:00:00  recall    cart for ann",
            ])
    }

    @Test func `sums up what comes too fast, and counts it all`() {
        let page = Page()
        var stream = stream(page)
        for number in 0..<5_000 { stream.show(Self.decision("p\(number)"), nowMs: Self.nowMs) }
        stream.tick(Self.counts)
        #expect(page.lines.count == DevStream.linesMaxPerSecond + 2)
        #expect(page.text.contains("and besides 4980 decisions"))
        #expect(
            page.lines.last
                == "2024-01-01 09:00:00  counts    3 events of 2 people, 5000 decisions, 0 deliveries, 0 suppressed, "
                + "900 times as fast as life")
        stream.show(Self.decision(), nowMs: Self.nowMs)
        #expect(page.lines.count == DevStream.linesMaxPerSecond + 3, "the next second has lines again")
    }

    @Test func `one is not many`() {
        let page = Page()
        var stream = stream(page)
        stream.show(Self.decision(), nowMs: Self.nowMs)
        stream.tick(DevStream.Counts(events: 1, people: 1, nowMs: Self.nowMs, speed: 900))
        #expect(page.lines.last?.contains("1 event of 1 person, 1 decision, 0 deliveries, 0 suppressed") == true)
        for _ in 0..<DevStream.linesMaxPerSecond + 1 {
            stream.show(.delivery(rule: "cart", person: "ann", channel: "push", text: "x"), nowMs: Self.nowMs)
        }
        stream.show(.outcome(type: "converted", rule: "cart", person: "ann", channel: nil, detail: nil), nowMs: 0)
        stream.tick(Self.counts)
        #expect(page.text.contains("and besides 1 converted, 1 delivery\n"))
    }

    @Test func `keeps the counts in the last line of a terminal`() {
        let page = Page()
        var stream = stream(page, isTerminal: true)
        stream.tick(Self.counts)
        stream.say("hello")
        #expect(page.text.contains("\r\u{1B}[Khello\n"))
        #expect(page.text.contains("\u{1B}[2m"))
        stream.finish()
        #expect(page.text.hasSuffix("\n"))
    }

    @Test func `is plain where nobody wants colour`() {
        #expect(Paint(isTerminal: true, environment: ["NO_COLOR": "1"])(.red, "x") == "x")
        #expect(Paint(isTerminal: true, environment: ["TERM": "dumb"])(.red, "x") == "x")
        #expect(Paint(isTerminal: false, environment: [:])(.red, "x") == "x")
        #expect(Paint(isTerminal: true, environment: ["NO_COLOR": ""])(.red, "x") == "\u{1B}[31mx\u{1B}[0m")
    }

    @Test func `lets no event write to the terminal`() {
        let page = Page()
        var stream = stream(page)
        stream.show(Self.decision("a\u{1B}[2Jb\nc\u{9B}"), nowMs: Self.nowMs)
        #expect(page.lines.count == 1)
        #expect(!page.text.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x9B })
    }

    @Test func `reads what is on the topics`() throws {
        func happening(_ origin: Happening.Origin, _ json: String, _ more: [String: String] = [:]) -> Happening? {
            let headers = ["beckon-reason": "notJSON", "beckon-topic": "events"].merging(more) { $1 }
            return Happening(origin, value: Array(json.utf8)) { headers[$0] }
        }
        let outcome = #""rule":"r","person":"p","channel":"push""#
        #expect(
            happening(.outcomes, #"{"type":"skipped",\#(outcome),"reason":"aborted","detail":"sold out"}"#)
                == .outcome(type: "skipped", rule: "r", person: "p", channel: "push", detail: "sold out"))
        #expect(
            happening(.outcomes, #"{"type":"failed",\#(outcome),"class":"message","code":"template"}"#)
                == .outcome(type: "failed", rule: "r", person: "p", channel: "push", detail: "template"))
        #expect(
            happening(.deadLetters, "{}", ["beckon-explanation": "why", "beckon-detail": "m.yaml:1:1: what"])
                == .deadLetter(reason: "notJSON", explanation: "m.yaml:1:1: what", origin: "events-?-?"))
        #expect(
            happening(.decisions, #"{"type":"cancel","id":"1","rule":"r","person":"p"}"#)
                == .recall(rule: "r", person: "p"))
        #expect(
            happening(.suppressions, #"{"type":"suppression","rule":"r","person":"p","reason":"late"}"#)
                == .suppression(rule: "r", person: "p", reason: "late"))
        #expect(
            happening(.deadLetters, "nonsense") == .deadLetter(reason: "notJSON", explanation: "", origin: "events-?-?")
        )
        #expect(happening(.decisions, "nonsense") == nil)
    }
}
