import BeckonKafka
import BeckonModel
import BeckonService

@testable import BeckonSender

/// A window before providers that are told what to answer, and a clock that is moved by hand. Each step commits, as the sender does.
final class WindowBench {
    struct Call: Equatable {
        let id: String
        let provider: String
        let number: Int
    }

    /// A provider that never answers by itself.
    struct Mute: DeliveryProvider {
        func message(of content: DeliveryContent) -> Result<DeliveryMessage, MessageProblem> {
            content.decision.rule == "unspeakable"
                ? .failure(MessageProblem(code: "tooLarge"))
                : .success(DeliveryMessage(contentType: "application/json", body: content.record))
        }
        func start(_ attempt: DeliveryAttempt, _ done: @escaping @Sendable (DeliveryResult) -> Void) {}
        func stop() {}
    }

    let window: DeliveryWindow
    let metrics = Metrics()
    var wallMs = DecisionTexts.dueAtMs
    var processMs: Int64 = 1_000
    private(set) var calls: [Call] = []
    private var deliveries: [String: (Delivery, String)] = [:]
    private(set) var written: [(topic: SenderBatch.Topic, partition: Int32, text: String, headers: [String: String])] =
        []
    private var offsets: [DeliverySource: [Int32: Int64]] = [:]
    private var ledgerNext: Int64 = 0
    /// The offsets of the last commit.
    private(set) var committed: [Int32: (decisions: Int64, retries: Int64, ledger: Int64)] = [:]

    init(
        _ ways: [String: ChannelRoutes.Way] = ["push": .deliver(ChannelRoute(["one", "two"]))],
        limits: WindowLimits = WindowLimits(), providerLimits: ProviderLimits = ProviderLimits(),
        renderer: MessageRenderer = MessageRenderer(), start: PartitionStart? = nil
    ) {
        var providers: [String: (provider: any DeliveryProvider, limits: ProviderLimits)] = [:]
        for name in ["one", "two"] { providers[name] = (Mute(), providerLimits) }
        window = DeliveryWindow(
            routes: ChannelRoutes(ways), providers: providers, renderer: renderer, limits: limits, owner: "group-one",
            decisionsTopic: "decisions", metrics: SenderMetrics(metrics), nowMs: 1_000, spread: { 0 })
        window.open(0, start ?? Self.start())
        if let start {
            offsets = [.decisions: [0: start.decisions], .retries: [0: start.retries]]
            ledgerNext = start.history.next
        }
    }

    static func start(
        decisions: Int64 = 0, retries: Int64 = 0, decisionsRead: Int64 = 0, retriesRead: Int64 = 0, ledger: Int64 = 0,
        history: LedgerHistory = LedgerHistory()
    ) -> PartitionStart {
        PartitionStart(
            decisions: decisions, retries: retries, decisionsRead: decisionsRead, retriesRead: retriesRead,
            ledger: ledger, history: history)
    }

    var time: SenderTime { SenderTime(wallMs: wallMs, processMs: processMs) }

    func pass(_ milliseconds: Int64) {
        wallMs += milliseconds
        processMs += milliseconds
    }

    /// Hands records to the window as the topic would.
    func read(_ texts: String..., from source: DeliverySource = .decisions, partition: Int32 = 0) {
        for text in texts {
            let offset = offsets[source, default: [:]][partition, default: 0]
            offsets[source, default: [:]][partition] = offset + 1
            Array(text.utf8).withUnsafeBytes {
                window.read(
                    $0, source,
                    TopicPartitionOffset(source == .decisions ? "decisions" : "retries", partition, offset: offset),
                    time)
            }
        }
    }

    /// One turn of the sender: attempts, commit, calls. Returns the calls that begin.
    @discardableResult
    func turn() -> [Call] {
        window.prepare(time)
        let batch = window.takeBatch()
        for (partition, outputs) in batch.outputs {
            for output in outputs {
                let headers = Dictionary(
                    uniqueKeysWithValues: output.headers.map { ($0.name, String(decoding: $0.value, as: UTF8.self)) })
                written.append((output.topic, partition, String(decoding: output.value ?? [], as: UTF8.self), headers))
                guard output.topic == .ledger else { continue }
                window.noteLedger(ledgerNext, partition: partition, output.delivery)
                ledgerNext += 1
            }
        }
        for partition in batch.touched {
            window.partitions[partition]!.findLedgerLow()
            window.partitions[partition]!.pass()
            let state = window.partitions[partition]!
            committed[partition] = (state[.decisions].closedOffset, state[.retries].closedOffset, state.ledgerLow)
        }
        let begun = batch.calls.map {
            Call(id: $0.delivery.decision.id, provider: $0.provider, number: $0.delivery.number)
        }
        for call in batch.calls { deliveries[call.delivery.decision.id] = (call.delivery, call.provider) }
        calls += begun
        return begun
    }

    /// The call of this decision ends; then a turn.
    @discardableResult
    func answer(_ id: String, _ result: DeliveryResult) -> [Call] {
        let (delivery, provider) = deliveries.removeValue(forKey: id)!
        window.finish(delivery, provider: provider, result, time)
        return turn()
    }

    func texts(_ topic: SenderBatch.Topic) -> [String] { written.filter { $0.topic == topic }.map(\.text) }

    /// The outcomes as `id type`, and `id failed class code`.
    var outcomes: [String] {
        texts(.outcomes).map { text in
            let members = { (name: StaticString) in
                Array(text.utf8).withUnsafeBytes { try? RecordFields($0).text(name) }
            }
            return [members("decision"), members("type"), members("class"), members("code"), members("reason")]
                .compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " ")
        }
    }

    /// What the dead letters say of their case.
    var details: [String] { written.filter { $0.topic == .deadLetters }.compactMap { $0.headers["beckon-detail"] } }

    var deadLetters: [String] { written.filter { $0.topic == .deadLetters }.compactMap { $0.headers["beckon-reason"] } }

    /// What a successor would read of the ledger.
    func history(from offset: Int64 = 0) -> LedgerHistory {
        var history = LedgerHistory()
        for (place, text) in texts(.ledger).enumerated() where Int64(place) >= offset {
            let record = Array(text.utf8).withUnsafeBytes { LedgerRecord.read($0) }
            history.note(record!, offset: Int64(place))
        }
        return history
    }

    /// A bench as a successor after a crash would begin: at the offsets that were committed, with the ledger from its mark.
    func successor(_ ways: [String: ChannelRoutes.Way] = ["push": .deliver(ChannelRoute(["one", "two"]))])
        -> WindowBench
    {
        let place = committed[0] ?? (0, 0, 0)
        let state = window.partitions[0]!
        return WindowBench(
            ways,
            start: Self.start(
                decisions: place.decisions, retries: place.retries, decisionsRead: state.readOffset(.decisions),
                retriesRead: state.readOffset(.retries), ledger: place.ledger, history: history(from: place.ledger)))
    }
}
