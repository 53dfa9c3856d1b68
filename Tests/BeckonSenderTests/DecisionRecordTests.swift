import BeckonModel
import Foundation
import Testing

@testable import BeckonSender

@Suite struct `Decision record` {
    func failure(_ text: String) -> String? {
        do throws(DecisionRecordError) {
            _ = try DecisionTexts.read(text)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `a decision keeps its data as it stands`() throws {
        guard case .decision(let decision) = try DecisionTexts.read(DecisionTexts.decision("d1")) else {
            Issue.record("no decision")
            return
        }
        #expect(decision.id == "d1")
        #expect(decision.person == "ann")
        #expect(decision.key == ["cart_id": "c1"])
        #expect(decision.dueAtMs == DecisionTexts.dueAtMs)
        #expect(decision.expiresAtMs == DecisionTexts.dueAtMs + 86_400_000)
        #expect(decision.channel == "push")
        #expect(decision.messageClass == "marketing")
        #expect(decision.data == #"{"value":12345678901234567890.10,"text":"a,\"}b"}"#)
        #expect(decision.message == nil)
        #expect(decision.mode == .live)
    }

    @Test func `a cancel names what it recalls`() throws {
        guard case .cancel(let cancel) = try DecisionTexts.read(DecisionTexts.cancel("d1")) else {
            Issue.record("no cancel")
            return
        }
        #expect(cancel.id == "d1")
        #expect(cancel.reason == "recalled")
    }

    @Test func `unknown types and members are passed over`() throws {
        #expect(
            try DecisionTexts.read(#"{"type":"held","id":7}"#.replacing("7", with: "\"x\"")) == .other(type: "held"))
        let more = DecisionTexts.decision("d1").replacing(#""mode""#, with: #""arm":{"a":[1]},"mode""#)
        guard case .decision = try DecisionTexts.read(more) else {
            Issue.record("a decision with more members is one")
            return
        }
    }

    @Test func `a mode other than live is never delivered`() throws {
        guard case .decision(let decision) = try DecisionTexts.read(DecisionTexts.decision("d", mode: "rehearsal"))
        else { return }
        #expect(decision.mode == .shadow)
    }

    @Test func `what cannot be read is said in words`() throws {
        #expect(failure("") == "the record has no value")
        func wrong(_ text: String) -> String? {
            guard let failure = failure(text), failure.hasPrefix("the value is not a record of decisions: ") else {
                return nil
            }
            return String(failure.dropFirst("the value is not a record of decisions: ".count))
        }
        for text in ["[]", "{", "7", "{}}", "{,}", #"{"type":"decision",}"#, #"{"type" "decision"}"#, "{}\u{0}"] {
            #expect(wrong(text) == "it is not a JSON object in UTF-8", "\(text)")
        }
        #expect(wrong("{}") == "`type` is missing")
        #expect(wrong(#"{"type":null}"#) == "`type` is missing")
        #expect(wrong(#"{"type":"decision","id":1}"#) == "`id` has the wrong type: it must be a text")
        #expect(wrong(#"{"type":"decision"}"#) == "`id` is missing")
        let decision = DecisionTexts.decision("d1")
        #expect(
            wrong(decision.replacing("12345678901234567890.10", with: "12+34"))
                == "`data` is not JSON, or nested deeper than 64 levels")
        #expect(wrong(decision.replacing(DecisionTexts.dueAt, with: "today")) == "`dueAt` is no RFC 3339 time")
        #expect(
            wrong(decision.replacing(#"{"cart_id":"c1"}"#, with: #"{"cart_id":1}"#))
                == "`key.cart_id` has the wrong type: it must be a text")
        #expect(
            wrong(decision.replacing(#"{"cart_id":"c1"}"#, with: "[]"))
                == "`key` has the wrong type: it must be an object"
        )
        #expect(wrong(decision.replacing("Left a cart", with: "Left \u{1} cart")) != nil)
    }

    @Test func `data may be as deep in a decision as alone, and in a retry too`() throws {
        for depth in [JSONValue.depthMax, JSONValue.depthMax + 1] {
            let data = String(repeating: "[", count: depth + 1) + String(repeating: "]", count: depth + 1)
            let text = DecisionTexts.decision("d1", data: data)
            let isRead = depth <= JSONValue.depthMax
            #expect((failure(text) == nil) == isRead)
            let retry = #"{"type":"retry","id":"d1","dueAt":"\#(DecisionTexts.dueAt)","number":1,"decision":\#(text)}"#
            #expect((Array(retry.utf8).withUnsafeBytes { try? RetryRecord.read($0) } != nil) == isRead)
        }
    }

    @Test func `names and texts may be escaped, and of a name that stands twice the last counts`() throws {
        let text = DecisionTexts.decision("d1").replacing(#""id""#, with: #""i\u0064""#)
            .replacing(#""ann""#, with: #""J\u00fcrgen \"x\" \ud83d\ude00""#)
            .replacing(#""mode":"live""#, with: #""mode":"live","rule":"last""#)
        guard case .decision(let decision) = try DecisionTexts.read(text) else { return #expect(Bool(false)) }
        #expect(decision.id == "d1" && decision.person == "Jürgen \"x\" 😀" && decision.rule == "last")
    }

    /// Other parsers read them.
    @Test(arguments: [
        String.Encoding.utf16, .utf16LittleEndian, .utf16BigEndian, .utf32, .utf32LittleEndian, .utf32BigEndian,
    ])
    func `text in other encodings, or behind a byte order mark, is no record`(encoding: String.Encoding) throws {
        let text = DecisionTexts.decision("d\u{2222}")
        for bytes in [try #require(text.data(using: encoding)), Data("\u{FEFF}\(text)".utf8)] {
            let result = bytes.withUnsafeBytes { bytes in
                Result { () throws(DecisionRecordError) in try DecisionRecord.read(bytes) }
            }
            #expect(throws: DecisionRecordError.self) { try result.get() }
        }
    }

    @Test(arguments: [
        (#"{"data":{"a":[1,{"b":"}"}]}}"#, #"{"a":[1,{"b":"}"}]}"#), (#" { "x" : 1 , "data" : 1.50 } "#, "1.50"),
        (#"{"data":1,"data":"two"}"#, #""two""#), (#"{"x":"\"data\":1","data":true}"#, "true"),
        (#"{"x":{"data":1}}"#, nil), (#"{"data":null}"#, nil), ("{}", nil),
    ])
    func `members are found as they stand`(text: String, data: String?) {
        let found = Array(text.utf8).withUnsafeBytes { bytes in
            (try? RecordFields(bytes))?.json("data").map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(found == data)
    }
}
