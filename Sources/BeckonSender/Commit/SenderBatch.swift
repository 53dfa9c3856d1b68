/// What the next commit holds, and the calls that it allows.
struct SenderBatch {
    enum Topic: Int, CaseIterable { case ledger, outcomes, retries, deadLetters }

    struct Output {
        let topic: Topic
        /// nil: no key.
        let key: [UInt8]?
        /// nil: a tombstone.
        let value: [UInt8]?
        var headers: [(name: String, value: [UInt8])] = []
        /// Of a ledger record: whose it is. It learns the offset from the report.
        var delivery: Delivery?
    }

    struct Call {
        let delivery: Delivery
        let message: DeliveryMessage
        let provider: String
        let guarantee: DeliveryGuarantee
    }

    /// By partition, in order.
    var outputs: [Int32: [Output]] = [:]
    /// Partitions whose offsets have moved, or that have outputs.
    var touched: Set<Int32> = []
    var calls: [Call] = []

    var isEmpty: Bool { outputs.isEmpty && touched.isEmpty }
    var outputCount: Int { outputs.values.reduce(0) { $0 + $1.count } }

    mutating func add(_ output: Output, to partition: Int32) {
        outputs[partition, default: []].append(output)
        touched.insert(partition)
    }
}
