import BeckonModel
import Testing

@Suite struct `Outcome decoder` {
    private let decoder = OutcomeDecoder(indexer: JSONIndexerOwner())
    private let id = "0123456789abcdef0f1e2d3c4b5a6978"

    private func decode(_ text: String) -> DecodedOutcome {
        var bytes = Array(text.utf8)
        let count = bytes.count
        // The scanner may read ahead of the end.
        bytes += [UInt8](repeating: 0, count: 64)
        return bytes.withUnsafeBytes { decoder.decode($0.baseAddress, count: count) }
    }

    @Test func `reads a sender's outcome, whatever stands around it`() {
        let outcome = decode(
            #" { "rule":"cart", "key":{"decision":"x","type":"failed"}, "decision" : "\#(id)" , "at":"now","type" : "delivered" } "#
        )
        #expect(outcome.rejection == nil && outcome.type == .delivered && outcome.fate == .sent)
        #expect(outcome.decision == ContentHash(text: id))
    }

    @Test func `tells the types, and what each makes of a decision`() {
        for type in OutcomeType.allCases where type != .other {
            let outcome = decode(#"{"type":"\#(type.label)","decision":"\#(id)","class":"refused"}"#)
            let expected: DecisionFate =
                switch type {
                case .delivered: .sent
                case .converted, .other: .open
                default: .unsent
                }
            #expect(outcome.type == type && outcome.fate == expected && outcome.rejection == nil)
        }
        #expect(decode(#"{"type":"failed","decision":"\#(id)","class":"unknown"}"#).fate == .sent)
        #expect(decode(#"{"type":"expired","decision":"\#(id)","class":"unknown"}"#).fate == .unsent)
        #expect(decode(#"{"type":"Delivered"}"#).type == .other)
    }

    @Test func `of a member that stands twice the last one counts, and escapes are read`() {
        #expect(decode(#"{"type":5,"type":"\u0065xpired","decision":1,"decision":"\#(id)"}"#).type == .expired)
        #expect(decode(#"{"type":"expired","type":5,"decision":"\#(id)"}"#).rejection == .outcome)
        #expect(decode(#"{"type":"expired\q","decision":"\#(id)"}"#).rejection == .notJSON)
    }

    @Test func `a text that is no id is of no decision`() {
        for text in ["", "0123", id.uppercased(), id + "0", String(id.dropLast()) + "g"] {
            let outcome = decode(#"{"type":"delivered","decision":"\#(text)"}"#)
            #expect(outcome.decision == nil && outcome.rejection == nil && outcome.type == .delivered, "\(text)")
        }
    }

    @Test func `every beginning of an outcome is refused, and takes nothing with it`() {
        let whole = #"{"type":"delivered","decision":"\#(id)","x":[1,{"a":null}]}"#
        for count in 0..<whole.utf8.count {
            #expect(decode(String(whole.prefix(count))).rejection != nil, "\(whole.prefix(count))")
        }
        #expect(decode(whole).rejection == nil)
        #expect(decode("").rejection == .notJSON)
    }
}

@Suite struct `Content hash` {
    @Test func `is read from digits in place as from a text`() {
        for text in [
            "0123456789abcdef0f1e2d3c4b5a6978", "", "0", String(repeating: "f", count: 32),
            "é" + String(repeating: "0", count: 30),
        ] {
            let digits = Array((text + " ").utf8).withUnsafeBytes {
                ContentHash(digits: Bytes(start: $0.baseAddress!, count: text.utf8.count))
            }
            #expect(digits == ContentHash(text: text))
        }
    }
}
