import BeckonModel
import Testing

@testable import BeckonSender

@Suite struct `Ledger history` {
    func attempt(_ id: String, _ number: Int, _ provider: String = "one") -> LedgerRecord {
        .attempt(id: id, number: number, provider: provider, failures: 0, at: 0, owner: "me")
    }

    func result(_ id: String, _ number: Int, closes: Bool, moved: Bool = false) -> LedgerRecord {
        .result(
            id: id, number: number, provider: "one", result: "unknown", closes: closes, moved: moved, failures: number,
            at: 0, owner: "me")
    }

    func history(_ records: LedgerRecord...) -> LedgerHistory {
        var history = LedgerHistory()
        for (offset, record) in records.enumerated() { history.note(record, offset: Int64(offset)) }
        return history
    }

    @Test func `an attempt without a result is open, at its provider`() {
        let history = history(attempt("a", 1), result("a", 1, closes: false), attempt("a", 2, "two"))
        #expect(
            history.open == ["a": .init(attempt: 2, provider: "two", result: 1, failures: 1, offset: 0)])
        #expect(history.closed["a"] == nil && history.next == 3)
    }

    @Test func `a closing result ends the turn, and a later turn begins behind it`() {
        let history = history(
            attempt("a", 1), result("a", 1, closes: true, moved: true), attempt("a", 2), attempt("b", 1),
            result("b", 1, closes: true))
        #expect(history.closed["a"] == .init(number: 1, isMoved: true))
        #expect(history.closed["b"] == .init(number: 1, isMoved: false))
        #expect(history.open.keys.sorted() == ["a"] && history.open["a"]?.attempt == 2)
    }

    @Test func `records that are there twice say nothing new`() {
        let once = history(attempt("a", 1), result("a", 1, closes: true))
        let twice = history(
            attempt("a", 1), attempt("a", 1), result("a", 1, closes: true), attempt("a", 1),
            result("a", 1, closes: true))
        #expect(once.open == twice.open && once.closed["a"] == twice.closed["a"])
    }
}

@Suite struct `Ledger's wire form` {
    @Test func `a record is read as it was written`() {
        let records: [LedgerRecord] = [
            .attempt(id: "a\"\\", number: 3, provider: "one", failures: 2, at: DecisionTexts.dueAtMs, owner: "g-i"),
            .result(
                id: "a", number: 3, provider: nil, result: "expired", closes: true, moved: true, failures: 2, at: 0,
                owner: "g-i"),
        ]
        for record in records { #expect(record.bytes.withUnsafeBytes { LedgerRecord.read($0) } == record) }
        #expect(Array("[]".utf8).withUnsafeBytes { LedgerRecord.read($0) } == nil)
    }

    @Test func `the owner is found in records of ledger and retries, and nowhere else`() {
        func owner(_ text: String) -> String? { Array(text.utf8).withUnsafeBytes { RecordOwner.read($0) } }
        #expect(owner(#"{"type":"later","owner":"g-\u0069"}"#) == "g-i")
        #expect(owner(String(decoding: RetryRecord.cancel(id: "a", owner: "g-i"), as: UTF8.self)) == "g-i")
        // Whatever lies in an open transaction is looked at.
        for text in ["{\"", "{\"owner\"", "{\"owner\":\"", "\"", "", "{}", "{\"owner\":7}"] {
            #expect(owner(text) == nil)
        }
    }

    @Test(arguments: [(0, true), (2_147_483_647, true), (-1, false), (2_147_483_648, false), (Int.max, false)])
    func `numbers of tries leave room for the next`(number: Int, isRead: Bool) {
        let ledger = #"{"type":"attempt","id":"a","number":\#(number),"at":"","owner":""}"#
        #expect((Array(ledger.utf8).withUnsafeBytes { LedgerRecord.read($0) } != nil) == isRead)
        for (tries, failures) in [(number, 0), (0, number)] {
            let retry =
                #"{"type":"retry","dueAt":"\#(DecisionTexts.dueAt)","number":\#(tries),"failures":\#(failures),"#
                + #""decision":\#(DecisionTexts.decision("d1"))}"#
            #expect((Array(retry.utf8).withUnsafeBytes { try? RetryRecord.read($0) } != nil) == isRead)
        }
    }

    @Test func `a retry keeps the decision as it stands`() throws {
        let text = DecisionTexts.decision("d1")
        guard case .decision(let decision) = try DecisionTexts.read(text) else { return }
        let bytes = RetryRecord.retry(
            decision, record: Array(text.utf8), dueAtMs: DecisionTexts.dueAtMs, number: 4, failures: 3,
            boundProvider: "two", owner: "g-i")
        guard
            case .retry(let retry) = try bytes.withUnsafeBytes({ bytes in
                Result { () throws(DecisionRecordError) in try RetryRecord.read(bytes) }
            }).get()
        else { return #expect(Bool(false)) }
        #expect(String(decoding: retry.record, as: UTF8.self) == text)
        #expect(retry.decision == decision && retry.dueAtMs == DecisionTexts.dueAtMs)
        #expect(retry.number == 4 && retry.failures == 3 && retry.boundProvider == "two")
    }

    @Test func `a mark is read as it was written, and nothing else is one`() {
        let mark = CommitMark(life: .max, number: 12, ledgerOffset: 34, readOffset: 56)
        #expect(CommitMark(mark.description) == mark)
        for text in ["", "metadata", "ff:1:2", "ff:1:2:3:4", "x:1:2:3", "ff:1:-2:3"] {
            #expect(CommitMark(text) == nil)
        }
    }
}
