import BeckonKafka
import BeckonModel

/// Taking partitions and giving them up, as the group asks.
extension SenderLoop {
    func rebalanced(_ event: RebalanceEvent) {
        switch event {
        case .assigned(let partitions): assigned = partitions.sorted()
        case .revoked(_, let isLost):
            if !isLost {
                do throws(SenderError) { try finishCalls() } catch {
                    if error.code != .lost { callbackFailure = error }
                }
            }
            window.dropAll()
            assigned = nil
        }
        sender.set([:])
        sender.set(isServing: false)
    }

    /// Kafka's troubles pass: they are waited out, and the group's word is heard in between.
    func takeOver(_ partitions: [Int32]) throws(SenderError) {
        let takeover = Takeover(sender.configuration, log: log) { [sender] in sender.isStopping }
        do throws(SenderError) {
            let starts = try takeover.run(partitions, consumer: consumer)
            for (partition, start) in starts { window.open(partition, start) }
            isReading = [true, true]
            do throws(KafkaError) { try assign() } catch { throw SenderError(.kafka, "\(error)") }
            assigned = nil
        } catch {
            if error.code == .stopped { return }
            guard error.code == .kafka, consumer.fatalError == nil else { throw error }
            window.dropAll()
            log.warning("Taking over again", [.error: error.description])
            return pauseMs(200)
        }
        sender.set(isServing: true)
        log.notice(
            "Partitions taken over",
            [
                .partition: partitions.map(String.init).joined(separator: ","),
                .instance: sender.configuration.instance,
            ])
    }
}
