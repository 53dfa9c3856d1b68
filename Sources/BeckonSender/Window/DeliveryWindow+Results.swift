import BeckonModel

/// What each answer leads to.
extension DeliveryWindow {
    /// A call has ended.
    func finish(_ delivery: Delivery, provider: String, _ result: DeliveryResult, _ time: SenderTime) {
        callCount -= 1
        providers[provider]?.finish(result, nowMs: time.processMs)
        metrics.attempts[delivery.decision.channel, provider, result.kind.rawValue].add()
        // Its partition was lost meanwhile: who has it now finds an attempt without a result.
        guard delivery.stage == .calling else { return }
        guard case .deliver(let route)? = routes[delivery.decision.channel] else { return }
        if result.kind != .unknown { delivery.boundProvider = nil }
        switch result.kind {
        case .delivered: return settle(delivery, .delivered, provider: provider, result: result, time)
        case .notStarted: return tryAgain(delivery, provider, result, delayMs: 0, time)
        case .refused:
            delivery.failures += 1
            return settle(delivery, .failed(result), provider: provider, result: result, time)
        case .disabled, .throttled, .unavailable, .unknown: break
        }
        delivery.failures += 1
        delivery.lastFailure = result
        if delivery.isRecalled { return settle(delivery, .recalled, provider: provider, result: result, time) }
        if result.kind == .unknown {
            if route.guarantee == .atMostOnce {
                return settle(delivery, .failed(result), provider: provider, result: result, time)
            }
            delivery.boundProvider = provider
        } else if let place = route.providers.firstIndex(of: provider), place + 1 < route.providers.count {
            // Proof that this one did not take it: the next one at once.
            delivery.providerPlace = place + 1
            return tryAgain(delivery, provider, result, delayMs: 0, time)
        } else if result.kind == .disabled {
            return settle(delivery, .failed(result), provider: provider, result: result, time)
        }
        delivery.providerPlace = 0
        let delayMs = RetrySchedule.delayMs(
            failures: delivery.failures, retryAfterMs: result.retryAfterMs, spread: spread())
        tryAgain(delivery, provider, result, delayMs: delayMs, time)
    }

    private func tryAgain(
        _ delivery: Delivery, _ provider: String, _ result: DeliveryResult, delayMs: Int64, _ time: SenderTime
    ) {
        if delivery.failures >= RetrySchedule.failuresMax
            || time.wallMs + delayMs >= delivery.decision.expiresAtMs && result.kind != .notStarted
        {
            return settle(delivery, .failed(result), provider: provider, result: result, time)
        }
        metrics.retries.add()
        if delayMs > RetrySchedule.shortDelayMsMax {
            return move(delivery, dueAtMs: time.wallMs + delayMs, provider: provider, result: result, time)
        }
        write(delivery, provider: provider, result: result.kind.rawValue, closes: false, moved: false, time)
        schedule(delivery, delayMs: delayMs, time)
    }

    /// Ends the turn with an outcome, and with a dead letter if it failed.
    ///
    /// - Parameter result: of the call that ended it; nil: there was none, and the turn's end has a number of its own.
    func settle(
        _ delivery: Delivery, _ outcome: DeliveryOutcome, provider: String? = nil, result: DeliveryResult? = nil,
        _ time: SenderTime
    ) {
        // The next number: no call, and not the attempt that the turn began behind.
        if result == nil { delivery.number += 1 }
        let word = result?.kind.rawValue ?? outcome.type
        write(delivery, provider: provider, result: word, closes: true, moved: false, time)
        let attempts = delivery.failures + (outcome == .delivered ? 1 : 0)
        let decision = delivery.decision
        let key = Array(decision.person.utf8)
        batch.add(
            SenderBatch.Output(
                topic: .outcomes, key: key,
                value: outcome.bytes(decision, provider: provider, attempts: attempts, at: time.wallMs)),
            to: delivery.partition)
        switch outcome {
        case .failed(let failure):
            bury(delivery, failure.kind == .unknown && isAtMostOnce(decision) ? .deliveryUnknown : .deliveryFailed)
        case .unmade(let problem): bury(delivery, .messageFailed, detail: problem.detail)
        case .delivered, .expired, .recalled, .skipped: break
        }
        metrics.outcomes[outcome.type].add()
        close(delivery, time)
    }

    private func bury(_ delivery: Delivery, _ reason: DeliveryDeadLetter, detail: String = "") {
        metrics.deadLetters[reason.rawValue].add()
        let headers = reason.headers(
            topic: decisionsTopic, partition: delivery.partition, offset: delivery.offset, attempts: delivery.number,
            detail: detail)
        batch.add(
            SenderBatch.Output(
                topic: .deadLetters, key: Array(delivery.decision.person.utf8), value: delivery.record,
                headers: headers),
            to: delivery.partition)
    }

    private func isAtMostOnce(_ decision: Decision) -> Bool {
        if case .deliver(let route)? = routes[decision.channel] { route.guarantee == .atMostOnce } else { false }
    }

    /// Ends the turn: the decision goes on among the retries.
    ///
    /// - Parameter result: as of ``settle(_:_:provider:_:_:)``.
    func move(
        _ delivery: Delivery, dueAtMs: Milliseconds, provider: String? = nil, result: DeliveryResult? = nil,
        _ time: SenderTime
    ) {
        if result == nil { delivery.number += 1 }
        metrics.moves.add()
        write(
            delivery, provider: provider, result: result?.kind.rawValue ?? "moved", closes: true, moved: true, time)
        let record = RetryRecord.retry(
            delivery.decision, record: delivery.record, dueAtMs: dueAtMs, number: delivery.number,
            failures: delivery.failures, boundProvider: delivery.boundProvider, owner: owner)
        batch.add(
            SenderBatch.Output(topic: .retries, key: Array(delivery.decision.id.utf8), value: record),
            to: delivery.partition)
        close(delivery, moved: true, time)
    }

    private func write(
        _ delivery: Delivery, provider: String?, result: String, closes: Bool, moved: Bool, _ time: SenderTime
    ) {
        let record = LedgerRecord.result(
            id: delivery.decision.id, number: delivery.number, provider: provider, result: result, closes: closes,
            moved: moved, failures: delivery.failures, at: time.wallMs, owner: owner)
        batch.add(
            SenderBatch.Output(
                topic: .ledger, key: Array(delivery.decision.id.utf8), value: record.bytes, delivery: delivery),
            to: delivery.partition)
    }
}
