import BeckonKafka
import BeckonModel

/// What is read from decisions and retries.
extension DeliveryWindow {
    /// Takes one record. Records below the place that was reached are passed over.
    func read(
        _ value: UnsafeRawBufferPointer?, _ source: DeliverySource, _ place: TopicPartitionOffset, _ time: SenderTime
    ) {
        let partition = place.partition
        guard let tracker = partitions[partition]?[source], place.offset >= tracker.next else { return }
        partitions[partition]?[source].read(upTo: place.offset + 1)
        batch.touched.insert(partition)
        do throws(DecisionRecordError) {
            switch source {
            case .decisions: try readDecision(value, place, time)
            case .retries: try readRetry(value, place, time)
            }
        } catch {
            unreadable(value, place, time)
        }
    }

    /// Control records behind the last one take offsets too.
    func reachedEnd(_ source: DeliverySource, _ partition: Int32, _ offset: Int64) {
        partitions[partition]?[source].read(upTo: offset)
    }

    private func readDecision(
        _ value: UnsafeRawBufferPointer?, _ place: TopicPartitionOffset, _ time: SenderTime
    ) throws(DecisionRecordError) {
        switch try DecisionRecord.read(value) {
        case .decision(let decision):
            let delivery = Delivery(
                decision, record: value.map { Array($0) } ?? [], partition: place.partition, source: .decisions,
                offset: place.offset, readAtMs: time.processMs)
            take(delivery, dueAtMs: nil, time)
        case .cancel(let cancel):
            metrics.cancels.add()
            recall(cancel.id, place.partition, isFromRetries: false, time)
        case .other: break
        }
    }

    private func readRetry(
        _ value: UnsafeRawBufferPointer?, _ place: TopicPartitionOffset, _ time: SenderTime
    ) throws(DecisionRecordError) {
        switch try RetryRecord.read(value) {
        case .retry(let retry):
            let delivery = Delivery(
                retry.decision, record: retry.record, partition: place.partition, source: .retries,
                offset: place.offset, readAtMs: time.processMs, number: retry.number, failures: retry.failures,
                boundProvider: retry.boundProvider)
            take(delivery, dueAtMs: retry.dueAtMs, time)
        case .cancel(let id): recall(id, place.partition, isFromRetries: true, time)
        }
    }

    /// It stops nothing: its place stands for its id.
    private func unreadable(_ value: UnsafeRawBufferPointer?, _ place: TopicPartitionOffset, _ time: SenderTime) {
        let id = "\(place.topic)-\(place.partition)-\(place.offset)"
        if partitions[place.partition]?.closed[id] != nil { return }
        metrics.unreadable.add()
        batch.add(
            SenderBatch.Output(
                topic: .deadLetters, key: nil, value: value.map { Array($0) },
                headers: DeliveryDeadLetter.decisionUnreadable.headers(
                    topic: place.topic, partition: place.partition, offset: place.offset, attempts: 0)),
            to: place.partition)
        let record = LedgerRecord.result(
            id: id, number: 1, provider: nil, result: DeliveryDeadLetter.decisionUnreadable.rawValue, closes: true,
            moved: false, failures: 0, at: time.wallMs, owner: owner)
        batch.add(
            SenderBatch.Output(topic: .ledger, key: Array(id.utf8), value: record.bytes), to: place.partition)
        partitions[place.partition]?.closed.note(id, number: 1, isMoved: false)
    }

    // MARK: A delivery

    private func take(_ delivery: Delivery, dueAtMs: Milliseconds?, _ time: SenderTime) {
        let partition = delivery.partition
        let id = delivery.decision.id
        let closedNumber = partitions[partition]!.closed[id]?.number ?? 0
        if closedNumber > delivery.number { return hold(closed: delivery) }
        // Twice in hand: a torn transaction, or a replay of what waits.
        if partitions[partition]!.inHand[id] != nil {
            metrics.duplicates.add()
            return hold(closed: delivery)
        }
        guard let way = routes[delivery.decision.channel] else {
            return end(delivery, .skipped(.channel), time)
        }
        guard case .deliver(let route) = way else { return }
        if delivery.decision.mode != .live { return end(delivery, .skipped(.shadow), time) }

        partitions[partition]!.inHand[id] = delivery
        partitions[partition]![delivery.source].add(delivery)
        if let turn = partitions[partition]!.history.open[id], max(turn.attempt, turn.result) > delivery.number {
            return resume(delivery, turn, route, time)
        }
        if time.wallMs >= delivery.decision.expiresAtMs {
            countIn(delivery)
            return settle(delivery, .expired, time)
        }
        let channel = delivery.decision.channel
        if let dueAtMs {
            if dueAtMs > time.wallMs || isFull(channel) {
                delivery.stage = .sleeping
                delivery.dueAtMs = dueAtMs
                sleepingCount += 1
                return sleeping.add(delivery, due: dueAtMs)
            }
        } else if channels[channel]?.isSlow == true, isFull(channel) {
            countIn(delivery)
            return move(delivery, dueAtMs: time.wallMs + limits.overflowDelayMs, time)
        }
        countIn(delivery)
        enqueue(delivery, time)
    }

    /// What its owner had begun: the ledger has an attempt of this turn, and maybe its result.
    private func resume(_ delivery: Delivery, _ turn: LedgerHistory.Turn, _ route: ChannelRoute, _ time: SenderTime) {
        countIn(delivery)
        delivery.ledgerOffset = turn.offset
        delivery.number = max(turn.attempt, turn.result)
        delivery.failures = max(delivery.failures, turn.failures)
        if turn.result >= turn.attempt { return enqueue(delivery, time) }
        metrics.interrupted.add()
        let unknown = DeliveryResult(.unknown, code: "interrupted")
        delivery.boundProvider = turn.provider
        delivery.lastFailure = unknown
        if route.guarantee == .atMostOnce {
            return settle(delivery, .failed(unknown), provider: turn.provider, result: unknown, time)
        }
        enqueue(delivery, time)
    }

    /// Read again, and closed since: its ledger records must be found as long as its offset is not passed.
    private func hold(closed delivery: Delivery) {
        delivery.ledgerOffset = partitions[delivery.partition]!.ledgerLow
        partitions[delivery.partition]![delivery.source].add(delivery)
        delivery.close()
        partitions[delivery.partition]![delivery.source].noteClosed()
    }

    /// Ends a delivery that was never in hand.
    private func end(_ delivery: Delivery, _ outcome: DeliveryOutcome, _ time: SenderTime) {
        partitions[delivery.partition]![delivery.source].add(delivery)
        countIn(delivery)
        settle(delivery, outcome, time)
    }

    // MARK: Recalls

    private func recall(_ id: String, _ partition: Int32, isFromRetries: Bool, _ time: SenderTime) {
        if let delivery = partitions[partition]?.inHand[id] {
            // A call that is under way cannot be brought back; but no other follows.
            if delivery.stage == .calling {
                delivery.isRecalled = true
                return
            }
            return settle(delivery, .recalled, time)
        }
        if isFromRetries { return }
        // Settled, or it waits among the retries that are not read yet: only those need to hear of it.
        if let closed = partitions[partition]?.closed[id], !closed.isMoved { return }
        batch.add(
            SenderBatch.Output(
                topic: .retries, key: Array(id.utf8), value: RetryRecord.cancel(id: id, owner: owner)),
            to: partition)
    }
}
