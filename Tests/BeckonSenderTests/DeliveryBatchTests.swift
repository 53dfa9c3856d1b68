import BeckonKafka
import Testing

@testable import BeckonSender

@Suite struct `Delivery batch` {
    func batch(_ texts: String...) -> DeliveryBatch {
        var batch = DeliveryBatch()
        for (offset, text) in texts.enumerated() {
            Array(text.utf8).withUnsafeBytes {
                batch.add($0, at: TopicPartitionOffset("decisions", 0, offset: Int64(offset)))
            }
        }
        return batch
    }

    @Test func `a cancel behind a decision recalls it, and no other`() {
        let batch = batch(DecisionTexts.decision("d1"), DecisionTexts.decision("d2"), DecisionTexts.cancel("d1"))
        #expect(batch.decisions.map { batch.skip($0, nowMs: DecisionTexts.dueAtMs) } == [.cancelled, nil])
    }

    @Test func `expiresAt itself is too late`() {
        let batch = batch(DecisionTexts.decision("d1"))
        let expiresAtMs = DecisionTexts.dueAtMs + 86_400_000
        #expect(batch.skip(batch.decisions[0], nowMs: expiresAtMs - 1) == nil)
        #expect(batch.skip(batch.decisions[0], nowMs: expiresAtMs) == .expired)
    }

    @Test func `a shadow is not attempted`() {
        let batch = batch(DecisionTexts.decision("d1", mode: "shadow"))
        #expect(batch.skip(batch.decisions[0], nowMs: 0) == .shadow)
    }

    @Test func `what cannot be read stops nothing`() {
        let batch = batch("nonsense", #"{"type":"new"}"#, DecisionTexts.decision("d1"))
        #expect(batch.unreadable.map(\.place.offset) == [0])
        #expect(batch.otherCount == 1)
        #expect(batch.decisions.map(\.id) == ["d1"])
    }
}
