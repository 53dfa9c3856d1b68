import BeckonModel

/// The decisions that a sender has read and not settled: what may be called now, what each answer leads to, and what has to be
/// committed for it. A state machine without input or output, on the sender's thread.
///
/// *Order*: one at a time for a person and channel, in the order of the log. *Bounds*: ``WindowLimits``.
final class DeliveryWindow {
    let routes: ChannelRoutes
    let limits: WindowLimits
    /// The transactional id, in each record.
    let owner: String
    let decisionsTopic: String
    let metrics: SenderMetrics
    /// From 0 up to 1.
    let spread: () -> Double

    var providers: [String: ProviderState] = [:]
    let makers: [String: any DeliveryProvider]
    /// Of the messages that are there now.
    var renderer: MessageRenderer
    var partitions: [Int32: PartitionWindow] = [:]
    /// Only heads have a place in a ready queue, among the delayed or in a call.
    var lanes: [Delivery.Lane: LaneQueue] = [:]
    /// By channel: heads that wait for a provider.
    var ready: [String: ReadyQueue] = [:]
    /// Heads that wait for the end of a short delay, by the process's clock.
    var delayed = DueQueue<Delivery>()
    /// Retries, by the wall clock.
    var sleeping = DueQueue<Delivery>()
    /// What the next commit will hold.
    var batch = SenderBatch()

    var channels: [String: ChannelLoad] = [:]
    var openCount = 0
    var openBytes = 0
    var sleepingCount = 0
    var callCount = 0
    var channelFirst = 0

    init(
        routes: ChannelRoutes, providers: [String: (provider: any DeliveryProvider, limits: ProviderLimits)],
        renderer: MessageRenderer = MessageRenderer(), limits: WindowLimits, owner: String, decisionsTopic: String,
        metrics: SenderMetrics, nowMs: Int64,
        spread: @escaping () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.routes = routes
        self.limits = limits
        self.owner = owner
        self.decisionsTopic = decisionsTopic
        self.metrics = metrics
        self.spread = spread
        self.renderer = renderer
        makers = providers.mapValues(\.provider)
        for (name, entry) in providers { self.providers[name] = ProviderState(name: name, entry.limits, nowMs: nowMs) }
    }

    // MARK: Partitions

    func open(_ partition: Int32, _ start: PartitionStart) { partitions[partition] = PartitionWindow(start) }

    /// Forgets all partitions, and what was to be committed of them. Calls under way report to nobody.
    func dropAll() {
        for partition in partitions.values {
            for delivery in partition.inHand.values { delivery.close() }
        }
        partitions = [:]
        lanes = [:]
        ready = [:]
        delayed = DueQueue()
        sleeping = DueQueue()
        withdraw(takeBatch())
        channels = [:]
        openCount = 0
        openBytes = 0
        sleepingCount = 0
    }

    // MARK: Committing

    /// What is to be committed now; what comes of it belongs to the next commit.
    func takeBatch() -> SenderBatch {
        defer { batch = SenderBatch() }
        return batch
    }

    /// The commit will not happen: its calls do not begin, and give their places at the providers back.
    func withdraw(_ batch: SenderBatch) {
        for call in batch.calls {
            callCount -= 1
            providers[call.provider]?.finish(DeliveryResult(.notStarted, code: "withdrawn"), nowMs: 0)
        }
    }

    /// A ledger record of a partition has its offset.
    func noteLedger(_ offset: Int64, partition: Int32, _ delivery: Delivery?) {
        if let delivery, delivery.ledgerOffset == nil { delivery.ledgerOffset = offset }
        partitions[partition]!.ledgerNext = max(partitions[partition]!.ledgerNext, offset + 1)
    }

    // MARK: What may be read

    func canRead(_ source: DeliverySource) -> Bool {
        openCount < limits.openMax && openBytes < limits.openBytesMax
            && (source == .decisions
                ? !channels.values.contains { $0.isWaitedFor } : sleepingCount < limits.sleepingMax)
            && heldCount(source) < limits.heldMax
    }

    /// Enough of the bounds is free: each change of what is read costs a fetch.
    func hasRoomAgain(_ source: DeliverySource) -> Bool {
        openCount * 2 < limits.openMax && openBytes * 2 < limits.openBytesMax
            && (source == .decisions || sleepingCount < limits.sleepingMax - limits.sleepingMax / 10)
    }

    private func heldCount(_ source: DeliverySource) -> Int {
        partitions.values.reduce(0) { $0 + $1[source].held.count }
    }

    // MARK: Lanes

    /// A delivery that has its turn in its lane, or comes behind others.
    func enqueue(_ delivery: Delivery, delayMs: Int64 = 0, _ time: SenderTime) {
        delivery.stage = .waiting
        lanes[delivery.lane, default: LaneQueue()].add(delivery)
        if lanes[delivery.lane]?.head === delivery { schedule(delivery, delayMs: delayMs, time) }
    }

    func schedule(_ delivery: Delivery, delayMs: Int64, _ time: SenderTime) {
        delivery.stage = .waiting
        if delayMs > 0 {
            delayed.add(delivery, due: time.processMs + delayMs)
        } else {
            ready[delivery.decision.channel, default: ReadyQueue()].add(delivery)
        }
    }

    /// Counts a delivery that takes memory and a place.
    func countIn(_ delivery: Delivery) {
        openCount += 1
        openBytes += delivery.record.count
        channels[delivery.decision.channel, default: ChannelLoad()].add(delivery.record.count)
    }

    /// The end of a delivery's turn. Its lane goes on.
    func close(_ delivery: Delivery, moved: Bool = false, _ time: SenderTime) {
        let wasSleeping = delivery.stage == .sleeping
        if wasSleeping {
            sleepingCount -= 1
        } else {
            openCount -= 1
            openBytes -= delivery.record.count
            channels[delivery.decision.channel]!.remove(delivery.record.count)
        }
        delivery.close()
        let id = delivery.decision.id
        let partition = delivery.partition
        if partitions[partition]?.inHand[id] === delivery { partitions[partition]?.inHand[id] = nil }
        partitions[partition]?.closed.note(id, number: delivery.number, isMoved: moved)
        partitions[partition]?[delivery.source].noteClosed()
        batch.touched.insert(partition)
        if wasSleeping { return }
        guard var lane = lanes[delivery.lane] else { return }
        let wasHead = lane.head === delivery
        lane.removeClosed()
        lanes[delivery.lane] = lane.isEmpty ? nil : lane
        if wasHead, let next = lane.head { schedule(next, delayMs: 0, time) }
    }
}

/// The deliveries of one person and channel, in order.
struct LaneQueue {
    private var deliveries: [Delivery] = []

    var head: Delivery? { deliveries.first }
    var isEmpty: Bool { deliveries.isEmpty }

    mutating func add(_ delivery: Delivery) { deliveries.append(delivery) }
    /// - Complexity: linear; a lane is short.
    mutating func removeClosed() { deliveries.removeAll { $0.stage == .closed } }
}

/// Heads of lanes that wait for a provider, first come, first served.
struct ReadyQueue {
    private var deliveries: [Delivery] = []
    private var head = 0

    mutating func add(_ delivery: Delivery) { deliveries.append(delivery) }

    /// The first that is not closed.
    mutating func first() -> Delivery? {
        while head < deliveries.count, deliveries[head].stage == .closed { head += 1 }
        return head < deliveries.count ? deliveries[head] : nil
    }

    mutating func removeFirst() {
        head += 1
        if head > 256, head * 2 > deliveries.count {
            deliveries.removeFirst(head)
            head = 0
        }
    }
}
