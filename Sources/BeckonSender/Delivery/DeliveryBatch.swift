import BeckonKafka
import BeckonModel

/// Decisions that were read together, in the order in which they will be attempted.
///
/// All of a batch is read before its first attempt, so that a cancel recalls a decision that stands before it in the batch.
struct DeliveryBatch {
    /// Why a decision of the topic is not attempted.
    enum Skip: String, CaseIterable {
        case cancelled, expired, shadow
    }

    private(set) var decisions: [Decision] = []
    private(set) var cancelCount = 0
    private(set) var otherCount = 0
    private(set) var unreadable: [(place: TopicPartitionOffset, reason: String)] = []
    private var cancelled: Set<String> = []

    mutating func add(_ value: UnsafeRawBufferPointer?, at place: TopicPartitionOffset) {
        do throws(DecisionRecordError) {
            switch try DecisionRecord.read(value) {
            case .decision(let decision): decisions.append(decision)
            case .cancel(let cancel):
                cancelCount += 1
                cancelled.insert(cancel.id)
            case .other: otherCount += 1
            }
        } catch {
            unreadable.append((place, error.description))
        }
    }

    /// nil: attempt it.
    func skip(_ decision: Decision, nowMs: Milliseconds) -> Skip? {
        if cancelled.contains(decision.id) { return .cancelled }
        if decision.mode != .live { return .shadow }
        return nowMs >= decision.expiresAtMs ? .expired : nil
    }
}
