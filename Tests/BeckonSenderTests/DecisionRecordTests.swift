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
        #expect(failure("[]")?.hasPrefix("the value is not a record of decisions") == true)
        #expect(failure("{") == "the value is not a record of decisions: it is not a JSON object")
        #expect(failure("{}") == "the value is not a record of decisions: `type` is missing")
        #expect(failure(#"{"type":"decision","id":1}"#)?.contains("`id` has the wrong type") == true)
        #expect(failure(#"{"type":"decision"}"#) == "`id` is missing")
        let number = DecisionTexts.decision("d1").replacing("12345678901234567890.10", with: "12+34")
        #expect(failure(number) == "`data` is not JSON, or nested deeper than 64 levels")
        let time = DecisionTexts.decision("d1").replacing(DecisionTexts.dueAt, with: "today")
        #expect(failure(time) == "`dueAt` is no RFC 3339 time")
    }

    /// Foundation's parser reads them; the text of `data` would be cut out of them wrongly.
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
        Array(text.utf8).withUnsafeBytes { #expect(JSONMembers(of: $0)["data"] == data) }
    }
}
