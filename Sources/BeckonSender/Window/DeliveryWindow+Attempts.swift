import BeckonModel

/// What may be called now.
extension DeliveryWindow {
    /// Puts the attempts that can be made now into the batch, and what has waited too long into the retries.
    func prepare(_ time: SenderTime) {
        wake(time)
        judgeChannels(time)
        // Another one is first each time, so that no channel lives on what others leave of the calls.
        let channels = ready.keys.sorted()
        channelFirst += 1
        for place in channels.indices {
            let channel = channels[(place + channelFirst) % channels.count]
            guard case .deliver(let route)? = routes[channel] else { continue }
            prepare(channel, route, time)
        }
        giveUpPlaces(time)
    }

    private func wake(_ time: SenderTime) {
        while let delivery = delayed.next(dueAt: time.processMs) {
            if delivery.stage == .waiting { schedule(delivery, delayMs: 0, time) }
        }
        while let delivery = sleeping.next(dueAt: time.wallMs) {
            guard delivery.stage == .sleeping else { continue }
            if isFull(delivery.decision.channel), time.wallMs < delivery.decision.expiresAtMs {
                sleeping.add(delivery, due: time.wallMs + limits.fullPauseMs)
                continue
            }
            sleepingCount -= 1
            countIn(delivery)
            enqueue(delivery, time)
        }
    }

    private func prepare(_ channel: String, _ route: ChannelRoute, _ time: SenderTime) {
        while callCount < limits.callsMax, let delivery = ready[channel]?.first() {
            if time.wallMs >= delivery.decision.expiresAtMs {
                ready[channel]?.removeFirst()
                settle(delivery, .expired, time)
                continue
            }
            switch choose(delivery, route, time) {
            case .provider(let name):
                ready[channel]?.removeFirst()
                begin(delivery, name, route, time)
            case .later:
                ready[channel]?.removeFirst()
                schedule(delivery, delayMs: Self.boundPauseMs, time)
            case .none: return
            case .never:
                ready[channel]?.removeFirst()
                delivery.failures += 1
                settle(delivery, .failed(DeliveryResult(.disabled, code: "disabled")), time)
            }
        }
    }

    private static let boundPauseMs: Int64 = 500

    private enum Choice {
        case provider(String)
        /// Only one may be asked, and it is not free: the others of the channel need not wait behind.
        case later
        /// All are busy or do not answer.
        case none
        /// All are gone for good.
        case never
    }

    private func choose(_ delivery: Delivery, _ route: ChannelRoute, _ time: SenderTime) -> Choice {
        if let bound = delivery.boundProvider, let state = providers[bound], !state.isDisabled {
            return providers[bound]!.isAvailable(nowMs: time.processMs) ? .provider(bound) : .later
        }
        let place = min(delivery.providerPlace, route.providers.count - 1)
        let order = route.providers[place...] + route.providers[..<place]
        for name in order where providers[name]?.isAvailable(nowMs: time.processMs) == true { return .provider(name) }
        return route.providers.allSatisfy { providers[$0]?.isDisabled ?? true } ? .never : .none
    }

    private func begin(_ delivery: Delivery, _ provider: String, _ route: ChannelRoute, _ time: SenderTime) {
        let message: DeliveryMessage
        switch self.message(of: delivery, by: provider) {
        case .success(let made): message = made
        case .failure(let why):
            metrics.withoutMessage[delivery.decision.channel, why.word].add()
            return settle(delivery, why.outcome, time)
        }
        providers[provider]!.begin()
        callCount += 1
        if delivery.failures == 0 {
            metrics.decisionToAttempt.observe(Double(max(0, time.wallMs - delivery.decision.decidedAtMs)) / 1_000)
        }
        delivery.number += 1
        delivery.stage = .calling
        let record = LedgerRecord.attempt(
            id: delivery.decision.id, number: delivery.number, provider: provider, failures: delivery.failures,
            at: time.wallMs, owner: owner)
        batch.add(
            SenderBatch.Output(
                topic: .ledger, key: Array(delivery.decision.id.utf8), value: record.bytes, delivery: delivery),
            to: delivery.partition)
        batch.calls.append(
            SenderBatch.Call(delivery: delivery, message: message, provider: provider, guarantee: route.guarantee))
    }

    private func message(of delivery: Delivery, by provider: String) -> Result<DeliveryMessage, NoMessage> {
        renderer.content(of: delivery.decision, record: delivery.record).flatMap { content in
            makers[provider]!.message(of: content).mapError { .problem($0) }
        }
    }

    /// So that no offset is held back by what waits for a provider, nor by a retry that sleeps.
    private func giveUpPlaces(_ time: SenderTime) {
        for partition in partitions.keys.sorted() {
            partitions[partition]!.pass()
            while let delivery = partitions[partition]![.decisions].first, hasWaited(delivery, time) {
                move(delivery, dueAtMs: time.wallMs + limits.overflowDelayMs, time)
                partitions[partition]!.pass()
            }
            writeAnew(partition, time)
        }
    }

    private func hasWaited(_ delivery: Delivery, _ time: SenderTime) -> Bool {
        delivery.stage == .waiting && time.processMs - delivery.readAtMs > limits.waitMsMax
    }

    /// Retries that hold back many that are closed go behind them. What is written is less than what becomes free.
    private func writeAnew(_ partition: Int32, _ time: SenderTime) {
        let tracker = partitions[partition]![.retries]
        guard tracker.closedCount > max(limits.heldBehindSleepingMax, tracker.openCount) else { return }
        for delivery in Array(tracker.held) {
            if delivery.stage == .sleeping {
                move(delivery, dueAtMs: delivery.dueAtMs, time)
            } else if hasWaited(delivery, time) {
                move(delivery, dueAtMs: time.wallMs + limits.overflowDelayMs, time)
            }
        }
        sleeping.removeAll { $0.stage == .closed }
        partitions[partition]!.pass()
    }
}
